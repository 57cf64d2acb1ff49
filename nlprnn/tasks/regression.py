"""Regression on texts: its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nlprnn.experiment.options import option
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import NOT_STREAMED
from nlprnn.modules.pooling import POOLINGS
from nlprnn.tasks.labelled_texts import LabelledTexts, load_numbers
from nlprnn.tasks.text_options import DocumentOptions


@dataclass(frozen=True, kw_only=True)
class RegressionOptions(DocumentOptions):
    """Options of regression on texts; `--help` describes each option."""

    absent: ClassVar[Mapping[str, str]] = NOT_STREAMED

    dataset: str = option("hotels", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    label_field: str | None = option(None, auto="guessed from the usual names", help="Column of the number.")
    pooling: str = option(
        "mean",
        choices=POOLINGS,
        help="Pooling of the encoder's outputs into one vector.",
        tune=OneOf("max", "mean", "attention"),
    )
    ngrams: int | None = option(
        0, min=0, help="N-gram order of a linear model beside the network; 0 = none, as it extrapolates on short texts."
    )
    word_dropout: float | None = option(
        0.0, min=0, below=1, help="Probability of replacing a word by <unk>.", tune=Between(0.0, 0.4)
    )
    r_drop: float | None = option(
        0.0, min=0, help="Weight of the R-Drop loss (Liang et al. 2021), which doubles the time."
    )

    def load(self) -> LabelledTexts:
        """Load the dataset.

        Raises:
            DataError: it is missing, damaged or inconsistent.
        """
        return load_numbers(
            self.dataset, text_field=self.text_field, label_field=self.label_field, options=self.read_options()
        )
