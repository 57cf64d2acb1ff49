"""What the plans of all recipes have: hyperparameters chosen from the data, wherever an option is not given."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from nlprnn.experiment.options import Options

EPOCHS = (3, 40)
"""Fewest and most epochs that a plan takes."""

PATIENCE = 6
"""Epochs without improvement after which training ends."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Hyperparameters of a training, by the names of the options.

    Attributes:
        learning_rate: after warm-up.
        epochs: at most this many.
        patience: epochs without improvement after which training ends.
        tolerance: difference of validation scores, in points, that may be chance; 0 where scores are losses.
        adapted_from: the model that is trained further; "" = none.
    """

    learning_rate: float
    epochs: int
    patience: int = PATIENCE
    tolerance: float = 0.0
    adapted_from: str = ""

    @property
    def length(self) -> dict[str, Any]:
        """What limits the training and selects its weights, by the names of `TrainingOptions`."""
        return {"epochs": self.epochs, "patience": self.patience, "tolerance": self.tolerance}

    def with_given(self, options: Options) -> Self:
        """Return the plan in which the options that are given replace the rules."""
        values = {field.name: getattr(options, field.name, None) for field in fields(self)}
        return replace(self, **{name: value for name, value in values.items() if value is not None})

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        raise NotImplementedError

    def describe_length(self) -> str:
        """Return how long the training is, for the end of a line."""
        length = f"up to {self.epochs} epochs, stops when validation has not improved for {self.patience}"
        if not self.adapted_from:
            return length
        return f"{length}; sizes and tokens of {self.adapted_from}, learning rate {self.learning_rate:.2g}"


def whole_epochs(epochs: float) -> int:
    """Return a number of epochs that is neither too few nor too many."""
    return round(min(max(epochs, EPOCHS[0]), EPOCHS[1]))


def batch_size_for(examples: int) -> int:
    """Return a batch size: smaller for fewer training examples, so that an epoch has updates enough."""
    return 16 if examples < 4_000 else 32 if examples < 40_000 else 64


def half_standard_error(examples: int) -> float:
    """Return half the standard error of a score of 90 %, in points, on a number of validation examples."""
    return 50.0 * math.sqrt(0.9 * 0.1 / max(1, examples))
