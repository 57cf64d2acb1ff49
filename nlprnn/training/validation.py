"""Validation that keeps to a time limit: on fewer rows, drawn at random, where all would take too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_FIRST_ROWS = 16
"""Rows of the first trial."""

_TRIAL_SHARE = 0.125
"""Share of the time limit from which the duration of a trial is trusted."""

_TOLERANCE = 1.5
"""A validation may take this many times the limit before it is made smaller: durations vary."""


class SplitValidation:
    """Validation on the rows of a split; with a time limit, on as many as it allows.

    With a limit, each validation starts with a trial on few rows, from whose duration that of all is estimated. The
    rows are then drawn once at random and stay the same, so that scores compare, until even they take too long, as
    when a translator has learnt to write longer sentences.

    Args:
        score: (model, rows) -> its scores; rows (n,) int64 are indices of the split in ascending order.
        num_rows: rows of the split.
        unit: name of a row in messages, in the plural.
    """

    def __init__(
        self, score: Callable[[Any, np.ndarray], Mapping[str, float]], num_rows: int, *, unit: str = "rows"
    ) -> None:
        self.num_rows = num_rows
        self._score = score
        self._unit = unit
        self._order = np.random.default_rng(0).permutation(num_rows)
        self._used = num_rows
        self._seconds: float | None = None
        self._report: Callable[[str], None] = lambda _: None

    def limit(self, seconds: float, report: Callable[[str], None]) -> None:
        """Let each validation take about this many seconds; `report` gets a sentence where rows are left out."""
        self._seconds, self._report = seconds, report

    def __call__(self, model: Any) -> Mapping[str, float]:
        """Return the scores of a model in evaluation mode."""
        trial = _FIRST_ROWS
        while self._seconds is not None and trial < self._used:
            began = time.monotonic()
            self._score_first(model, trial)
            seconds = time.monotonic() - began
            fitting = int(trial * self._seconds / max(seconds, 1e-9))
            if self._used <= _TOLERANCE * fitting:
                break
            if seconds >= _TRIAL_SHARE * self._seconds:
                self._used = max(_FIRST_ROWS, fitting)
                self._report(
                    f"validation on {self._used:,} of {self.num_rows:,} {self._unit}: more would take over "
                    f"{self._seconds:.2g} s of the time limit"
                )
                break
            trial *= 4
        return self._score_first(model, self._used)

    def _score_first(self, model: Any, number: int) -> Mapping[str, float]:
        return self._score(model, np.sort(self._order[:number]))
