"""The options of recurrent models that read a whole text: classifiers and regressors."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from torch import nn
from torch.optim import AdamW

from nlprnn.errors import OptionError
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.reading_options import LabelReadingOptions
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules.pooling import POOLINGS
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.training.fine_tuning import discriminative_groups
from nlprnn.training.optimizer import adamw
from nlprnn.training.schedules import Schedule, cosine, slanted_triangular

_WARMUP = 0.05
_LEARNING_RATE = 2e-3
_FINE_TUNING_LEARNING_RATE = 1e-2
_UNFREEZE = 0.1
"""Fraction of the training after which each lower layer of a pretrained model begins to learn (ULMFiT)."""


@dataclass(frozen=True, kw_only=True)
class TextOptions(AdaptationOptions, PlannedOptions):
    """Embedding, encoder, pooling and training of a text model; `--help` describes each option."""

    section: ClassVar[str] = "Text model"

    dataset: str = option("sentiment", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    text_field: str | None = option(
        None, auto="guessed from the usual names", help="Column of the text; several are concatenated (title,body)."
    )
    label_field: str | None = option(None, auto="guessed from the usual names", help="Column of the label.")
    vectors: Path | None = option(
        None,
        help="Pretrained word vectors (GloVe, word2vec, fastText text files): those of all training words, and the "
        "first 100,000 of the file.",
    )
    min_frequency: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Frequency below which a word of the training texts is split into pieces.",
        tune=OneOf(1, 2, 3),
    )
    pieces: int | None = option(
        None, min=0, auto=FROM_DATA, help="Number of pieces of rare and new words; 0 = these words are unknown."
    )
    max_length: int | None = option(
        None, min=1, auto=FROM_DATA, help="Length in words beyond which the network reads a truncated text."
    )
    truncate: Truncate = option("both", help="Truncation of long texts: the end that is kept, or half of each.")
    embedding_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Size of the trained word embeddings.", tune=OneOf(64, 128, 256)
    )
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
    hidden_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Hidden size of a recurrent layer, in each direction.",
        tune=OneOf(64, 96, 128, 192, 256),
    )
    num_layers: int = option(
        1, min=1, max=MOST_LAYERS, formerly="--layers", help="Number of recurrent layers.", tune=OneOf(1, 2)
    )
    pooling: str = option(
        "max",
        choices=POOLINGS,
        help="Pooling of the encoder's outputs into one vector.",
        tune=OneOf("max", "mean", "attention"),
    )
    dropout: float = option(
        0.5,
        min=0,
        below=1,
        help="Dropout probability between recurrent layers and before the output layer.",
        tune=Between(0.1, 0.7),
    )
    embedding_dropout: float = option(
        0.3, min=0, below=1, help="Dropout probability of the word embeddings.", tune=Between(0.0, 0.5)
    )
    word_dropout: float | None = option(
        None, min=0, below=1, auto=FROM_DATA, help="Probability of replacing a word by <unk>.", tune=Between(0.0, 0.6)
    )
    r_drop: float | None = option(
        None,
        min=0,
        auto=FROM_DATA,
        help="Weight of the R-Drop loss (Liang et al. 2021); 0 halves the time.",
        tune=OneOf(0.0, 0.5, 1.0, 3.0),
    )
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Batch size, in texts.", tune=OneOf(16, 32, 64, 128)
    )
    ngrams: int | None = option(
        None,
        min=0,
        auto=FROM_DATA,
        help="N-gram order of a linear model beside the network, which is fitted first; 0 = none.",
        tune=OneOf(0, 1, 2),
    )
    char_ngrams: int | None = option(
        None,
        min=0,
        auto=FROM_DATA,
        help="Length of the longest n-grams of characters within words beside those of words, at least 3; 0 = none.",
        tune=OneOf(0, 5),
    )

    def load(self) -> LabelledTexts:
        """Load the dataset, or open it for streaming.

        Raises:
            DataError: it is missing, damaged or inconsistent.
        """
        raise NotImplementedError

    @property
    def base_learning_rate(self) -> float:
        """The learning rate after warm-up with batches of 64."""
        return _LEARNING_RATE

    @property
    def schedule(self) -> Schedule:
        """The learning-rate schedule."""
        return cosine

    @property
    def warmup(self) -> float:
        """Fraction of the training in which the learning rate rises from zero before the schedule."""
        return _WARMUP

    def evaluation_command(self, split: str) -> str:
        """Return the command that evaluates the model, `MODEL`, on a split of its dataset."""
        words = ["--dataset", self.dataset, "--split", split]
        for flag, column in (("--text-field", self.text_field), ("--label-field", self.label_field)):
            words += [] if column is None else [flag, column]
        return f"nlprnn evaluate --model MODEL {shlex.join(words)}"


@dataclass(frozen=True, kw_only=True)
class LabelledTextOptions(LabelReadingOptions, TextOptions):
    """What a classifier of texts has beside: names of its labels."""


@dataclass(frozen=True, kw_only=True)
class DocumentOptions(TextOptions):
    """What models of longer texts have beside: fine-tuning of ULMFiT."""

    section: ClassVar[str] = "Documents"

    fine_tuning: Literal["joint", "ulmfit"] = option(
        "joint",
        help="Fine-tuning after --init-from: one learning rate for all layers, or ULMFiT (gradual unfreezing, "
        "discriminative rates).",
    )

    @property
    def base_learning_rate(self) -> float:
        """The learning rate after warm-up with batches of 64; of the head, where lower layers have smaller ones."""
        return _FINE_TUNING_LEARNING_RATE if self.fine_tuning == "ulmfit" else _LEARNING_RATE

    @property
    def schedule(self) -> Schedule:
        """The learning-rate schedule: slanted triangular for ULMFiT, which has a warm-up of its own."""
        return slanted_triangular if self.fine_tuning == "ulmfit" else cosine

    @property
    def warmup(self) -> float:
        """Fraction of the training in which the learning rate rises from zero before the schedule."""
        return 0.0 if self.fine_tuning == "ulmfit" else _WARMUP

    def optimizer(self, model: TextModel, learning_rate: float) -> AdamW:
        """Return the optimizer of a model: one learning rate (Dai & Le 2015), or those of ULMFiT."""
        if self.fine_tuning == "joint":
            return adamw(model.parameters(), learning_rate)
        pooling, head, encoder, embedding = map(model.get_submodule, ("pooling", "head", "encoder", "embedding"))
        layers: list[nn.Module] = [nn.ModuleList([pooling, head]), encoder, embedding]
        return adamw(discriminative_groups(layers, learning_rate, unfreeze=_UNFREEZE), learning_rate)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fine_tuning == "ulmfit" and self.init_from is None:
            raise OptionError("--fine-tuning ulmfit is for a pretrained encoder: give --init-from")
