"""The options that every recipe has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from nlprnn.devices import DEVICES
from nlprnn.errors import OptionError
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.reading_options import ReadingOptions
from nlprnn.experiment.search_range import Between

LARGEST_SEED = 2**32 - 1
"""What NumPy and torch both take as a seed."""


@dataclass(frozen=True, kw_only=True)
class DatasetOptions(ReadingOptions):
    """What a run reads."""

    dataset: str = option("", help="Dataset: a sample's name, a Hub id, a folder or a file.")


@dataclass(frozen=True, kw_only=True)
class RunOptions(DatasetOptions):
    """Where a run writes, and how long and how it trains; `--help` describes each option."""

    section: ClassVar[str] = "Run"

    out: Path | None = option(
        None, free=True, auto="a new one under runs/", help="Folder that the model is written into."
    )
    seed: int = option(1, min=0, max=LARGEST_SEED, help="Random seed of everything that is drawn.")
    seeds: int = option(
        1,
        min=1,
        free=True,
        help="Number of runs, with seeds --seed, --seed + 1 and so on, each in a folder of its own; mean and spread of "
        "their scores are printed.",
    )
    epochs: int | None = option(10, min=1, length=True, help="Number of passes over the training data.")
    max_minutes: float | None = option(
        None,
        above=0,
        length=True,
        help="Time budget of the whole run in minutes, the scores at the end included; the learning-rate schedule is "
        "fitted to it. A validation that would take over a fifth of it, and final scores for which there is no time "
        "left, are on fewer rows.",
    )
    accumulate: int = option(
        1,
        min=1,
        formerly="--gradient-accumulation-steps",
        help="Number of batches whose gradients are summed for one update.",
    )
    clip_norm: float | None = option(1.0, above=0, help="Gradient norm above which gradients are scaled down to it.")
    clip_value: float | None = option(
        None, above=0, help="Gradient value: each component is clipped to plus or minus this."
    )
    precision: Literal["fp32", "bf16", "fp16"] | None = option(
        None,
        auto="that of accelerate launch, else fp32",
        help="Precision of matrix products and recurrent layers; weights and losses are in fp32.",
    )
    save_minutes: float = option(2.0, above=0, free=True, help="Minutes between checkpoints inside an epoch.")
    save_every: int | None = option(
        None, min=1, free=True, help="Batches between checkpoints inside an epoch, beside --save-minutes."
    )
    keep: int = option(2, min=1, free=True, help="Number of checkpoints that are kept, the newest ones.")
    device: str = option("auto", choices=DEVICES, free=True, help="Device that the model is trained on.")
    threads: int | None = option(None, min=1, max=1024, free=True, auto="all cores", help="Number of CPU threads.")
    resume: bool = option(False, free=True, help="Continue the run in --out exactly where it stopped.")
    tensorboard: bool = option(False, free=True, help="TensorBoard files beside metrics.jsonl.")
    find_learning_rate: Path | None = option(
        None,
        free=True,
        help="Search for a learning rate in place of the training (Smith 2017): picture (PNG) of the loss by the rate.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.find_learning_rate is not None:
            if self.resume or self.seeds > 1:
                raise OptionError("--find-learning-rate trains nothing: leave out --resume and --seeds")
            if self.find_learning_rate.exists() and self.find_learning_rate.suffix.lower() != ".png":
                raise OptionError(
                    f"{self.find_learning_rate} exists and is no picture: choose another file for --find-learning-rate"
                )
        if self.seed + self.seeds - 1 > LARGEST_SEED:
            raise OptionError(
                f"{self.seeds} seeds from {self.seed} on go beyond {LARGEST_SEED}, the largest: give a smaller --seed"
            )


@dataclass(frozen=True, kw_only=True)
class PlannedOptions(RunOptions):
    """How long and how fast a run learns, which a plan chooses from the data where an option is not given."""

    epochs: int | None = option(
        None, min=1, length=True, auto=FROM_DATA, help="Maximum number of passes over the training data."
    )
    patience: int | None = option(
        None,
        min=1,
        length=True,
        auto=FROM_DATA,
        help="Number of validations without improvement after which training ends.",
    )
    learning_rate: float | None = option(
        None,
        above=0,
        auto=FROM_DATA,
        help="Peak learning rate, reached after warm-up.",
        tune=Between(5e-4, 1e-2, log=True),
    )
