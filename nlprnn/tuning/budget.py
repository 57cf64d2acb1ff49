"""The time budget of a study, and what still fits into it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from nlprnn.tuning.study_file import TrialRecord

_REPEATS_SHARE = 0.4
"""Share of the budget that is kept at most for repetitions with other seeds: the rest is for the search."""

_MARGIN = 1.1
"""Factor of a repetition's duration, as durations vary."""


class Budget:
    """The time of a study, which continues where it was when the study is resumed.

    Args:
        minutes: of the whole study.
        used_seconds: by a study that is resumed.
        clock: seconds that pass.
    """

    def __init__(
        self, minutes: float, *, used_seconds: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = 60.0 * minutes
        self.clock = clock
        self._began = clock() - used_seconds

    @property
    def used(self) -> float:
        """Seconds that the study has taken so far."""
        return self.clock() - self._began

    @property
    def remaining(self) -> float:
        """Seconds that are left; negative once they are over."""
        return self.seconds - self.used

    def reserve(self, first: TrialRecord, best: TrialRecord, *, seeds: int) -> float:
        """Return the seconds to keep for repetitions of the first and the best trial with other seeds."""
        settings = [first] if first is best else [first, best]
        needed = (seeds - 1) * sum(repetition_seconds(trial) for trial in settings)
        return min(needed, _REPEATS_SHARE * self.seconds)


def repetition_seconds(trial: TrialRecord) -> float:
    """Return the seconds that a trial takes when it is repeated."""
    return _MARGIN * trial.seconds


def trial_seconds(trials: Sequence[TrialRecord], *, most_training: float) -> float:
    """Return the seconds that a trial may take: planned epochs at the measured time of one, and what is around them.

    Args:
        trials: so far; those that are complete are measured.
        most_training: limit of the seconds of training.
    """
    complete = [trial for trial in trials if trial.state == "complete" and trial.epochs > 0]
    if not complete:
        return most_training
    around = median(trial.seconds - trial.training_seconds for trial in complete)
    epoch = median(trial.training_seconds / trial.epochs for trial in complete)
    return around + min(most_training, epoch * max(trial.planned_epochs for trial in complete))
