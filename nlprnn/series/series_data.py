"""Series on a regular grid, end to end in flat arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.columns import SeriesColumns
from nlprnn.series.frequency import Frequency


@dataclass(frozen=True)
class SeriesData:
    """Series of any lengths, one value for each step of a regular grid; a missing one is NaN.

    The arrays of all series are end to end, so that windows are slices that are made when they are needed.

    Attributes:
        names: of the N series.
        columns: what the values are.
        frequency: of the grid.
        starts: (N,) int64, position on the grid of the first step of each series.
        offsets: (N + 1,) int64; series i has the rows offsets[i]:offsets[i + 1].
        targets: (total, C) float64.
        past: (total, P) float64, covariates known up to the cutoff; a category is its index in `categories`.
        future: (total, F) float64, covariates known over the horizon.
        static: (N, S) float64, covariates of the series.
        categories: column -> its categories; a column without them is of numbers.
        notes: on what was recognised, averaged or filled with missing values, a sentence each.
    """

    names: tuple[str, ...]
    columns: SeriesColumns
    frequency: Frequency
    starts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    targets: NDArray[np.float64]
    past: NDArray[np.float64]
    future: NDArray[np.float64]
    static: NDArray[np.float64]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[np.floating]], *, frequency: Frequency | None = None, start: int = 0
    ) -> SeriesData:
        """Return series of arrays (T,) or (T, C), one for each name, without covariates.

        Args:
            arrays: name -> values, NaN where one is missing.
            frequency: of their steps; None = numbers without a calendar.
            start: position of the first step of each series.
        """
        values = [np.asarray(array, dtype=np.float64).reshape(len(array), -1) for array in arrays.values()]
        offsets = np.concatenate([[0], np.cumsum([len(array) for array in values])]).astype(np.int64)
        targets = np.concatenate(values)
        names = tuple(f"y{number}" for number in range(1, targets.shape[1] + 1)) if targets.shape[1] > 1 else ("y",)
        return cls(
            names=tuple(arrays),
            columns=SeriesColumns(names),
            frequency=frequency or Frequency("step", 1),
            starts=np.full(len(values), start, dtype=np.int64),
            offsets=offsets,
            targets=targets,
            past=np.empty((len(targets), 0)),
            future=np.empty((len(targets), 0)),
            static=np.empty((len(values), 0)),
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(N,) int64, steps of each series."""
        return np.diff(self.offsets)

    @property
    def ends(self) -> NDArray[np.int64]:
        """(N,) int64, position on the grid after the last step of each series."""
        return self.starts + self.lengths

    @property
    def num_targets(self) -> int:
        """C, numbers that are forecast at each step."""
        return self.targets.shape[1]

    def series_of_rows(self) -> NDArray[np.int64]:
        """Return the index of the series of each row, (total,) int64."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def positions(self) -> NDArray[np.int64]:
        """Return the position on the grid of each row, (total,) int64."""
        return np.arange(len(self.targets)) - np.repeat(self.offsets[:-1] - self.starts, self.lengths)

    @cached_property
    def carried(self) -> NDArray[np.int64] | None:
        """(total, C) int, row of the last observed value of the series at each row, -1 = none; None = no gaps."""
        if not np.isnan(self.targets).any():
            return None
        kind = np.int32 if len(self.targets) < 2**31 else np.int64
        rows = np.arange(len(self.targets), dtype=kind)[:, None]
        last = np.maximum.accumulate(np.where(np.isnan(self.targets), kind(-1), rows), axis=0)
        last[last < np.repeat(self.offsets[:-1], self.lengths)[:, None]] = -1  # of the series before
        return last

    def last_observed(self) -> NDArray[np.int64]:
        """Return the position of the last step of each series with a target, (N,) int64; start - 1 = none."""
        if self.carried is None:
            return self.ends - 1
        rows = self.carried[self.offsets[1:] - 1].max(axis=1).astype(np.int64)  # (N,)
        return np.where(rows < 0, self.starts - 1, self.starts + rows - self.offsets[:-1])

    def values(self, series: int) -> NDArray[np.float64]:
        """Return the targets (T, C) of one series."""
        return self.targets[self.offsets[series] : self.offsets[series + 1]]
