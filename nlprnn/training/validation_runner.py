"""The validations of a training, on whose scores and durations all processes agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from nlprnn.training.distributed import DistributedContext
from nlprnn.training.options import TrainingOptions
from nlprnn.training.state import TrainingState
from nlprnn.training.validation import SplitValidation

_VALIDATION_SHARE = 0.2
"""Share of the time limit that one validation takes at most, where it can be made smaller."""


class ValidationRunner:
    """Runs the validations of a training, and keeps in its state how long they take.

    Args:
        validate: model in evaluation mode -> its scores; a `SplitValidation` keeps to a share of the time limit.
        distributed: the processes of the training.
        state: of the training.
        options: of the training.
        report: function that takes a sentence where a `SplitValidation` changes its rows.
    """

    def __init__(
        self,
        validate: Callable[[Any], Mapping[str, float]],
        distributed: DistributedContext,
        state: TrainingState,
        options: TrainingOptions,
        report: Callable[[str], None],
    ) -> None:
        self._validate = validate
        self._split = validate if isinstance(validate, SplitValidation) else None
        self._distributed = distributed
        self._state = state
        self._is_limited = options.max_minutes is not None
        if self._split is not None and options.max_minutes is not None:
            self._split.limit(_VALIDATION_SHARE * 60 * options.max_minutes, report)

    def measure(self, model: nn.Module) -> None:
        """Estimate how long scoring takes after training, so that the time limit includes it."""
        if self._split is None or not self._is_limited:
            return
        model.eval()
        with torch.inference_mode():
            self._split.measure(model)
        self._reserve_final_seconds()

    def scores(self, model: nn.Module) -> dict[str, float]:
        """Return the scores of a model, which is in evaluation mode afterwards.

        The best scores of the state are dropped where they are of other rows.
        """
        began, state = time.monotonic(), self._state
        model.eval()
        with torch.inference_mode():
            scores = {name: float(value) for name, value in self._validate(model).items()}
        changed = self._split is not None and self._split.changed
        scores = self._distributed.broadcast_from_rank0(scores | {"changed": float(changed)})
        if scores.pop("changed"):  # no score of other rows is the best of these
            state.best = state.best_loss = state.top_score = state.lowest_loss = None
        state.evaluation_seconds = self._distributed.seconds_since(began)
        self._reserve_final_seconds()
        return scores

    def _reserve_final_seconds(self) -> None:
        """Take the last estimate of the time after training, the same in all processes."""
        if self._split is not None:
            seconds = {"seconds": self._split.final_seconds}
            self._state.final_seconds = self._distributed.broadcast_from_rank0(seconds)["seconds"]
