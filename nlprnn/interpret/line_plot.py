"""Pictures of curves in panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlprnn.errors import OptionError
from nlprnn.interpret.attention_plot import PLOT_FORMATS
from nlprnn.serialization.atomic_files import replacing

_COLORS = ("#1b6ca8", "#d1495b", "#3c8d5a", "#e09f3e", "#6d4c8d", "#444444")
"""Distinct for readers who confuse red and green, too: they differ in lightness."""

_INCHES = (4.4, 3.4)
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


def plot_lines(panels: Sequence[Panel], path: Path) -> None:
    """Plot panels side by side.

    Args:
        panels: from left to right.
        path: of the file; its suffix, one of `PLOT_FORMATS`, is its format.

    Raises:
        OptionError: the suffix is another, or matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    if (kind := path.suffix[1:].lower()) not in PLOT_FORMATS:
        raise OptionError(f"{path} is no name of a picture: choose one that ends in .{', .'.join(PLOT_FORMATS)}")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise OptionError('a picture needs matplotlib: pip install "nlprnn[plot]"') from error
    figure = Figure(figsize=(_INCHES[0] * len(panels), _INCHES[1]), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        for band in panel.bands:
            color = _COLORS[band.color % len(_COLORS)]
            axes.fill_between(band.x, band.lower, band.upper, color=color, alpha=0.2, linewidth=0, label=band.name)
        for index, line in enumerate(panel.lines):
            label = "_" if line.name in [other.name for other in panel.lines[:index]] else line.name
            color = _COLORS[line.color % len(_COLORS)]
            axes.plot(line.x, line.y, line.style, color=color, linewidth=line.width, label=label, markersize=5)
        for name, level in (panel.levels or {}).items():
            axes.axhline(level, color="0.45", linestyle=":", linewidth=1.2, label=name)
        axes.set_title(panel.title, loc="left", fontsize=11, fontweight="bold")
        axes.set_xlabel(panel.xlabel)
        axes.set_ylabel(panel.ylabel)
        axes.set_yscale("log" if panel.log else "linear")
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=9)
    with replacing(path) as temporary:
        figure.savefig(temporary, format=kind, dpi=150)
