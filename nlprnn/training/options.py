"""Options of a training run: its length, optimization, validation and machine."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.training.precision import chosen_precision
from nlprnn.training.schedules import Schedule, constant, cosine


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """Length, optimization, validation and machine of a training run.

    Attributes:
        epochs: passes over the data; the schedule ends with the last one.
        max_minutes: time limit, validation included, and the `final_rows` of a `SplitValidation` after training; the
            schedule ends with it if that is sooner.
        schedule: progress 0 to 1 -> factor of the learning rate.
        warmup: fraction of the training in which the learning rate rises from zero.
        dropout: progress 0 to 1 -> factor of all dropout probabilities.
        clip_norm: gradients of a larger norm are scaled down to it (Pascanu et al. 2013); None = no clipping.
        clip_value: each gradient is clipped to [-clip_value, clip_value] (Mikolov 2012); None = no clipping.
        accumulate: batches whose gradients are added up for one update.
        ema: decay of an exponential moving average of the weights (Polyak & Juditsky 1992), which is then validated
            and kept; None or 0 = the weights themselves are.
        branches: trainings from the weights of the model, one after another, into which the length is divided; the mean
            of their weights is validated and kept (`BranchAverage`). Good for a model that was trained before.
        evaluate_every: steps between validations; None = at the end of each epoch.
        patience: validations without improvement, of score and of loss, after which training stops early; None =
            never.
        tolerance: difference of validation scores that may be chance: the lower loss decides between such scores.
        save_minutes: minutes between checkpoints within an epoch; there is one at each validation too.
        save_every: steps between checkpoints, beside the minutes; None = the minutes alone count.
        keep: number of checkpoints that are kept, the newest ones; of two, one is sound if the other is damaged.
        log_every: steps between records of `metrics.jsonl`.
        shown_scores: names of the scores in the line of a validation; () = all. `metrics.jsonl` has all.
        precision: "fp32", or of matrix products and recurrent layers "bf16" or "fp16" (mixed precision, Micikevicius et
            al. 2018); None = what `accelerate launch` was given with `--mixed_precision` or `accelerate config`, else
            "fp32".
        device: "auto", "cpu", "cuda" or "mps".
        tensorboard: also write TensorBoard's files.
        run_id: identity of the training, kept in its checkpoints, so that one of another is not resumed from.

    Raises:
        ValueError: a value is out of range.
    """

    epochs: int = 10
    max_minutes: float | None = None
    schedule: Schedule = cosine
    warmup: float = 0.0
    dropout: Schedule = constant
    clip_norm: float | None = 1.0
    clip_value: float | None = None
    accumulate: int = 1
    ema: float | None = None
    branches: int = 1
    evaluate_every: int | None = None
    patience: int | None = None
    tolerance: float = 0.0
    save_minutes: float = 2.0
    save_every: int | None = None
    keep: int = 2
    log_every: int = 50
    shown_scores: tuple[str, ...] = ()
    precision: str | None = None
    device: str = "auto"
    tensorboard: bool = False
    run_id: str = ""

    def __post_init__(self) -> None:
        for name in (
            "epochs",
            "accumulate",
            "branches",
            "evaluate_every",
            "patience",
            "save_every",
            "keep",
            "log_every",
        ):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")
        if self.max_minutes is not None and not self.max_minutes > 0:
            raise ValueError(f"max_minutes must be above 0, got {self.max_minutes}")
        chosen_precision(self.precision)
