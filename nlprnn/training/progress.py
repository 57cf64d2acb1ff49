"""Where a training stands, and what it tells of that: the live line, a line a validation, and `metrics.jsonl`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nlprnn.training.display import Display, duration
from nlprnn.training.metrics_log import MetricsLog
from nlprnn.training.state import TrainingState


class Reporter:
    """Tells how a training goes.

    Args:
        standing: where it stands, which the loop keeps up to date.
        display: where people see it.
        log: where programs read it; None = nowhere, as in all processes but the first.
        metric: name of the score that picks the best weights.
        epochs: how many are planned.
    """

    def __init__(
        self, standing: TrainingState, display: Display, log: MetricsLog | None, *, metric: str, epochs: int
    ) -> None:
        self.standing = standing
        self.display = display
        self.log = log
        self.metric = metric
        self.epochs = epochs

    def show(self, progress: float) -> None:
        """Show the live line of a training that is so far done, 0 to 1."""
        standing = self.standing
        left = standing.seconds * (1 - progress) / max(progress, 1e-9)
        best = "" if standing.best is None else f"   best {self.metric} {standing.best:.4g}"
        self.display.progress(
            progress,
            f"epoch {min(math.floor(standing.epoch) + 1, self.epochs)}/{self.epochs}",
            f"loss {self._mean_loss():.4f}   {self._tokens_per_second():,.0f} tokens/s   {duration(left)} left{best}",
        )

    def figures(self, learning_rate: float) -> dict[str, Any]:
        """Return what a line of the log says of the training since the last one."""
        standing = self.standing
        return {
            "step": standing.step,
            "epoch": round(standing.epoch, 4),
            "loss": self._mean_loss(),
            "learning_rate": learning_rate,
            "gradient_norm": float(standing.gradient_norm),
            "tokens_per_second": round(self._tokens_per_second(), 1),
            "minutes": round(standing.seconds / 60, 3),
        }

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one line of the log and begin to count anew."""
        if self.log is not None:
            self.log.write(record)
        self.standing.reset_window()

    def announce(self, scores: Mapping[str, float], *, best: bool) -> None:
        """Print the scores of a validation."""
        standing = self.standing
        figures = "  ".join(f"{name} {value:.4g}" for name, value in scores.items())
        self.display.line(
            f"epoch {standing.epoch:<5.3g} step {standing.step:<6} training loss {self._mean_loss():.4f}   "
            f"validation {figures}   {duration(standing.seconds)}{'   best' if best else ''}"
        )

    def announce_patience(self) -> None:
        """Say why a training ends before its time."""
        count = self.standing.evals_without_improvement
        self.display.line(f"ended early: {count} validation{'s' if count > 1 else ''} without a better {self.metric}")

    def close(self) -> None:
        """Close the log."""
        if self.log is not None:
            self.log.close()

    def _mean_loss(self) -> float:
        """The mean training loss since the last line of the log, or of that line when nothing came since."""
        standing = self.standing
        if standing.loss_steps:
            standing.mean_loss = float(standing.loss_sum) / standing.loss_steps
        return standing.mean_loss

    def _tokens_per_second(self) -> float:
        return self.standing.tokens / max(1e-9, self.standing.seconds - self.standing.logged_seconds)
