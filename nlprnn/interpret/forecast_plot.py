"""Pictures of forecasts: history, forecast and band, and the truth where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlprnn.interpret.line_plot import Band, Line, Panel, plot_lines
from nlprnn.pipelines import Forecast
from nlprnn.series.series_data import SeriesData

_MOST_PANELS = 4
_HISTORY = 3
"""Horizons of the history that are shown, at least 30 steps."""


def plot_forecasts(forecasts: Sequence[Forecast], data: SeriesData, cutoffs: NDArray[np.int64], path: Path) -> None:
    """Plot the forecasts of the first target of up to four series, side by side.

    Args:
        forecasts: one for each series of the data.
        data: the series, with the truth after the cutoff where it is known.
        cutoffs: (N,) int64, position of the last known step of each series.
        path: of the file; its suffix, such as .png, is its format.

    Raises:
        OptionError: the suffix is another, or matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    panels = []
    for series, forecast in list(enumerate(forecasts))[:_MOST_PANELS]:
        horizon = len(forecast.times)
        values = data.values(series)[:, 0]
        steps = np.arange(len(values)) + data.starts[series] - cutoffs[series]
        shown = (steps > -max(_HISTORY * horizon, 30)) & (steps <= horizon)
        ahead = np.arange(1, horizon + 1)
        lines = [Line("data", steps[shown], values[shown], color=5, width=1.1)]
        lines.append(Line("forecast", ahead, forecast.median[:, 0], "o-" if horizon < 3 else "-", color=1))
        band = Band("80 % band", ahead, forecast.at(0.1)[:, 0], forecast.at(0.9)[:, 0], color=1)
        title = f"{forecast.series}, after {forecast.cutoff}"
        panels.append(Panel(title, f"step ({data.frequency})", forecast.targets[0], lines, bands=[band]))
    plot_lines(panels, path)
