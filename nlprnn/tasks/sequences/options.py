"""Options of models of feature sequences."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from nlprnn.errors import OptionError
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.reading_options import LabelReadingOptions
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import NOT_STREAMED
from nlprnn.models.text_model import Truncate
from nlprnn.modules.pooling import POOLINGS
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.series.feature_augmentation import FeatureAugmentation
from nlprnn.tasks.sequences.columns import ColumnRequest
from nlprnn.tasks.sequences.data import SequenceData


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


@dataclass(frozen=True, kw_only=True)
class SequenceOptions(LabelReadingOptions, PlannedOptions):
    """Options of models of feature sequences; `--help` describes each option."""

    section: ClassVar[str] = "Sequences"
    absent: ClassVar[Mapping[str, str]] = NOT_STREAMED | dict.fromkeys(
        ("init_from", "mix_in", "mix_share"),
        "features are scaled by the data that they were fitted to; train on the old and the new sequences together",
    )

    dataset: str = option(
        "gestures", help="Dataset: a sample's name, a Hub id, a table, or a folder of .npy or .npz files by class."
    )
    features: str | None = option(
        None,
        auto="guessed by their content",
        help="Columns of the features: one of lists of lists, several of lists, or several of numbers in a table with "
        "a row a step, with commas.",
    )
    label_field: str | None = option(
        None, auto="guessed from the usual names", help="Column of the label, or of the number."
    )
    group: str | None = option(
        None,
        auto="sequence_id, trial and such",
        help="Column that names the sequence of a row, in a table with a row a step; several with commas.",
    )
    time: str | None = option(
        None,
        auto="time, timestamp and such",
        help="Column of the time in a table with a row a step; none = the order of the rows.",
    )
    split_by: str | None = option(
        None,
        auto="subject, participant and such",
        help="Column whose values are never in two splits, such as the subject of a study; none = random splits.",
    )
    regression: bool | None = option(
        None, auto="whether the targets are fractions or too many for classes", help="Numbers as targets, not classes."
    )
    max_length: int = option(2000, min=1, help="Number of steps beyond which a sequence is truncated.")
    truncate: Truncate = option("tail", help="Truncation of long sequences: the end that is kept, or half of each.")
    projection_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Size of the layer on the features of each step.", tune=OneOf(32, 64, 128)
    )
    cell: Cell = option("lstm", help="Recurrent cell.", tune=OneOf("lstm", "gru"))
    hidden_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Hidden size of a recurrent layer, in each direction.",
        tune=OneOf(32, 64, 96, 128),
    )
    num_layers: int = option(1, min=1, max=MOST_LAYERS, help="Number of recurrent layers.", tune=OneOf(1, 2))
    bidirectional: bool = option(True, help="Both directions; one alone can follow a sequence while it is measured.")
    pooling: str = option(
        "concat",
        choices=POOLINGS,
        help="Pooling of the encoder's outputs into one vector.",
        tune=OneOf("concat", "max", "mean", "last", "attention"),
    )
    dropout: float = option(
        0.2,
        min=0,
        below=1,
        help="Dropout probability after the projection, between recurrent layers and before the output layer.",
        tune=Between(0.0, 0.6),
    )
    crop: float = option(
        0.0, min=0, below=1, help="Share of a training sequence that is cropped off at random, at most."
    )
    time_masks: int = option(0, min=0, help="Number of masks over steps of a training sequence.")
    noise: float | None = option(
        None,
        min=0,
        auto=FROM_DATA,
        help="Noise of training sequences, in standard deviations of a feature.",
        tune=Between(0.0, 0.3),
    )
    class_weights: Literal["none", "root", "balanced"] = option(
        "none", help="Class weights in the loss: balanced = by inverse frequency, root = its square root."
    )
    label_smoothing: float = option(0.0, min=0, below=1, help="Label smoothing: probability spread over all classes.")
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Batch size, in sequences.", tune=OneOf(16, 32, 64)
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.regression and (self.class_weights != "none" or self.label_smoothing or self.label_names):
            raise OptionError("--class-weights, --label-smoothing and --label-names are for classes, not --regression")

    def load(self) -> SequenceData:
        """Load the data set.

        Raises:
            DataError: it is missing, damaged or inconsistent.
        """
        return SequenceData.load(self.dataset, self.request(), reading=self.read_options(), regression=self.regression)

    def request(self) -> ColumnRequest:
        """Return the columns that are named."""
        return ColumnRequest(_names(self.features), self.label_field, _names(self.group), self.time, self.split_by)

    def augmentation(self, noise: float) -> FeatureAugmentation:
        """Return the random changes of training sequences, with the noise of the plan."""
        return FeatureAugmentation(crop=self.crop, time_masks=self.time_masks, noise=noise)

    def usage(self, split: str, *, numbers: bool) -> list[str]:
        """Return the commands that use and evaluate the model, `MODEL`, on the dataset."""
        dataset, words = shlex.quote(self.dataset), ["--dataset", self.dataset, "--split", split]
        words += [] if self.label_field is None else ["--label-field", self.label_field]
        verb = "rate" if numbers else "classify"
        return [f"nlprnn {verb} --model MODEL --file {dataset}", f"nlprnn evaluate --model MODEL {shlex.join(words)}"]
