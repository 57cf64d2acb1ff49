"""Progress reports of a training run: the live line, a line per validation, and records of `metrics.jsonl`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nlprnn.metrics import Metric
from nlprnn.training.display import Display, format_duration
from nlprnn.training.memory import peak_memory
from nlprnn.training.metrics_log import MetricsLog
from nlprnn.training.state import TrainingState


class ProgressReporter:
    """Reports how a training run progresses, to people and to programs.

    Args:
        state: of the training; the loop keeps it up to date.
        display: for people.
        log: for programs; None = no log, as in all processes but the first.
        metric: the score that selects the best weights.
        epochs: number planned.
    """

    def __init__(
        self, state: TrainingState, display: Display, log: MetricsLog | None, *, metric: Metric, epochs: int
    ) -> None:
        self.state = state
        self.display = display
        self.log = log
        self.metric = metric
        self.epochs = epochs

    def show(self, progress: float) -> None:
        """Update the live line.

        Args:
            progress: completed fraction of training, 0 to 1.
        """
        state = self.state
        remaining = state.seconds * (1 - progress) / max(progress, 1e-9)
        best = [] if state.best is None else [f"best {self.metric.name} {state.best:.4g}"]
        speed = f"{self._tokens_per_second():,.0f} tokens/s"
        self.display.progress(
            progress,
            f"epoch {min(math.floor(state.epoch) + 1, self.epochs)}/{self.epochs}",
            [f"loss {self._mean_loss():.4f}", f"{format_duration(remaining)} left", *best, speed],
        )

    def record(self, learning_rate: float) -> dict[str, Any]:
        """Return the log record of the steps since the last one."""
        state = self.state
        return {
            "step": state.step,
            "epoch": round(state.epoch, 4),
            "loss": self._mean_loss(),
            "learning_rate": learning_rate,
            "gradient_norm": float(state.gradient_norm),
            "tokens_per_second": round(self._tokens_per_second(), 1),
            "minutes": round(state.seconds / 60, 3),
            "peak_memory_mb": round(peak_memory() / 1e6, 1),
        }

    def write(self, record: Mapping[str, Any]) -> None:
        """Write a record to the log and start the next one."""
        if self.log is not None:
            self.log.write(record)
        self.state.reset_window()

    def print_validation(self, scores: Mapping[str, float], *, best: bool) -> None:
        """Print the scores of a validation."""
        state = self.state
        figures = "  ".join(f"{name} {value:.4g}" for name, value in scores.items())
        self.display.line(
            f"epoch {state.epoch:<5.3g} step {state.step:<6} training loss {self._mean_loss():.4f}   "
            f"validation {figures}   {format_duration(state.seconds)}{'   best' if best else ''}"
        )

    def print_early_stop(self, reason: str | None) -> None:
        """Print why training ends before its last epoch; without a reason, its patience has run out."""
        count = self.state.evals_without_improvement
        plural = "s" if count > 1 else ""
        patience = f"{count} validation{plural} without a better {self.metric.name}"
        self.display.line(f"ended early: {reason or patience}")

    def _mean_loss(self) -> float:
        """Return the mean training loss since the last log record; right after one, its own."""
        state = self.state
        if state.loss_steps:
            state.mean_loss = float(state.loss_sum) / state.loss_steps
        return state.mean_loss

    def _tokens_per_second(self) -> float:
        return self.state.tokens / max(1e-9, self.state.seconds - self.state.logged_seconds)
