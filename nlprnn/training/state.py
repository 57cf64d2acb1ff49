"""The state of a training run beside model, optimizer and batches."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass
class TrainingState:
    """What the loop knows beside model, optimizer and batches; all of it is part of a checkpoint.

    Attributes:
        step: batches read so far.
        epoch: passes over the data so far, with the part of the present one.
        seconds: spent on training and validation.
        evaluation_seconds: what the last validation took.
        best: the best validation score.
        best_loss: the validation loss that came with it, where there is one.
        last_evaluated: step of the last validation.
        evals_without_improvement: validations since the best one.
        gradient_norm: of the last update, before clipping.
        mean_loss: the last one that was told.
        loss_sum: of the batches since the last line of the log; a tensor stays on its device until it is looked at.
        loss_steps: how many batches those are.
        tokens: how many tokens they have.
        logged_seconds: `seconds` at the last line of the log.
    """

    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    best: float | None = None
    best_loss: float | None = None
    last_evaluated: int = -1
    evals_without_improvement: int = 0
    gradient_norm: float | Tensor = 0.0
    mean_loss: float = 0.0
    loss_sum: float | Tensor = 0.0
    loss_steps: int = 0
    tokens: int = 0
    logged_seconds: float = 0.0

    def sync(self) -> None:
        """Turn what waits on the device into plain numbers."""
        self.loss_sum, self.gradient_norm = float(self.loss_sum), float(self.gradient_norm)

    def reset_window(self) -> None:
        """Begin to count anew, for the next line of the log."""
        self.loss_sum, self.loss_steps, self.tokens = 0.0, 0, 0
        self.logged_seconds = self.seconds
