"""Text classification: its options, loss and metric."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import torch
from torch.nn import functional

from nlprnn.errors import OptionError
from nlprnn.experiment.options import option
from nlprnn.experiment.reading_options import LabelReadingOptions
from nlprnn.experiment.search_range import OneOf
from nlprnn.experiment.streaming_options import StreamingOptions
from nlprnn.metrics import ACCURACY, MACRO_F1, MICRO_F1, Metric
from nlprnn.tasks.labelled_texts import LabelledTexts, load_classes, load_label_sets
from nlprnn.tasks.streamed_texts import stream_texts
from nlprnn.tasks.text_options import DocumentOptions, LabelledTextOptions, TextOptions
from nlprnn.training.lbfgs import Criterion, label_cross_entropy
from nlprnn.training.losses.class_weights import inverse_frequency
from nlprnn.training.losses.classification import classification_loss, multi_label_loss
from nlprnn.training.protocols import ComputeLoss

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (ACCURACY, MACRO_F1, MICRO_F1)}


@dataclass(frozen=True, kw_only=True)
class StreamedTextOptions(StreamingOptions, TextOptions):
    """What classifiers of texts have beside, with data larger than memory.

    Raises:
        OptionError: n-grams are given with streaming.
    """

    def __post_init__(self) -> None:
        if self.streaming:
            if self.ngrams or self.char_ngrams:
                raise OptionError(
                    "--ngrams and --char-ngrams count in all texts together: leave them out with --streaming"
                )
            object.__setattr__(self, "ngrams", 0)
            object.__setattr__(self, "char_ngrams", 0)
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class SentimentOptions(StreamedTextOptions, LabelledTextOptions):
    """Options of sentiment analysis; `--help` describes each option."""

    def load(self) -> LabelledTexts:
        """Load the dataset, or open it for streaming.

        Raises:
            DataError: it is missing, damaged or inconsistent.
        """
        if self.streaming:
            fields = {"text": self.text_field, "label": self.label_field}
            return stream_texts(self.dataset, fields, options=self.read_options(), **self.streamed)
        return load_classes(
            self.dataset, text_field=self.text_field, label_field=self.label_field, options=self.read_options()
        )


@dataclass(frozen=True, kw_only=True)
class ClassificationOptions(LabelReadingOptions, StreamedTextOptions, DocumentOptions):
    """Options of topic classification; `--help` describes each option."""

    section: ClassVar[str] = "Classification"

    dataset: str = option("news", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    class_weights: Literal["none", "root", "balanced"] = option(
        "none", help="Class weights in the loss: balanced = by inverse frequency, root = its square root."
    )
    label_smoothing: float = option(
        0.0, min=0, below=1, help="Label smoothing: probability spread over all classes.", tune=OneOf(0.0, 0.05, 0.1)
    )
    select_by: Literal["accuracy", "macro_f1", "micro_f1"] | None = option(
        None, auto="accuracy; micro_f1 with --multi-label", help="Validation metric that selects the best weights."
    )
    multi_label: bool = option(
        False, help="Multi-label: a text has any number of labels, in a list, a string, or a column each."
    )
    label_separator: str = option(";", help="Separator of the labels of a string, with --multi-label.")
    threshold: float = option(0.5, above=0, below=1, help="Probability threshold of a label, with --multi-label.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.multi_label and (self.class_weights != "none" or self.label_smoothing):
            raise OptionError("--class-weights and --label-smoothing are for one label a text, not for --multi-label")
        if self.select_by == ("accuracy" if self.multi_label else "micro_f1"):
            kind = "several labels" if self.multi_label else "one label"
            raise OptionError(f"--select-by {self.select_by} is not a metric of {kind} a text: see --multi-label")
        if not self.label_separator:
            raise OptionError("--label-separator must not be empty")

    @property
    def metric(self) -> Metric:
        """The validation metric that selects the best weights."""
        return METRICS[self.select_by or ("micro_f1" if self.multi_label else "accuracy")]

    def load(self) -> LabelledTexts:
        """Load the dataset, or open it for streaming.

        Raises:
            DataError: it is missing, damaged or inconsistent.
        """
        more = {"label_separator": self.label_separator} if self.multi_label else {}
        options = self.read_options(**more)
        if self.streaming:
            fields = {"text": self.text_field, "labels" if self.multi_label else "label": self.label_field}
            return stream_texts(self.dataset, fields, options=options, **self.streamed)
        load = load_label_sets if self.multi_label else load_classes
        return load(self.dataset, text_field=self.text_field, label_field=self.label_field, options=options)

    def loss(self, data: LabelledTexts, *, r_drop: float) -> tuple[ComputeLoss, Criterion]:
        """Return the loss of the network and, for an n-gram model beside it, the criterion on its outputs."""
        if self.multi_label:
            return multi_label_loss(r_drop=r_drop), label_cross_entropy
        counts = torch.from_numpy(data.label_counts())
        weights = inverse_frequency(counts, self.class_weights)
        loss = classification_loss(weights=weights, label_smoothing=self.label_smoothing, r_drop=r_drop)
        return loss, partial(functional.cross_entropy, weight=weights)

    def evaluation_command(self, split: str) -> str:
        """Return the command that evaluates the model, `MODEL`, on a split of its dataset."""
        separator = "" if self.label_separator == ";" else f" --label-separator {shlex.quote(self.label_separator)}"
        return super().evaluation_command(split) + separator
