"""Windows of series: the history before a cutoff, the horizon after it, scaled, with all features of both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.processor import SeriesProcessor
from nlprnn.series.series_data import SeriesData

_SMALLEST_STEP = 1e-3
"""Smallest scale of a window, in standard deviations of its series: a constant history has none of its own."""


class Cutoffs(NamedTuple):
    """Forecast origins: the last known step of each window.

    Attributes:
        series: (n,) int64, index of the series.
        positions: (n,) int64, position of the step on the grid.
    """

    series: NDArray[np.int64]
    positions: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.series)

    def select(self, rows: NDArray[np.int64] | slice) -> Cutoffs:
        """Return some of the cutoffs."""
        return Cutoffs(self.series[rows], self.positions[rows])

    def count_steps(self, horizon: int) -> int:
        """Return the number of different steps in the horizons after the cutoffs."""
        order = np.lexsort((self.positions, self.series))
        series, positions = self.series[order], self.positions[order]
        gaps = np.where(np.diff(series) == 0, np.diff(positions), horizon)
        return int(np.minimum(gaps, horizon).sum()) + horizon * (len(self) > 0)


class Windows(NamedTuple):
    """Windows of a batch, scaled.

    Attributes:
        inputs: (B, L + H - 1, D) float32, what is known before each step from the second of the history to the last of
            the horizon: the C values before it, C flags that they were observed, the C times since the last observed
            one, seasonal lags with flags, calendar, covariates.
        linear: (B, R) float32, what a linear model reads: the history with gaps filled by the value before, the
            seasonal lags of each step of the horizon, covariates of the horizon, and last the clock.
        targets: (B, H, C) float32, the values after the cutoff, 0 where one is missing.
        mask: (B, H, C) bool, True = observed.
        centre: (B, C) float64, what was subtracted from the values.
        scale: (B, C) float64, by what they were divided then.
    """

    inputs: NDArray[np.float32]
    linear: NDArray[np.float32]
    targets: NDArray[np.float32]
    mask: NDArray[np.bool_]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]

    @property
    def unit(self) -> NDArray[np.float32]:
        """The data's 0 and the length of its 1 in scaled units, (B, 2, C)."""
        return np.stack([-self.centre / self.scale, 1.0 / self.scale], axis=1).astype(np.float32)


class TrueValues(NamedTuple):
    """The values after some cutoffs, in the unit of the data.

    Attributes:
        values: (n, H, C) float64.
        mask: (n, H, C) bool, True = observed.
    """

    values: NDArray[np.float64]
    mask: NDArray[np.bool_]


class WindowMaker:
    """Makes windows of series when they are needed, so that memory does not grow with their number.

    Args:
        data: the series.
        processor: lengths, scales, features.
        feed_targets: let the inputs of the horizon hold the values before each step, as a model that goes step by step
            is trained (teacher forcing); otherwise they are as if missing.
    """

    def __init__(self, data: SeriesData, processor: SeriesProcessor, *, feed_targets: bool = False) -> None:
        self.data = data
        self.processor = processor
        self.feed_targets = feed_targets
        self._mean, self._std = processor.series_moments(data)  # (N, C)

    @property
    def clock_size(self) -> int:
        """K, the last features of `Windows.linear`."""
        return self.processor.calendar.clock(np.zeros(1, dtype=np.int64)).shape[1]

    def sizes(self) -> tuple[int, int]:
        """Return D, the features of a step, and R, those of a linear model."""
        first = self.make(Cutoffs(np.zeros(1, dtype=np.int64), self.data.starts[:1]))
        return first.inputs.shape[2], first.linear.shape[1]

    def make(self, cutoffs: Cutoffs) -> Windows:
        """Return the windows of some cutoffs."""
        processor, series = self.processor, cutoffs.series
        length, horizon = processor.history, processor.horizon
        steps = np.arange(1 - length, horizon + 1)
        values = self._standard(self.data.targets, cutoffs, steps)  # (B, L + H, C)
        filled, ages = self._carried(values, cutoffs, steps)
        known = values.copy()
        if not self.feed_targets:
            known[:, length:] = np.nan
            filled[:, length:] = filled[:, length - 1 : length]
            ages[:, length:] = ages[:, length - 1 : length] + np.arange(1, horizon + 1)[:, None]
        centre, scale = self._window_scale(values[:, :length], filled[:, length - 1])
        values, known, filled = ((array - centre[:, None]) / scale[:, None] for array in (values, known, filled))
        last = filled[:, length - 1]
        lags = [self._lag(cutoffs, steps[1:], season, centre, scale) for season in processor.lags]

        features = [np.nan_to_num(known[:, :-1]), ~np.isnan(known[:, :-1]), np.log1p(np.nan_to_num(ages[:, :-1]))]
        features += [feature for lag in lags for feature in (np.nan_to_num(lag), ~np.isnan(lag))]
        features += self._covariates(cutoffs, steps[1:])
        inputs = np.concatenate(features, axis=2, dtype=np.float32, casting="unsafe")

        # Without a value a season ago, the last one is the best guess.
        seasonal = [np.where(np.isnan(lag), last[:, None], lag)[:, -horizon:] for lag in lags]
        future = self._encode(self.data.columns.future, self.gather(self.data.future, cutoffs, steps[-horizon:]))
        clock = processor.calendar.clock(cutoffs.positions)
        blocks = [np.where(np.isnan(filled), 0.0, filled)[:, :length], *map(np.nan_to_num, (*seasonal, *future))]
        linear = [block.reshape(len(series), -1) for block in blocks]
        mean, std = self._mean[series], self._std[series]
        return Windows(
            inputs=inputs,
            linear=np.concatenate([*linear, clock], axis=1, dtype=np.float32, casting="unsafe"),
            targets=np.nan_to_num(values[:, length:]).astype(np.float32),
            mask=~np.isnan(values[:, length:]),
            centre=mean + std * centre,
            scale=std * scale,
        )

    def _standard(self, values: NDArray[np.float64], cutoffs: Cutoffs, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return targets (total, C) at steps (K,) from the cutoffs, (B, K, C), in standard units of their series."""
        values = self.gather(values, cutoffs, steps)
        return (values - self._mean[cutoffs.series, None]) / self._std[cutoffs.series, None]

    def gather(self, values: NDArray[np.float64], cutoffs: Cutoffs, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return rows (B, K, F) of values (total, F) at steps (K,) from the cutoffs; NaN outside of a series."""
        rows, inside = self._rows(cutoffs, steps)
        return np.where(inside[..., None], values[np.clip(rows, 0, len(values) - 1)], np.nan)

    def _rows(self, cutoffs: Cutoffs, steps: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the rows (B, K) of the data at steps (K,) from the cutoffs, and whether they are of the series."""
        data, series = self.data, cutoffs.series
        first, end = data.offsets[series, None], data.offsets[series + 1, None]
        rows = first + (cutoffs.positions - data.starts[series])[:, None] + steps
        return rows, (rows >= first) & (rows < end)

    def _lag(
        self,
        cutoffs: Cutoffs,
        steps: NDArray[np.int64],
        season: int,
        centre: NDArray[np.float64],
        scale: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the scaled values (B, K, C) a season before each step, or as many seasons as lead to the cutoff."""
        before = steps - season * np.maximum(1, -(-steps // season))
        return (self._standard(self.data.targets, cutoffs, before) - centre[:, None]) / scale[:, None]

    def _window_scale(
        self, history: NDArray[np.float64], last: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what to subtract from and by what to divide standard units, (B, C) each."""
        if self.processor.scaling == "series":
            return np.zeros_like(last), np.ones_like(last)
        differences = np.diff(history, axis=1)
        present = ~np.isnan(differences)
        squares = np.where(present, differences, 0.0) ** 2
        size = np.sqrt(squares.sum(axis=1) / np.maximum(1, present.sum(axis=1)))
        return np.nan_to_num(last), np.maximum(size, _SMALLEST_STEP)

    def _covariates(self, cutoffs: Cutoffs, steps: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        """Return calendar and covariates at steps (K,), (B, K, D) each; past ones are those of the step before."""
        features: list[NDArray[np.float64]] = []
        waves = self.processor.calendar.harmonics(cutoffs.positions[:, None] + steps)
        features.append(waves.astype(np.float64))
        past = self.gather(self.data.past, cutoffs, steps - 1)
        past[:, steps > 1] = np.nan  # it is not known after the cutoff
        static = np.broadcast_to(
            self.data.static[cutoffs.series, None], (len(cutoffs), len(steps), self.data.static.shape[1])
        )
        columns = self.data.columns
        features += self._encode(columns.past, past)
        features += self._encode(columns.future, self.gather(self.data.future, cutoffs, steps))
        features += self._encode(columns.static, static)
        return features

    def _carried(
        self, values: NDArray[np.float64], cutoffs: Cutoffs, steps: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return standard values (B, K, C) with gaps filled by the one before, and the steps since that one.

        Before the first value of a series there is none to carry: NaN both.
        """
        carried = self.data.carried
        if carried is None:
            return values.copy(), np.where(np.isnan(values), np.nan, 0.0)
        rows, inside = self._rows(cutoffs, steps)
        last = carried[np.clip(rows, 0, len(carried) - 1)]  # (B, K, C)
        present = inside[..., None] & (last >= 0)
        last_values = np.take_along_axis(self.data.targets, np.maximum(last, 0).reshape(-1, last.shape[2]), axis=0)
        last_values = (last_values.reshape(last.shape) - self._mean[cutoffs.series, None]) / self._std[
            cutoffs.series, None
        ]
        return np.where(present, last_values, np.nan), np.where(present, rows[..., None] - last, np.nan)

    def _encode(self, columns: tuple[str, ...], values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Return covariates (B, K, F) with numbers in standard units and categories one-hot, 0 where one is missing.

        The list is empty without covariates.
        """
        encoded = []
        for index, name in enumerate(columns):
            column = values[..., index]
            if name in self.processor.categories:
                names = self.data.categories[name]
                codes = [names.index(known) if known in names else -1 for known in self.processor.categories[name]]
                encoded += [column == code for code in codes]
            else:
                mean, std = self.processor.covariates[name]
                encoded.append(np.nan_to_num((column - mean) / std))
        return [np.stack(encoded, axis=-1).astype(np.float64)] if encoded else []


def true_values(maker: WindowMaker, cutoffs: Cutoffs) -> TrueValues:
    """Return the values after some cutoffs."""
    steps = np.arange(1, maker.processor.horizon + 1)
    values = maker.gather(maker.data.targets, cutoffs, steps)
    return TrueValues(values, ~np.isnan(values))
