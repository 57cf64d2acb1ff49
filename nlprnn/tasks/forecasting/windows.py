"""Cutoffs of windows, and batches of windows, of which each is made when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlprnn.batching.batches import ResumableEpochs
from nlprnn.series.linear_forecast import LinearForecast, cross_fitted
from nlprnn.series.series_data import SeriesData
from nlprnn.series.windows import Cutoffs, WindowMaker, Windows

LARGEST_EPOCH = 20_000
"""Windows of an epoch at most: of more, each epoch draws others. Neighbouring windows differ in one step."""

_FOLDS = 5


class WindowBatch(NamedTuple):
    """A batch of windows, see `nlprnn.series.windows.Windows`.

    Attributes:
        inputs: (B, L + H - 1, D) float32.
        linear: (B, R) float32.
        targets: (B, H, C) float32.
        mask: (B, H, C) bool, True = observed.
        unit: (B, 2, C) float32, the data's 0 and the length of its 1 in scaled units.
        shift: (B, H, C) float32, what is added to the linear forecast.
    """

    inputs: Tensor
    linear: Tensor
    targets: Tensor
    mask: Tensor
    unit: Tensor
    shift: Tensor


class Folds(NamedTuple):
    """A linear forecast for each window of the training split that was fitted without the windows around it.

    Attributes:
        edges: (K - 1,) int64, positions that separate the folds.
        forecasts: K, each fitted without its fold.
        whole: fitted to all folds.
    """

    edges: NDArray[np.int64]
    forecasts: list[LinearForecast]
    whole: LinearForecast

    def __call__(self, windows: Windows, cutoffs: Cutoffs) -> NDArray[np.float64]:
        """Return the forecasts (B, H, C) for windows of the training split, in scaled units."""
        folds = np.searchsorted(self.edges, cutoffs.positions, side="right")
        predicted = np.empty_like(windows.targets, dtype=np.float64)
        for fold in np.unique(folds):
            rows = folds == fold
            predicted[rows] = self.forecasts[fold](windows._replace(linear=windows.linear[rows]))
        return predicted


def fit_folds(linear: LinearForecast, maker: WindowMaker, cutoffs: Cutoffs) -> Folds:
    """Fit a linear forecast without each of a few folds of time of the training split."""
    edges = np.quantile(cutoffs.positions, np.arange(1, _FOLDS) / _FOLDS).astype(np.int64)
    return Folds(edges, cross_fitted(linear, maker, cutoffs, edges), linear)


class WindowBatches(ResumableEpochs[WindowBatch]):
    """Batches of windows in random order.

    Args:
        maker: of the windows.
        cutoffs: of the windows to train on.
        folds: the linear forecast that the model corrects. It is meant to correct errors on windows that are not
            fitted, so that the linear forecast is shifted by what fitting has taken off them.
        batch_size: B.
        seed: of the order.
        largest_epoch: windows of an epoch at most.

    Raises:
        ValueError: there are no cutoffs.
    """

    def __init__(
        self,
        maker: WindowMaker,
        cutoffs: Cutoffs,
        folds: Folds,
        *,
        batch_size: int,
        seed: int = 0,
        largest_epoch: int = LARGEST_EPOCH,
    ) -> None:
        super().__init__(seed)
        if not len(cutoffs):
            raise ValueError("there are no windows to make batches of")
        self.maker = maker
        self.cutoffs = cutoffs
        self.folds = folds
        self.batch_size = batch_size
        self.size = min(len(cutoffs), largest_epoch)

    def __len__(self) -> int:
        return -(-self._total() // self._count)

    def __iter__(self) -> Iterator[WindowBatch]:
        order = self._rng().permutation(len(self.cutoffs))[: self.size]

        def batch(number: int) -> WindowBatch:
            rows = order[number * self.batch_size : (number + 1) * self.batch_size]
            cutoffs = self.cutoffs.select(rows)
            windows = self.maker.make(cutoffs)
            return as_batch(windows, shift=self.folds(windows, cutoffs) - self.folds.whole(windows))

        return self._run(self._total(), batch)

    def _total(self) -> int:
        return -(-self.size // self.batch_size)


def as_batch(windows: Windows, *, shift: NDArray[np.float64] | None = None) -> WindowBatch:
    """Return windows as tensors.

    Args:
        windows: B of them.
        shift: (B, H, C) float, what is added to the linear forecast; None = nothing.
    """
    shifted = np.zeros_like(windows.targets) if shift is None else shift.astype(np.float32)
    arrays = (windows.inputs, windows.linear, windows.targets, windows.mask, windows.unit, shifted)
    return WindowBatch(*map(torch.from_numpy, arrays))


_MOST_CUTOFFS = 500_000
"""Cutoffs of a split from which on only each second one of a series is used, each third one, and so on: an epoch draws
at most 20,000 of them."""


def find_cutoffs(
    data: SeriesData, first: int, end: int, *, history: int, horizon: int, stride: int | None = None
) -> Cutoffs:
    """Return the cutoffs whose whole horizon lies in a stretch of time and has a value at least.

    Args:
        data: the series.
        first: position of the first step of the stretch.
        end: position after its last step.
        history: steps that lie before the first cutoff of a series, where it is long enough for that.
        horizon: steps after a cutoff.
        stride: steps between the cutoffs of a series, counted back from its last value; None = 1, or as many as leave
            half a million cutoffs.
    """
    ends = np.minimum(data.last_observed() + 1, end) - horizon  # after the last cutoff
    lengths = ends - data.starts
    firsts = data.starts + np.where(lengths > 2 * history, history, 1) - 1
    firsts = np.maximum(firsts, first - 1)
    if stride is None:
        stride = max(1, -(-int(np.maximum(0, ends - firsts).sum()) // _MOST_CUTOFFS))
    counts = np.maximum(0, -(-(ends - firsts) // stride))
    series = np.repeat(np.arange(len(data)), counts)
    numbers = np.arange(len(series)) - np.repeat(np.cumsum(counts) - counts, counts)
    positions = ends[series] - 1 - numbers * stride
    cutoffs = Cutoffs(series, positions)
    if data.carried is not None:
        cutoffs = cutoffs.select(np.flatnonzero(_have_values(data, cutoffs, horizon)))
    return cutoffs.select(np.lexsort((cutoffs.positions, cutoffs.series)))


def _have_values(data: SeriesData, cutoffs: Cutoffs, horizon: int) -> NDArray[np.bool_]:
    """Return whether there is a value in the horizon after each cutoff, (n,) bool."""
    assert data.carried is not None
    rows = data.offsets[cutoffs.series] + cutoffs.positions - data.starts[cutoffs.series]
    return (data.carried[rows + horizon] > rows[:, None]).any(axis=1)


def thin_out(cutoffs: Cutoffs, number: int) -> Cutoffs:
    """Return at most a number of the cutoffs, evenly spread."""
    if len(cutoffs) <= number:
        return cutoffs
    return cutoffs.select(np.linspace(0, len(cutoffs) - 1, number).round().astype(np.int64))
