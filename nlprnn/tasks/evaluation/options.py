"""Options of an evaluation, one dataclass a task; `nlprnn evaluate` takes those of all tasks.

They load no torch, so that help is instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH_PENALTY
from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, option
from nlprnn.experiment.quantization_options import QuantizationOptions
from nlprnn.experiment.reading_options import LabelReadingOptions, ReadingOptions, TagReadingOptions
from nlprnn.tasks.bleu import BLEU_TOKENIZERS
from nlprnn.tasks.forecasting.series_options import SeriesFormOptions


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions(ReadingOptions):
    """Options of the evaluation of any model."""

    split: Literal["train", "validation", "test"] | None = option(
        None,
        auto="all of a file, else test",
        help="Split to score; one that does not exist is split off as in training.",
    )


@dataclass(frozen=True, kw_only=True)
class _TextColumn(Options):
    text_field: str | None = option(
        None, auto="guessed from the usual names", help="Column of the text, or several to concatenate (title,body)."
    )


@dataclass(frozen=True, kw_only=True)
class _LabelColumn(Options):
    label_field: str | None = option(None, auto="guessed", help="Column of the label, labels or number.")


@dataclass(frozen=True, kw_only=True)
class SearchOptions(QuantizationOptions):
    """Options of the search for a translation."""

    beam: int = option(BEAM_SIZE, min=1, max=1000, help="Beam size; 1 takes the most likely token at each step.")
    # Above 5 the powers of the lengths of long sentences exceed single precision.
    length_penalty: float = option(
        LENGTH_PENALTY,
        min=0,
        max=5,
        help="Exponent of the length by which a score is divided; a larger one gives longer translations.",
    )


@dataclass(frozen=True, kw_only=True)
class LabelledSplitOptions(LabelReadingOptions, _LabelColumn, _TextColumn, EvaluationOptions):
    """Which texts with labels are read, and how.

    Raises:
        OptionError: the separator of labels is empty.
    """

    label_separator: str | None = option(None, auto=";", help="Separator of several labels in one string.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label_separator == "":
            raise OptionError("--label-separator must not be empty")


@dataclass(frozen=True, kw_only=True)
class ClassificationEvaluationOptions(QuantizationOptions, LabelledSplitOptions):
    """Options of the evaluation of a classifier."""

    show_errors: int = option(
        0, min=0, formerly="--errors", help="Number of wrong predictions to list, the most confident first."
    )


@dataclass(frozen=True, kw_only=True)
class RegressionEvaluationOptions(QuantizationOptions, _LabelColumn, _TextColumn, EvaluationOptions):
    """Options of the evaluation of a regressor."""


@dataclass(frozen=True, kw_only=True)
class TaggingEvaluationOptions(QuantizationOptions, TagReadingOptions, EvaluationOptions):
    """Options of the evaluation of a tagger."""


@dataclass(frozen=True, kw_only=True)
class TranslationEvaluationOptions(SearchOptions, EvaluationOptions):
    """Options of the evaluation of a translator."""

    source: str | None = option(None, auto="guessed", help="Column of the source sentences.")
    target: str | None = option(None, auto="guessed", help="Column of the reference translations.")
    lowercase: bool = option(False, help="Case-insensitive comparison of translations.")
    bleu_tokenizer: str = option(
        "13a",
        choices=BLEU_TOKENIZERS,
        formerly="--tokenize",
        help="Tokenizer of BLEU: zh, ja-mecab and ko-mecab for these languages, char for others without spaces.",
    )


@dataclass(frozen=True, kw_only=True)
class ForecastingEvaluationOptions(SeriesFormOptions, EvaluationOptions):
    """Options of the evaluation of a forecaster."""

    stride: int | None = option(
        None, min=1, auto="at most 2,000 cutoffs", help="Steps between the cutoffs of the rolling-origin evaluation."
    )


@dataclass(frozen=True, kw_only=True)
class LanguageModelEvaluationOptions(QuantizationOptions, _TextColumn, EvaluationOptions):
    """Options of the evaluation of a language model."""


@dataclass(frozen=True, kw_only=True)
class SpeechEvaluationOptions(LabelReadingOptions, _TextColumn, EvaluationOptions):
    """Options of the evaluation of a speech recognizer."""

    audio_field: str | None = option(None, auto="guessed", help="Column of the sound: paths, bytes or samples.")
    speaker_field: str | None = option(None, auto="guessed", help="Column of the speaker.")


@dataclass(frozen=True, kw_only=True)
class SequenceEvaluationOptions(LabelReadingOptions, _LabelColumn, EvaluationOptions):
    """Options of the evaluation of a model of feature sequences."""


TASK_OPTIONS: tuple[type[EvaluationOptions], ...] = (
    ClassificationEvaluationOptions,
    RegressionEvaluationOptions,
    TaggingEvaluationOptions,
    TranslationEvaluationOptions,
    ForecastingEvaluationOptions,
    LanguageModelEvaluationOptions,
    SpeechEvaluationOptions,
    SequenceEvaluationOptions,
)
