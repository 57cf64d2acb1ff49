"""Picture of a confusion matrix: what was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlprnn.interpret.picture import picture
from nlprnn.picture_style import LIGHT, Theme, heat_map, style_title

_CELL, _MARGIN = 0.42, 1.5
"""Inches of a cell, and of the names."""

_DARK = 0.5
"""Share from which a number is written in the colour of the background."""


def plot_confusion(
    counts: np.ndarray,
    names: Sequence[str],
    path: Path,
    *,
    title: str = "",
    sides: tuple[str, str] = ("spoken", "transcript"),
    theme: Theme = LIGHT,
) -> None:
    """Plot a confusion matrix: rows are references, columns predictions, the darker the larger their share of a row.

    Args:
        counts: (C, C) int64, of each reference and prediction.
        names: of both, C of them.
        path: of the file; its suffix, such as .png, is its format.
        title: what is counted.
        sides: names of the rows, and of the columns.
        theme: colours, `nlprnn.picture_style.LIGHT` or `DARK`.

    Raises:
        OptionError: the suffix is another, or matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    size = _CELL * len(names) + _MARGIN
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    with picture(path, (size, size), theme=theme) as figure:
        axes = figure.subplots()
        axes.imshow(shares, cmap=heat_map(theme), vmin=0.0, vmax=1.0)
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = theme.background if shares[row, column] >= _DARK else theme.text
            axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=8.5, color=color)
        axes.set_xticks(range(len(names)), names, rotation=60, ha="right", parse_math=False)
        axes.set_yticks(range(len(names)), names, parse_math=False)
        axes.tick_params(colors=theme.text, length=0, labelsize=9)
        axes.spines[:].set_visible(False)
        axes.set_facecolor("none")
        axes.set_xlabel(sides[1], color=theme.muted)
        axes.set_ylabel(sides[0], color=theme.muted)
        style_title(axes, title, theme)
