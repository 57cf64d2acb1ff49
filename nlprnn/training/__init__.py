"""Training of any `nn.Module`: the loop, its options, schedules and log; losses are in `nlprnn.training.losses`.

The trainer loads torch and accelerate when it is first used, not with this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nlprnn.training.callbacks import Callback, StoppableTrainer, flat_scores
from nlprnn.training.learning_curve import draw_learning_curve
from nlprnn.training.metrics_log import MetricsLog, read_metrics
from nlprnn.training.options import TrainingOptions
from nlprnn.training.protocols import ComputeLoss, LossOutput, ResumableBatches
from nlprnn.training.schedules import (
    Schedule,
    constant,
    cosine,
    linear,
    linear_after,
    slanted_triangular,
    with_warmup,
)
from nlprnn.training.signals import TrainingInterrupted

if TYPE_CHECKING:
    from nlprnn.training.display import Display
    from nlprnn.training.fine_tuning import discriminative_groups
    from nlprnn.training.optimizer import adamw
    from nlprnn.training.tensorboard import TensorBoardWriter
    from nlprnn.training.trainer import Trainer
    from nlprnn.training.validation import SplitValidation

__all__ = [
    "Callback",
    "ComputeLoss",
    "Display",
    "LossOutput",
    "MetricsLog",
    "ResumableBatches",
    "Schedule",
    "SplitValidation",
    "StoppableTrainer",
    "TensorBoardWriter",
    "Trainer",
    "TrainingInterrupted",
    "TrainingOptions",
    "adamw",
    "constant",
    "cosine",
    "discriminative_groups",
    "draw_learning_curve",
    "flat_scores",
    "linear",
    "linear_after",
    "read_metrics",
    "slanted_triangular",
    "with_warmup",
]
_LAZY = {
    "Display": "display",
    "SplitValidation": "validation",
    "TensorBoardWriter": "tensorboard",
    "Trainer": "trainer",
    "adamw": "optimizer",
    "discriminative_groups": "fine_tuning",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"nlprnn.training.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'nlprnn.training' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
