"""The state of a training run beside its model, optimizer and batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from nlprnn.metrics import LOSS, Metric
from nlprnn.training.options import TrainingOptions

LEAST_TRAINING = 0.25
"""Share of a time limit that is for training at least, however long the validations and the scores at the end take."""

FINAL_SHARE = 0.3
"""Share of a time limit that is for the scores at the end at most: they are of fewer rows where all take longer."""


@dataclass
class TrainingState:
    """Counters, clocks and best scores of a training run; all of it is saved in a checkpoint.

    Attributes:
        step: batches trained on so far.
        epoch: passes over the data so far, with the fraction of the current one.
        seconds: time of training and validation.
        evaluation_seconds: duration of the last validation.
        final_seconds: estimated duration of what is scored after training.
        best: validation score of the best weights.
        best_loss: validation loss that belongs to `best`, if validation returns a loss.
        top_score: best validation score of all, which other weights may have.
        lowest_loss: lowest validation loss of all, which other weights may have.
        last_evaluated: step of the last validation; None before the first.
        evals_without_improvement: validations since the best weights or the lowest loss, whichever came later.
        gradient_norm: of the last update, before clipping.
        mean_loss: mean training loss of the last report.
        loss_sum: sum over the batches since the last log record; a tensor stays on its device until `sync`.
        loss_steps: number of these batches.
        tokens: number of their tokens.
        logged_seconds: `seconds` at the last log record.
        saved_seconds: `seconds` at the last checkpoint.
    """

    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    final_seconds: float = 0.0
    best: float | None = None
    best_loss: float | None = None
    top_score: float | None = None
    lowest_loss: float | None = None
    last_evaluated: int | None = None
    evals_without_improvement: int = 0
    gradient_norm: float | Tensor = 0.0
    mean_loss: float = 0.0
    loss_sum: float | Tensor = 0.0
    loss_steps: int = 0
    tokens: int = 0
    logged_seconds: float = 0.0
    saved_seconds: float = 0.0

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take the values of a checkpoint; TypeError where one is unknown."""
        vars(self).update(vars(TrainingState(**saved)))

    def progress(self, options: TrainingOptions) -> float:
        """Return the completed fraction of training, 0 to 1, by epochs or minutes, whichever is further."""
        completed = self.epoch / options.epochs
        if options.max_minutes is not None:
            limit = 60 * options.max_minutes
            # The last validation must fit in too: it takes as long as the one before; before the first, a guess.
            final = min(self.final_seconds, FINAL_SHARE * limit)
            reserved = (self.evaluation_seconds or 0.03 * limit) + final
            completed = max(completed, self.seconds / max(LEAST_TRAINING * limit, limit - reserved))
        return min(1.0, completed)

    def out_of_patience(self, options: TrainingOptions) -> bool:
        """Return whether too many validations have brought no improvement."""
        return options.patience is not None and self.evals_without_improvement >= options.patience

    def record_evaluation(self, scores: Mapping[str, float], metric: Metric, *, tolerance: float = 0.0) -> bool:
        """Record a validation and return whether its weights are the best.

        Of scores that differ by the tolerance at most, the one with the lower loss is better: on few rows a score is
        noisy, and the loss less so. No score is better that is further below the best of all.

        Args:
            scores: of the validation.
            metric: that selects.
            tolerance: difference of scores that may be chance, in the metric's unit.
        """
        score, loss = scores[metric.name], scores.get("loss")
        if metric.improves(score, self.top_score):
            self.top_score = score
        improved = metric.improves(score, self.best)
        if self._is_near(score, self.best, tolerance) and loss is not None and self.best_loss is not None:
            improved = loss < self.best_loss and self._is_near(score, self.top_score, tolerance)
        if improved:
            self.best, self.best_loss = score, loss
        lower = loss is not None and LOSS.improves(loss, self.lowest_loss)
        if lower:
            self.lowest_loss = loss
        self.last_evaluated = self.step
        self.evals_without_improvement = 0 if improved or lower else self.evals_without_improvement + 1
        return improved

    def summary(self, metric: Metric) -> dict[str, Any]:
        """Return the length of the run and its best validation score, by the name of the metric."""
        return {
            "steps": self.step,
            "epochs": round(self.epoch, 3),
            "minutes": round(self.seconds / 60, 2),
            metric.name: self.best,
        }

    @staticmethod
    def _is_near(score: float, other: float | None, tolerance: float) -> bool:
        return other is not None and abs(score - other) <= tolerance

    def sync(self) -> tuple[float, float]:
        """Move the sum of losses and the gradient norm off the device, and return them."""
        loss_sum, gradient_norm = float(self.loss_sum), float(self.gradient_norm)
        self.loss_sum, self.gradient_norm = loss_sum, gradient_norm
        return loss_sum, gradient_norm

    def reset_window(self) -> None:
        """Start to count losses and tokens for the next log record."""
        self.loss_sum, self.loss_steps, self.tokens = 0.0, 0, 0
        self.logged_seconds = self.seconds
