"""A picture of what each word of a translation attended to."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn.interpret.fonts import choose_fonts, quiet_matplotlib
from nlprnn.interpret.word_alignment import WordAttention
from nlprnn.serialization.atomic_files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase

PICTURE_FORMATS = ("png", "pdf", "svg")

_CELL, _MARGIN, _SCALE, _LARGEST = 0.32, 0.8, 1.0, 40.0
"""Inches: a word's row or column, room for the names of both sides, for the scale, all rows or columns at most."""

_LONGEST_LABEL = 24


def draw_attention(attention: WordAttention, path: Path) -> None:
    """Draw source words across and target words down, the darker the more attention.

    Words of languages that are written from right to left begin at the right. Fonts are chosen from those that are
    installed; a warning names the characters that none of them has.

    Args:
        attention: from `word_attention`.
        path: the file; its suffix (one of `PICTURE_FORMATS`) is its format.

    Raises:
        ImportError: matplotlib is not installed (extra `plot`).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    source, target = (list(map(_label, words)) for words in (attention.source, attention.target))
    fonts, missing = choose_fonts("".join([*source, *target]))
    if missing:
        warnings.warn(_told(missing), stacklevel=2)
    figure = Figure(layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    image = axes.imshow(attention.weights, cmap="Blues", vmin=0.0, aspect="equal")
    style = {"fontfamily": fonts, "parse_math": False}
    axes.set_xticks(range(len(source)), source, rotation=90, **style)
    axes.set_yticks(range(len(target)), target, **style)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("source")
    axes.set_ylabel("translation")
    if _from_right_to_left(source):
        axes.invert_xaxis()
    if _from_right_to_left(target):
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
    figure.colorbar(image, ax=axes, label="attention", shrink=0.8)
    with replacing(path) as temporary, quiet_matplotlib():  # what is missing was told above, once for all
        figure.set_size_inches(*_size(axes, canvas.get_renderer(), len(source), len(target)))
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150, bbox_inches="tight")


def _size(axes: Axes, renderer: RendererBase, columns: int, rows: int) -> tuple[float, float]:
    """Inches across and down that labels as they are drawn, cells and all beside them take."""
    left, top = (
        [label.get_window_extent(renderer) for label in axis.get_ticklabels()] for axis in (axes.yaxis, axes.xaxis)
    )
    width = max(box.width for box in left) / axes.figure.dpi + min(_LARGEST, _CELL * columns)
    height = max(box.height for box in top) / axes.figure.dpi + min(_LARGEST, _CELL * rows)
    return width + _MARGIN + _SCALE, height + _MARGIN


def _label(word: str) -> str:
    return word if len(word) <= _LONGEST_LABEL else word[: _LONGEST_LABEL - 1] + "…"


def _told(missing: Sequence[str]) -> str:
    shown = " ".join(missing[:10]) + (" ..." if len(missing) > 10 else "")
    scripts = ", ".join(dict.fromkeys(unicodedata.name(one, "UNNAMED").split()[0] for one in missing))
    return (
        f"no installed font has {shown} ({scripts}), and boxes stand for them in the picture: install a font that "
        "has them, such as Noto Sans"
    )


def _from_right_to_left(words: Sequence[str]) -> bool:
    """Whether most letters are of a script such as Arabic or Hebrew."""
    directions = [unicodedata.bidirectional(character) for word in words for character in word]
    return sum(one in ("R", "AL") for one in directions) > directions.count("L")
