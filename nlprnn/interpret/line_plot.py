"""Pictures of curves in panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlprnn.interpret.picture import picture
from nlprnn.picture_style import LIGHT, Theme, style_axes, style_legend, style_title

_INCHES = (4.6, 3.5)
"""Width and height of a panel."""


@dataclass(frozen=True)
class Line:
    """A curve.

    Attributes:
        name: for the legend, where lines of one name have one entry.
        x: whole numbers across.
        y: numbers up, as many.
        style: as of matplotlib: "-", "--", "o", "o-" ...
        color: index of a colour, so that lines that belong together can share one.
        width: of the line, in points.
    """

    name: str
    x: Sequence[float] | Any
    y: Sequence[float] | Any
    style: str = "-"
    color: int = 0
    width: float = 1.6


@dataclass(frozen=True)
class Band:
    """The area between two curves.

    Attributes:
        name: for the legend.
        x: whole numbers across.
        lower: numbers up, as many.
        upper: numbers up, as many.
        color: index of a colour.
    """

    name: str
    x: Sequence[float] | Any
    lower: Sequence[float] | Any
    upper: Sequence[float] | Any
    color: int = 0


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes.

    Attributes:
        title: what the panel shows.
        xlabel: of the axis across, with its unit.
        ylabel: of the axis up, with its unit.
        lines: the curves.
        log: logarithmic axis up.
        levels: name -> height of a horizontal line, such as the score of chance.
        bands: areas behind the curves.
    """

    title: str
    xlabel: str
    ylabel: str
    lines: Sequence[Line]
    log: bool = False
    levels: dict[str, float] | None = None
    bands: Sequence[Band] = ()


def plot_lines(panels: Sequence[Panel], path: Path, *, theme: Theme = LIGHT) -> None:
    """Plot panels side by side.

    Args:
        panels: from left to right.
        path: of the file; its suffix, one of `PLOT_FORMATS`, is its format.
        theme: colours, `nlprnn.picture_style.LIGHT` or `DARK`.

    Raises:
        OptionError: the suffix is another, or matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    with picture(path, (_INCHES[0] * len(panels), _INCHES[1]), theme=theme) as figure:
        for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for band in panel.bands:
                color = theme.colors[band.color % len(theme.colors)]
                axes.fill_between(band.x, band.lower, band.upper, color=color, alpha=0.2, linewidth=0, label=band.name)
            for index, line in enumerate(panel.lines):
                label = "_" if line.name in [other.name for other in panel.lines[:index]] else line.name
                color = theme.colors[line.color % len(theme.colors)]
                axes.plot(line.x, line.y, line.style, color=color, linewidth=line.width, label=label, markersize=5)
            for name, level in (panel.levels or {}).items():
                axes.axhline(level, color=theme.muted, linestyle=(0, (2, 3)), linewidth=1.4, label=name)
            axes.set_xlabel(panel.xlabel)
            axes.set_ylabel(panel.ylabel)
            axes.set_yscale("log" if panel.log else "linear")
            axes.xaxis.get_major_locator().set_params(integer=True)
            style_title(axes, panel.title, theme)
            style_axes(axes, theme)
            style_legend(axes, theme)
