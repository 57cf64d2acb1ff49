"""How long and how to train."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.training.schedules import Schedule, constant, cosine


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How long and how to train.

    Attributes:
        epochs: passes over the data, the length that the schedule is planned over.
        max_minutes: the schedule is planned over these minutes instead where they end sooner; validation counts.
        schedule: progress 0..1 -> factor of the learning rate.
        warmup: the part of the training in which the rate rises from zero.
        dropout: progress 0..1 -> factor of every dropout of the model.
        clip_norm: gradients of a larger norm are scaled down to it (Pascanu et al. 2013); None = never.
        clip_value: each gradient is cut to [-clip_value, clip_value] (Mikolov 2012); None = never.
        accumulation: batches whose gradients are added up for one update.
        ema: decay of an exponential moving average of the weights, which is then what is validated and kept
            (Polyak & Juditsky 1992); None = the weights themselves.
        evaluate_every: steps between validations; None = at the end of each epoch.
        patience: validations without a better score after which training ends; None = no early end.
        save_minutes: minutes between checkpoints inside an epoch.
        log_every: steps between lines of `metrics.jsonl`.
        precision: "no" (float32), "bf16" or "fp16", through accelerate's autocast.
        device: "auto", "cpu", "cuda" or "mps".
        tensorboard: write TensorBoard's files too.

    Raises:
        ValueError: a count is below 1.
    """

    epochs: int = 10
    max_minutes: float | None = None
    schedule: Schedule = cosine
    warmup: float = 0.0
    dropout: Schedule = constant
    clip_norm: float | None = 1.0
    clip_value: float | None = None
    accumulation: int = 1
    ema: float | None = None
    evaluate_every: int | None = None
    patience: int | None = None
    save_minutes: float = 2.0
    log_every: int = 50
    precision: str = "no"
    device: str = "auto"
    tensorboard: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "accumulation", "evaluate_every", "patience", "log_every"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")
        if self.max_minutes is not None and not self.max_minutes > 0:
            raise ValueError(f"max_minutes must be above 0, got {self.max_minutes}")
        if self.precision not in ("no", "bf16", "fp16"):
            raise ValueError(f"unknown precision {self.precision!r}: choose no, bf16 or fp16")
