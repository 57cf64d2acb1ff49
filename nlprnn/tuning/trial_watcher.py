"""The callback by which a study follows the training of a trial, and ends it early."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import nn

from nlprnn.training.callbacks import Callback, StoppableTrainer
from nlprnn.tuning.budget import Budget
from nlprnn.tuning.pruning import should_prune
from nlprnn.tuning.study_file import State, StudyRecord, TrialRecord


class TrialWatcher(Callback):
    """Records each validation of a trial, and ends it if it is too large, too bad, or out of time.

    Args:
        study: that the trial is of.
        trial: that is trained.
        budget: of the study.
        save: writes the study.
        prune: whether a bad trial is ended.

    Attributes:
        state: of the trial once its recipe has ended.
    """

    def __init__(
        self, study: StudyRecord, trial: TrialRecord, budget: Budget, save: Callable[[], None], *, prune: bool
    ) -> None:
        self.study = study
        self.trial = trial
        self.budget = budget
        self.save = save
        self.prune = prune
        self.state: State = "complete"

    def on_log(self, trainer: StoppableTrainer, record: Mapping[str, Any]) -> None:
        """End a training whose model is too large, or for which no time is left."""
        limit = self.study.max_model_mb
        self.trial.model_mb = weights_mb(trainer.network)
        if limit is not None and self.trial.model_mb > limit:
            self._stop(trainer, "too large", f"{self.trial.model_mb:.3g} MB are over {limit:g} MB")
        elif self.budget.remaining <= 0:
            self._stop(trainer, "complete", "the time of the study is over")

    def on_validation(self, trainer: StoppableTrainer, scores: Mapping[str, float], *, best: bool) -> None:
        """Record a validation, and prune a bad trial."""
        trial, state = self.trial, trainer.state
        self.study.metric, self.study.higher_is_better = trainer.metric.name, trainer.metric.higher_is_better
        if not trial.curve or state.epoch > trial.curve[-1][0]:
            trial.curve.append((state.epoch, scores[trainer.metric.name]))
        trial.epochs, trial.training_seconds = state.epoch, state.seconds
        self.save()
        if self.prune and self.state == "complete" and should_prune(self.study, trial):
            self._stop(trainer, "pruned", f"after {state.epoch:.3g} epochs worse than half of the earlier trials")

    def on_end(self, trainer: StoppableTrainer, summary: Mapping[str, Any]) -> None:
        """Record the length of the training."""
        self.trial.epochs, self.trial.training_seconds = trainer.state.epoch, trainer.state.seconds

    def _stop(self, trainer: StoppableTrainer, state: State, reason: str) -> None:
        self.state, self.trial.reason = state, reason
        trainer.stop(reason)


def weights_mb(network: nn.Module) -> float:
    """Return the size of a model's weights, buffers included, in megabytes of a million bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values()) / 1e6
