"""Callbacks: what a trainer calls at its beginning, at log records, at validations and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nlprnn.training.options import TrainingOptions

if TYPE_CHECKING:
    from torch import nn

    from nlprnn.metrics import Metric
    from nlprnn.training.state import TrainingState


class StoppableTrainer(Protocol):
    """What a callback may use of a `Trainer`.

    Attributes:
        folder: of all files of the training.
        options: of the training.
        metric: the score that selects the best weights.
        state: step, epoch, seconds and best score so far.
    """

    folder: Path
    options: TrainingOptions
    metric: Metric
    state: TrainingState

    @property
    def network(self) -> nn.Module:
        """The model itself, without wrappers of several processes."""
        ...

    def stop(self, reason: str) -> None:
        """End the training in order after this call, as patience does."""
        ...


class Callback:
    """Base of all callbacks; a subclass overrides the methods that it needs.

    The first of several processes alone calls them, after the checkpoint of a step is written: an exception in a
    callback ends the training, which resumes from there.
    """

    def on_begin(self, trainer: StoppableTrainer) -> None:
        """Prepare the folder before the first step; of a resumed run, after its checkpoint was read."""

    def on_log(self, trainer: StoppableTrainer, record: Mapping[str, Any]) -> None:
        """Take a record of `metrics.jsonl`: its `step`, loss and speed, and the scores of a `validation`."""

    def on_validation(self, trainer: StoppableTrainer, scores: Mapping[str, float], *, best: bool) -> None:
        """Take the scores of a validation; `best`: the weights were kept. `trainer.stop(reason)` ends the training."""

    def on_end(self, trainer: StoppableTrainer, summary: Mapping[str, Any]) -> None:
        """Take the summary of a training that has ended in order; the model has its best weights."""


def flat_scores(record: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Return the numbers of a record without its step, by name: `{"validation": {"loss": 1}}` has `validation/loss`."""
    flat: dict[str, float] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat.update(flat_scores(value, f"{prefix}{name}/"))
        elif name != "step":
            flat[prefix + name] = value
    return flat
