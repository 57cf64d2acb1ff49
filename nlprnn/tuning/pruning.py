"""Pruning: which trials are ended before their last epoch, as they are worse than earlier ones were."""

from __future__ import annotations

from statistics import median

from nlprnn.tuning.study_file import StudyRecord, TrialRecord

_STARTUP_TRIALS = 3
"""Complete trials, as long as the trial is now, before it can be pruned."""

_WARMUP_SHARE = 0.25
"""Share of the planned epochs before a trial can be pruned: strong dropout learns slowly at first."""


def should_prune(study: StudyRecord, trial: TrialRecord) -> bool:
    """Return whether a trial's best score so far is worse than the median of those of complete trials at its epoch.

    It is the median rule of Google Vizier (Golovin et al. 2017).

    Args:
        study: with its complete trials.
        trial: that is trained, with its last validation.
    """
    epoch = trial.curve[-1][0]
    complete = [one for one in study.trials if one.state == "complete"]
    if epoch < _WARMUP_SHARE * max((one.planned_epochs for one in complete), default=0):
        return False
    sign = 1.0 if study.higher_is_better else -1.0
    scores = [
        max(sign * score for reached, score in one.curve if reached <= epoch)
        for one in complete
        if one.curve and one.curve[0][0] <= epoch <= one.curve[-1][0]
    ]
    best = max(sign * score for _, score in trial.curve)
    return len(scores) >= _STARTUP_TRIALS and best < median(scores)
