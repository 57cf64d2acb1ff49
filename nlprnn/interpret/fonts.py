"""Fonts for text of any script in a picture, from what is installed."""

from __future__ import annotations

import logging
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_BASE = "DejaVu Sans"
"""Comes with matplotlib; has Latin, Greek, Cyrillic, Arabic, Hebrew and more."""

_NO_GLYPHS = "Last Resort"
"""A font of matplotlib's that has a box for every character."""


def choose_fonts(text: str) -> tuple[list[str], list[str]]:
    """Choose font families that together have a glyph for each character of a text.

    Args:
        text: of any script.

    Returns:
        families, the first of which is to be used where it can; and the characters that no installed font has.

    Raises:
        ImportError: matplotlib is not installed (extra `plot`).
    """
    from matplotlib.font_manager import fontManager

    wanted = {character for character in text if unicodedata.category(character) not in ("Zs", "Cc", "Cf")}
    families, missing = [_BASE], wanted - _characters(_BASE)
    plain = {
        entry.name for entry in fontManager.ttflist if entry.style == "normal" and not entry.name.startswith(_NO_GLYPHS)
    }
    with quiet_matplotlib():
        found = {family: _characters(family) & missing for family in sorted(plain)} if missing else {}
    while missing:
        best = max(found, key=lambda family: (len(found[family] & missing), "Sans" in family))
        if not found[best] & missing:
            break
        families.append(best)
        missing -= found[best]
    return families, sorted(missing, key=text.index)


@contextmanager
def quiet_matplotlib() -> Iterator[None]:
    """Keep what matplotlib says of faces and glyphs off the screen for a while."""
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*[Gg]lyph")
            yield
    finally:
        logger.setLevel(level)


def _characters(family: str) -> set[str]:
    """The characters that a family's plain face has glyphs for."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    try:
        return set(map(chr, get_font(findfont(FontProperties(family=[family]))).get_charmap()))
    except (OSError, RuntimeError, ValueError):  # a damaged file, or a form that cannot be drawn
        return set()
