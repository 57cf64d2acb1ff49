"""House look of all pictures: one palette for light and one for dark pages, few lines, titles at the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap


@dataclass(frozen=True)
class Theme:
    """Colours of a picture.

    Attributes:
        background: of the whole picture; "none" = transparent.
        text: of titles.
        muted: of labels, ticks and notes.
        grid: of grid lines.
        colors: of curves, distinct in lightness too, for readers who confuse red and green.
        heat: of 0 and of 1 in a heat map.
    """

    background: str
    text: str
    muted: str
    grid: str
    colors: tuple[str, ...]
    heat: tuple[str, str]


LIGHT = Theme(
    background="#ffffff",
    text="#1f2933",
    muted="#5b6670",
    grid="#e3e8ec",
    colors=("#1b6ca8", "#d1495b", "#3c8d5a", "#e09f3e", "#6d4c8d", "#444444"),
    heat=("#f3f7fa", "#0f4c7d"),
)
DARK = Theme(
    background="#131416",
    text="#eceff1",
    muted="#a9b3bb",
    grid="#2c3238",
    colors=("#6db3e8", "#f08a98", "#74c794", "#f0c070", "#b99be0", "#c8ced3"),
    heat=("#1c2229", "#8fd0ff"),
)


def style_axes(axes: Axes, theme: Theme = LIGHT, *, grid: bool = True) -> None:
    """Draw axes in the house look: no frame, faint lines across, quiet ticks and labels."""
    axes.set_facecolor("none")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(theme.grid)
    axes.tick_params(colors=theme.muted, labelsize=9, length=0, which="both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_color(theme.muted)
        axis.label.set_fontsize(9.5)
    axes.title.set_color(theme.text)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis="y", color=theme.grid, linewidth=0.8)


def style_title(axes: Axes, title: str, theme: Theme = LIGHT) -> None:
    """Write a title above the axes, at the left."""
    axes.set_title(title, loc="left", fontsize=11.5, fontweight="bold", color=theme.text, pad=10, parse_math=False)


def style_legend(axes: Axes, theme: Theme = LIGHT) -> None:
    """Add the legend, without a frame."""
    axes.legend(frameon=False, fontsize=9, labelcolor=theme.muted, handlelength=1.6)


def heat_map(theme: Theme = LIGHT) -> Colormap:
    """Return the colours from 0 to 1 of a heat map."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heat", theme.heat)
