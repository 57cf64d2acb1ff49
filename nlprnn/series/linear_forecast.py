"""Linear forecasts: naive, seasonal naive, and ridge regression on lags, without and with the clock.

All of them are one matrix on the same inputs, `Windows.linear`, so that they are scored on the same origins as a
network, and a network can learn what one of them leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.processor import SeriesProcessor
from nlprnn.series.windows import Cutoffs, WindowMaker, Windows

NAIVE, SEASONAL, RIDGE, RIDGE_CLOCK, MEAN = "naive", "seasonal naive", "ridge", "ridge with clock", "mean"

PENALTIES = (1e-3, 1.0, 10.0, 100.0, 1000.0)
"""Penalties of ridge regression; the best on the validation split is taken."""

_BLOCK = 1024


@dataclass(frozen=True)
class LinearForecast:
    """A matrix from the linear inputs of a window to its horizon.

    Attributes:
        name: of the method.
        weights: (R + 1, H * C) float64, the last row is the intercept.
        shape: H and C.
        penalty: of ridge regression; None = it is fitted to nothing.
    """

    name: str
    weights: NDArray[np.float64]
    shape: tuple[int, int]
    penalty: float | None = None

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

    Args:
        maker: of the windows.
        cutoffs: of the windows to fit; those with a missing target are left out.
        clock: read the clock, too.

    Returns:
        a forecast for each penalty; none where no window is whole.
    """
    sums = _RidgeSums.of(maker, cutoffs)
    return [sums.solve(penalty, clock=clock) for penalty in PENALTIES] if sums.windows else []


def fitted_again(forecast: LinearForecast, maker: WindowMaker, cutoffs: Cutoffs) -> LinearForecast:
    """Return a forecast fitted to other windows, with its penalty; one that is fitted to nothing as it is."""
    if forecast.penalty is None:
        return forecast
    sums = _RidgeSums.of(maker, cutoffs)
    return sums.solve(forecast.penalty, clock=forecast.name == RIDGE_CLOCK) if sums.windows else forecast


def cross_fitted(
    forecast: LinearForecast, maker: WindowMaker, cutoffs: Cutoffs, edges: NDArray[np.int64]
) -> list[LinearForecast]:
    """Fit a forecast again, for each fold of time without the windows in it.

    The errors of a regression on the windows to which it was fitted are too small. What a network is to learn of them
    are those on windows that it has not seen, as in stacking (Wolpert 1992).

    Args:
        forecast: ridge regression, or another one, which is fitted to nothing and remains as it is.
        maker: of the windows.
        cutoffs: of the windows to fit.
        edges: (K - 1,) int64, positions that separate the folds, in ascending order.

    Returns:
        K forecasts.
    """
    if forecast.penalty is None or not len(edges):
        return [forecast] * (len(edges) + 1)
    folds = np.searchsorted(edges, cutoffs.positions, side="right")
    sums, fitted = [_RidgeSums.of(maker, cutoffs.select(folds == fold)) for fold in range(len(edges) + 1)], []
    for fold in range(len(sums)):
        # Added up: what is left of a difference of large sums would be noise beside the penalty.
        others = _RidgeSums.total(sums[:fold] + sums[fold + 1 :])
        whole = others.windows > 0
        fitted.append(others.solve(forecast.penalty, clock=forecast.name == RIDGE_CLOCK) if whole else forecast)
    return fitted


class _RidgeSums(NamedTuple):
    """Sums over windows from which ridge regression is solved; they are gathered block by block, in constant memory."""

    gram: NDArray[np.float64]  # (R + 1, R + 1), of the inputs and of 1
    moment: NDArray[np.float64]  # (R + 1, H * C)
    clock_size: int
    shape: tuple[int, int]

    @classmethod
    def of(cls, maker: WindowMaker, cutoffs: Cutoffs) -> _RidgeSums:
        shape = (maker.processor.horizon, maker.processor.num_targets)
        size = maker.sizes()[1] + 1
        gram, moment = np.zeros((size, size)), np.zeros((size, shape[0] * shape[1]))
        for first in range(0, len(cutoffs), _BLOCK):
            windows = maker.make(cutoffs.select(slice(first, first + _BLOCK)))
            whole = windows.mask.all(axis=(1, 2))
            inputs = np.column_stack([windows.linear[whole], np.ones(int(whole.sum()))]).astype(np.float64)
            gram += inputs.T @ inputs
            moment += inputs.T @ windows.targets[whole].reshape(len(inputs), moment.shape[1]).astype(np.float64)
        return cls(gram, moment, maker.clock_size, shape)

    @classmethod
    def total(cls, folds: Sequence[_RidgeSums]) -> _RidgeSums:
        """Return the sums over the windows of some folds, at least one."""
        gram, moment = np.sum([fold.gram for fold in folds], axis=0), np.sum([fold.moment for fold in folds], axis=0)
        return folds[0]._replace(gram=gram, moment=moment)

    @property
    def windows(self) -> int:
        return round(self.gram[-1, -1])

    def solve(self, penalty: float, *, clock: bool) -> LinearForecast:
        size = len(self.gram) - 1
        used = np.append(np.arange(size if clock else size - self.clock_size), size)
        gram = self.gram[np.ix_(used, used)]
        gram[np.diag_indices(len(used))] += [*[penalty] * (len(used) - 1), 1e-9]  # the intercept is free
        weights = np.zeros_like(self.moment)
        weights[used] = np.linalg.solve(gram, self.moment[used])
        return LinearForecast(RIDGE_CLOCK if clock else RIDGE, weights, self.shape, penalty)


def absolute_errors(methods: Sequence[LinearForecast], maker: WindowMaker, cutoffs: Cutoffs) -> list[float]:
    """Return the mean absolute error of each forecast, in standard deviations of a series; infinite without targets."""
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
