"""The options of recurrent models that read a whole text: classifiers and regressors."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from torch import nn
from torch.optim import AdamW

from nlprnn.errors import OptionError
from nlprnn.experiment.options import option
from nlprnn.experiment.reading_options import LabelReadingOptions
from nlprnn.experiment.run_options import RunOptions
from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules.pooling import POOLINGS
from nlprnn.training.fine_tuning import discriminative_groups
from nlprnn.training.optimizer import adamw
from nlprnn.training.schedules import Schedule, cosine, slanted_triangular

_WARMUP = 0.05
_UNFREEZE = 0.1
"""Fraction of the training after which each lower layer of a pretrained model begins to learn (ULMFiT)."""


@dataclass(frozen=True, kw_only=True)
class TextOptions(RunOptions):
    """Embedding, encoder, pooling and training of a text model; `--help` describes each option."""

    section: ClassVar[str] = "Text model"

    dataset: str = option("sentiment", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    epochs: int = option(25, min=1, length=True, help="Number of passes over the training data.")
    text_field: str | None = option(
        None, auto="guessed from the usual names", help="Column of the text; several are concatenated (title,body)."
    )
    label_field: str | None = option(None, auto="guessed from the usual names", help="Column of the label.")
    vectors: Path | None = option(
        None,
        help="Pretrained word vectors (GloVe, word2vec, fastText text files): those of all training words, and the "
        "first 100,000 of the file.",
    )
    min_frequency: int = option(2, min=1, help="Frequency below which a word of the training texts is unknown.")
    max_length: int = option(2048, min=1, help="Length in words beyond which a text is truncated.")
    embedding_size: int = option(128, min=1, help="Size of the trained word embeddings.")
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
    hidden_size: int = option(128, min=1, help="Hidden size of a recurrent layer, in each direction.")
    num_layers: int = option(1, min=1, formerly="--layers", help="Number of recurrent layers.")
    pooling: str = option("max", choices=POOLINGS, help="Pooling of the encoder's outputs into one vector.")
    dropout: float = option(
        0.5, min=0, below=1, help="Dropout probability between recurrent layers and before the output layer."
    )
    embedding_dropout: float = option(0.3, min=0, below=1, help="Dropout probability of the word embeddings.")
    word_dropout: float | None = option(
        None, min=0, below=1, auto="0.3; 0.6 with --vectors", help="Probability of replacing a word by <unk>."
    )
    r_drop: float = option(1.0, min=0, help="Weight of the R-Drop loss (Liang et al. 2021); 0 halves the time.")
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_size: int = option(64, min=1, help="Batch size, in texts.")
    learning_rate: float | None = option(None, above=0, auto="2e-3", help="Peak learning rate, reached after warm-up.")

    @property
    def word_dropout_rate(self) -> float:
        """The probability of word dropout: with fixed vectors beside the trained ones, more of it helps."""
        return (0.6 if self.vectors else 0.3) if self.word_dropout is None else self.word_dropout

    @property
    def peak_learning_rate(self) -> float:
        """The learning rate after warm-up."""
        return self.learning_rate or 2e-3

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
    """What models of longer texts have beside: truncation, pretraining and n-grams."""

    section: ClassVar[str] = "Documents"

    truncate: Truncate = option("head", help="Truncation of long texts: what is kept of them.")
    ngrams: int = option(
        0,
        min=0,
        help="N-gram order of a linear model beside the network; 0 = none, 2 suits long texts. It is fitted first, "
        "beyond --max-minutes.",
    )
    init_from: Path | None = option(None, help="Pretrained encoder to start from: the folder of recipes/pretrain.py.")
    fine_tuning: Literal["joint", "ulmfit"] = option(
        "joint",
        help="Fine-tuning after --init-from: one learning rate for all layers, or ULMFiT (gradual unfreezing, "
        "discriminative rates).",
    )
    learning_rate: float | None = option(
        None, above=0, auto="2e-3; 1e-2 with ulmfit", help="Peak learning rate, reached after warm-up."
    )

    @property
    def peak_learning_rate(self) -> float:
        """The learning rate after warm-up; of the head, where lower layers have smaller ones."""
        return self.learning_rate or (1e-2 if self.fine_tuning == "ulmfit" else 2e-3)

    @property
    def schedule(self) -> Schedule:
        """The learning-rate schedule: slanted triangular for ULMFiT, which has a warm-up of its own."""
        return slanted_triangular if self.fine_tuning == "ulmfit" else cosine

    @property
    def warmup(self) -> float:
        """Fraction of the training in which the learning rate rises from zero before the schedule."""
        return 0.0 if self.fine_tuning == "ulmfit" else _WARMUP

    def optimizer(self, model: TextModel) -> AdamW:
        """Return the optimizer of a model: one learning rate (Dai & Le 2015), or those of ULMFiT."""
        if self.fine_tuning == "joint":
            return adamw(model.parameters(), self.peak_learning_rate)
        pooling, head, encoder, embedding = map(model.get_submodule, ("pooling", "head", "encoder", "embedding"))
        layers: list[nn.Module] = [nn.ModuleList([pooling, head]), encoder, embedding]
        return adamw(
            discriminative_groups(layers, self.peak_learning_rate, unfreeze=_UNFREEZE), self.peak_learning_rate
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fine_tuning == "ulmfit" and self.init_from is None:
            raise OptionError("--fine-tuning ulmfit is for a pretrained encoder: give --init-from")
