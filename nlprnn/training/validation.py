"""Validation that keeps to a time limit: on fewer rows, drawn at random, where all would take too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nlprnn.training.row_sharing import largest_of_processes

_FIRST_ROWS = 16
"""Rows of the first trial."""

_TRIAL_SHARE = 0.125
"""Share of the time limit from which the duration of a trial is trusted."""

_TOLERANCE = 1.5
"""A validation may take this many times the limit before it is made smaller: durations vary."""

_GROWTH = 2.0
"""Factor by which more rows must fit before a validation is made larger again."""


class SplitValidation:
    """Validation on the rows of a split; with a time limit, on as many as it allows.

    With a limit, each validation starts with a trial on few rows, from whose duration that of all is estimated. Fewer
    rows are drawn at random, and stay the same while their duration allows. It may not: a translator that learns to end
    its sentences becomes many times as fast.

    Args:
        score: (model, rows) -> its scores; rows (n,) int64 are indices of the split in ascending order.
        num_rows: rows of the split.
        unit: name of a row in messages, in the plural.
        final_rows: number of rows that are scored after training, in rows of a validation: one that takes three times
            as long counts three times.

    Attributes:
        changed: the last validation was on other rows than the one before, so that their scores do not compare.
    """

    def __init__(
        self,
        score: Callable[[Any, np.ndarray], Mapping[str, float]],
        num_rows: int,
        *,
        unit: str = "rows",
        final_rows: float = 0.0,
    ) -> None:
        self.num_rows = num_rows
        self.changed = False
        self._score = score
        self._unit = unit
        self._final_rows = final_rows
        self._seconds_per_row = 0.0  # 0 = not known
        self._order = np.random.default_rng(0).permutation(num_rows)
        self._used = num_rows
        self._fitting = 0.0  # rows that take the time limit at the speed of the last validation; 0 = not known
        self._seconds: float | None = None
        self._report: Callable[[str], None] = lambda _: None

    def limit(self, seconds: float, report: Callable[[str], None]) -> None:
        """Let each validation take about this many seconds; `report` gets a sentence where the rows change."""
        self._seconds, self._report = seconds, report

    @property
    def final_seconds(self) -> float:
        """Estimate of the time after training, from the last validation or trial; 0 before the first."""
        return self._final_rows * self._seconds_per_row

    def measure(self, model: Any) -> None:
        """Estimate the speed with which a model in evaluation mode is scored, on few rows."""
        self._timed(model, min(_FIRST_ROWS, self.num_rows))

    def __call__(self, model: Any) -> Mapping[str, float]:
        """Return the scores of a model in evaluation mode."""
        before, is_first = self._used, self._fitting == 0.0
        if self._seconds is not None:
            if self._fitting >= _GROWTH * before:
                self._used = min(self.num_rows, int(self._fitting))
            self._used = rows_within(self._seconds, self._used, lambda number: self._timed(model, number)[1])
            if self._used != before:
                self._report(
                    f"validation on {self._used:,} of {self.num_rows:,} {self._unit}, which take about "
                    f"{self._seconds:.2g} s of the time limit"
                )
        self.changed = self._used != before and not is_first
        scores, seconds = self._timed(model, self._used)
        self._fitting = self._used * (self._seconds or seconds) / seconds
        return scores

    def _timed(self, model: Any, number: int) -> tuple[Mapping[str, float], float]:
        """Return the scores on the first rows of the random order, and the seconds that they took."""
        began = time.monotonic()
        scores = self._score(model, np.sort(self._order[:number]))
        seconds = max(largest_of_processes(time.monotonic() - began), 1e-9)
        self._seconds_per_row = seconds / max(1, number)
        return scores, seconds


def rows_within(limit: float, num_rows: int, timed: Callable[[int], float]) -> int:
    """Return how many of some rows are scored within a time, by trials, of which longer ones are more exact.

    Args:
        limit: the time, in seconds.
        num_rows: rows at most.
        timed: number of rows -> seconds that they take.
    """
    trial = _FIRST_ROWS
    while trial < num_rows:
        seconds = timed(trial)
        fitting = int(trial * limit / seconds)
        if num_rows <= _TOLERANCE * fitting:
            return num_rows
        if seconds >= _TRIAL_SHARE * limit:
            return max(_FIRST_ROWS, fitting)
        trial *= 4
    return num_rows
