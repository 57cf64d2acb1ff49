"""Heat map of the attention of a translation, from word to word."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn.interpret.word_alignment import WordAttention
from nlprnn.picture_style import LIGHT, Theme, heat_map
from nlprnn.serialization.atomic_files import replacing

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure

PLOT_FORMATS = ("png", "pdf", "svg")

_FONTS = re.compile("DejaVu Serif|Noto Sans|Arial Unicode|Microsoft YaHei|PingFang|Malgun|Hiragino|Nirmala|WenQuanYi")
"""Beginnings of the names of families that matplotlib may take where DejaVu Sans, its own, has no glyph."""

_CELL, _MARGIN, _SCALE, _MAX_SIZE = 0.32, 0.8, 1.0, 40.0
"""Inches: a word's row or column, room for the names of both sides, for the scale, all rows or columns at most."""

_MAX_LABEL, _MAX_NAMED = 24, 10
"""Characters of a word, and missing characters that a warning names."""


def plot_attention(attention: WordAttention, path: Path, *, theme: Theme = LIGHT) -> None:
    """Plot source words across and target words down, the darker the more attention.

    Words of languages that are written from right to left begin at the right. A warning names the characters that no
    installed font has.

    Args:
        attention: from `word_attention`.
        path: of the file; its suffix (one of `PLOT_FORMATS`) is its format.
        theme: colours, `nlprnn.picture_style.LIGHT` or `DARK`.

    Raises:
        ImportError: matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager

    source, target = (list(map(_label, words)) for words in (attention.source, attention.target))
    fonts = ["DejaVu Sans", *sorted({font.name for font in fontManager.ttflist if _FONTS.match(font.name)})]
    figure = Figure(layout="constrained", facecolor=theme.background)
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    image = axes.imshow(attention.weights, cmap=heat_map(theme), vmin=0.0, vmax=1.0, aspect="equal")
    axes.set_xticks(range(len(source)), source, rotation=90, fontfamily=fonts, parse_math=False)
    axes.set_yticks(range(len(target)), target, fontfamily=fonts, parse_math=False)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("source", color=theme.muted)
    axes.set_ylabel("translation", color=theme.muted)
    axes.tick_params(colors=theme.text, length=0)
    axes.set_facecolor("none")
    axes.spines[:].set_visible(False)
    for minor in (axes.xaxis, axes.yaxis):  # white lines between the cells
        minor.set_ticks([index - 0.5 for index in range(1, len(source if minor is axes.xaxis else target))], minor=True)
    axes.grid(which="minor", color=theme.background, linewidth=2)
    if _is_right_to_left(source):
        axes.invert_xaxis()
    if _is_right_to_left(target):
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
    scale = figure.colorbar(image, ax=axes, shrink=0.8)
    scale.set_label("share of attention", color=theme.muted)
    scale.ax.tick_params(colors=theme.muted, length=0)
    scale.outline.set_visible(False)
    with replacing(path) as temporary, _one_warning_of_missing_glyphs():
        figure.set_size_inches(*_size(figure, canvas.get_renderer(), len(source), len(target)))
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150, bbox_inches="tight")


def _size(figure: Figure, renderer: RendererBase, columns: int, rows: int) -> tuple[float, float]:
    """Return the inches across and down that the labels as drawn, the cells and all beside them take."""
    axes = figure.axes[0]
    left, top = (
        [label.get_window_extent(renderer) for label in axis.get_ticklabels()] for axis in (axes.yaxis, axes.xaxis)
    )
    width = max(box.width for box in left) / figure.dpi + min(_MAX_SIZE, _CELL * columns)
    height = max(box.height for box in top) / figure.dpi + min(_MAX_SIZE, _CELL * rows)
    return width + _MARGIN + _SCALE, height + _MARGIN


def _label(word: str) -> str:
    return word if len(word) <= _MAX_LABEL else word[: _MAX_LABEL - 1] + "…"


@contextmanager
def _one_warning_of_missing_glyphs() -> Iterator[None]:
    """Warn once of all characters without a glyph, where matplotlib warns of each as often as it draws it."""
    missing: dict[str, None] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        if match := re.match(r"Glyph (\d+) ", str(warning.message)):
            missing[chr(int(match[1]))] = None
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if missing:
        shown = " ".join(list(missing)[:_MAX_NAMED]) + (" ..." if len(missing) > _MAX_NAMED else "")
        scripts = ", ".join(dict.fromkeys(unicodedata.name(one, "UNNAMED").split()[0] for one in missing))
        warnings.warn(
            f"no installed font has {shown} ({scripts}), which are boxes in the plot: install a font that has them, "
            "such as Noto Sans",
            stacklevel=2,
        )


def _is_right_to_left(words: Sequence[str]) -> bool:
    """Whether most letters are of a script such as Arabic or Hebrew."""
    directions = [unicodedata.bidirectional(character) for word in words for character in word]
    return sum(one in ("R", "AL") for one in directions) > directions.count("L")
