"""Linear forecasts: naive, seasonal naive, and ridge regression on lags, without and with the clock.

All of them are one matrix on the same inputs, `Windows.linear`, so that they are scored on the same origins as a
network, and a network can learn what one of them leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.processor import SeriesProcessor
from nlprnn.series.windows import Cutoffs, WindowMaker, Windows

NAIVE, SEASONAL, RIDGE, RIDGE_CLOCK, MEAN = "naive", "seasonal naive", "ridge", "ridge with clock", "mean"

PENALTIES = (1e-3, 1.0, 30.0, 1000.0)
"""Penalties of ridge regression; the best on the validation split is taken."""

_BLOCK = 1024


@dataclass(frozen=True)
class LinearForecast:
    """A matrix from the linear inputs of a window to its horizon.

    Attributes:
        name: of the method.
        weights: (R + 1, H * C) float64, the last row is the intercept.
        shape: H and C.
    """

    name: str
    weights: NDArray[np.float64]
    shape: tuple[int, int]

    def __call__(self, windows: Windows) -> NDArray[np.float64]:
        """Return forecasts (B, H, C) in scaled units."""
        return (windows.linear @ self.weights[:-1] + self.weights[-1]).reshape(-1, *self.shape)

    def in_data_units(self, windows: Windows) -> NDArray[np.float64]:
        """Return forecasts (B, H, C) in the units of the data."""
        return self(windows) * windows.scale[:, None] + windows.centre[:, None]


def naive_forecast(processor: SeriesProcessor, linear_size: int) -> LinearForecast:
    """Return the forecast of the last value for all steps."""
    return _copies(NAIVE, processor, linear_size, [processor.history - 1] * processor.horizon)


def seasonal_forecast(processor: SeriesProcessor, linear_size: int, season: int) -> LinearForecast:
    """Return the forecast of the value a season before each step.

    Args:
        processor: of the windows.
        linear_size: R, inputs of a linear model.
        season: its length, one of the processor's lags.
    """
    first = processor.history + processor.lags.index(season) * processor.horizon
    return _copies(f"{SEASONAL} ({season})", processor, linear_size, list(range(first, first + processor.horizon)))


def mean_forecast(processor: SeriesProcessor, linear_size: int) -> LinearForecast:
    """Return the forecast of the centre of a window: the mean of its series, or the last value."""
    shape = (processor.horizon, processor.num_targets)
    return LinearForecast(MEAN, np.zeros((linear_size + 1, shape[0] * shape[1])), shape)


def _copies(name: str, processor: SeriesProcessor, linear_size: int, blocks: list[int]) -> LinearForecast:
    """Return the forecast that copies, for each step of the horizon, one block of C inputs."""
    shape = (processor.horizon, processor.num_targets)
    weights = np.zeros((linear_size + 1, *shape))
    for step, block in enumerate(blocks):
        for target in range(shape[1]):
            weights[block * shape[1] + target, step, target] = 1.0
    return LinearForecast(name, weights.reshape(linear_size + 1, -1), shape)


def ridge_forecasts(maker: WindowMaker, cutoffs: Cutoffs, *, clock: bool) -> list[LinearForecast]:
    """Fit ridge regression (Hoerl & Kennard 1970) to windows, for each of `PENALTIES`.

    The sums over all windows are gathered block by block, so that memory does not grow with their number.

    Args:
        maker: of the windows.
        cutoffs: of the windows to fit; those with a missing target are left out.
        clock: read the clock, too.

    Returns:
        a forecast for each penalty; none where no window is whole.
    """
    _, size = maker.sizes()
    used = np.arange(size if clock else size - maker.clock_size)
    shape = (maker.processor.horizon, maker.processor.num_targets)
    gram, moment = np.zeros((len(used) + 1, len(used) + 1)), np.zeros((len(used) + 1, shape[0] * shape[1]))
    for first in range(0, len(cutoffs), _BLOCK):
        windows = maker.make(cutoffs.select(slice(first, first + _BLOCK)))
        whole = windows.mask.all(axis=(1, 2))
        inputs = np.column_stack([windows.linear[whole][:, used].astype(np.float64), np.ones(int(whole.sum()))])
        gram += inputs.T @ inputs
        moment += inputs.T @ windows.targets[whole].reshape(len(inputs), moment.shape[1]).astype(np.float64)
    if not gram[-1, -1]:
        return []
    forecasts = []
    for penalty in PENALTIES:
        weights = np.zeros((size + 1, shape[0] * shape[1]))
        ridge = penalty * np.eye(len(gram))
        ridge[-1, -1] = 1e-9  # the intercept is free
        weights[[*used, size]] = np.linalg.solve(gram + ridge, moment)
        forecasts.append(LinearForecast(RIDGE_CLOCK if clock else RIDGE, weights, shape))
    return forecasts


def absolute_errors(
    forecasts: Mapping[str, LinearForecast] | list[LinearForecast], maker: WindowMaker, cutoffs: Cutoffs
) -> list[float]:
    """Return the mean absolute error of each forecast, in standard deviations of a series; infinite without targets."""
    methods = list(forecasts.values()) if isinstance(forecasts, Mapping) else forecasts
    sums, count = np.zeros(len(methods)), 0
    _, std = maker.processor.series_moments(maker.data)
    for first in range(0, len(cutoffs), _BLOCK):
        chosen = cutoffs.select(slice(first, first + _BLOCK))
        windows = maker.make(chosen)
        weight = windows.mask * (windows.scale / std[chosen.series])[:, None]
        sums += [float((np.abs(method(windows) - windows.targets) * weight).sum()) for method in methods]
        count += int(windows.mask.sum())
    return [float(total / count) if count else float("inf") for total in sums]


def best_forecast(forecasts: list[LinearForecast], maker: WindowMaker, cutoffs: Cutoffs) -> LinearForecast:
    """Return the forecast with the smallest mean absolute error on the windows of some cutoffs."""
    errors = absolute_errors(forecasts, maker, cutoffs)
    return forecasts[int(np.argmin(errors))]
