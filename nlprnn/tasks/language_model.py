"""Language modelling: its options and tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from nlprnn.errors import OptionError
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import StreamingOptions
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.tasks.text_corpus import TextCorpus, load_corpus, stream_corpus
from nlprnn.text import BPETokenizer, CharacterTokenizer, Tokenizer, WordTokenizer

if TYPE_CHECKING:
    from nlprnn.models.language_model import TextStart

_MIN_DOCUMENTS = 10
"""Documents to train on from which a text begins as a document does; with fewer, as a line does."""

_ROW_CHARACTERS = 1000

WHOLE_TEXT = 2.0
"""Time of reading a text from start to end beside that of 32 pieces in parallel."""

UNITS = {"char": "characters", "word": "words", "subword": "subwords"}


@dataclass(frozen=True, kw_only=True)
class LanguageModelOptions(StreamingOptions, AdaptationOptions, PlannedOptions):
    """Options of language modelling; `--help` describes each option."""

    section: ClassVar[str] = "Language model"

    dataset: str = option("stories", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    text_field: str | None = option(None, auto="guessed from the usual names", help="Column of the text in a table.")
    level: Literal["char", "word", "subword"] = option("char", help="Tokens: characters, words or subwords.")
    vocab_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Vocabulary size in words or subwords; all characters are kept."
    )
    cell: Literal["lstm", "gru", "rnn", "mingru", "minlstm"] = option("lstm", help="Recurrent cell.")
    hidden_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Hidden size of a recurrent layer.", tune=OneOf(256, 384, 512, 768)
    )
    embedding_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Size of the token embeddings.", tune=OneOf(64, 128, 256)
    )
    num_layers: int | None = option(
        None,
        min=1,
        max=MOST_LAYERS,
        auto=FROM_DATA,
        formerly="--layers",
        help="Number of recurrent layers; minimal cells want 4 to 8.",
        tune=OneOf(1, 2, 3),
    )
    residual: bool = option(False, help="Residual connections and layer normalisation; minimal cells always have them.")
    dropout: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Dropout probability of each layer's outputs, one mask per stream.",
        tune=Between(0.0, 0.5),
    )
    weight_dropout: float = option(
        0.0,
        min=0,
        below=1,
        help="Dropout probability of recurrent weights, one mask per batch (Merity et al. 2018).",
        tune=OneOf(0.0, 0.2, 0.5),
    )
    embedding_dropout: float = option(
        0.0, min=0, below=1, help="Probability of dropping a token's embedding in a whole batch (Merity et al. 2018)."
    )
    ar_alpha: float = option(
        0.0, min=0, formerly="--activation", help="Activation regularisation: weight of the outputs' mean square."
    )
    tar_beta: float = option(
        0.0,
        min=0,
        formerly="--temporal-activation",
        help="Temporal activation regularisation: weight of the mean square of the outputs' change.",
    )
    label_smoothing: float = option(0.0, min=0, below=1, help="Label smoothing: mass spread over the vocabulary.")
    weight_decay: float = option(0.01, min=0, help="Weight decay of AdamW.")
    ema: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Decay of the exponential moving average of the weights; 0 = none.",
    )
    batch_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Streams of text read in parallel.", tune=OneOf(16, 32, 64)
    )
    bptt: int | None = option(
        None,
        min=2,
        auto=FROM_DATA,
        formerly="--window",
        help="Window length of truncated back-propagation through time, in tokens.",
        tune=OneOf(64, 128, 256),
    )
    guide: bool = option(
        False,
        help="Guide of generation from the training text: no invented words, few copied runs of words; for characters "
        "and subwords.",
    )
    prompt: str = option("Once upon a time", free=True, help="Prompt of the sample that is generated at the end.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.minimal and self.weight_dropout:
            raise OptionError(f"--weight-dropout needs recurrent weights, which --cell {self.cell} has none of")
        if self.guide and (self.level == "word" or self.streaming):
            reason = "needs the whole training text" if self.streaming else "is for characters and subwords"
            other = "--streaming" if self.streaming else "--level word"
            raise OptionError(f"--guide {reason}, so that it goes with no {other}: leave one of them out")

    @property
    def minimal(self) -> bool:
        """Whether the cell is one of Feng et al. 2024, whose gates see the input alone."""
        return self.cell.startswith("min")

    @property
    def unit(self) -> str:
        """The tokens' name in messages."""
        return UNITS[self.level]

    def load(self) -> TextCorpus:
        """Load the text, or open it for streaming.

        Raises:
            DataError: it is missing, damaged or too short to split.
        """
        if self.streaming:
            return stream_corpus(self.dataset, text_field=self.text_field, options=self.read_options(), **self.streamed)
        return load_corpus(self.dataset, text_field=self.text_field, options=self.read_options())

    def text_start(self, documents: int) -> TextStart:
        """Return what texts begin after: few documents do not teach what follows the begin-of-sequence token."""
        return "bos" if documents >= _MIN_DOCUMENTS else "line_end"

    def train_tokenizer(self, texts: Sequence[str], *, vocab_size: int) -> Tokenizer:
        """Return the tokenizer of the chosen level, trained on texts.

        Args:
            texts: to train on.
            vocab_size: at most this many words or subwords.

        Raises:
            DataError: there is no text.
        """
        if self.level == "char":
            return CharacterTokenizer.train(texts)
        if self.level == "word":
            return WordTokenizer.train(texts, vocab_size=vocab_size, lowercase=False)
        return BPETokenizer.train(texts, vocab_size=vocab_size)


def text_rows(documents: Sequence[str]) -> int:
    """Return the number of rows of running text, of 1,000 characters each but the last."""
    return -(-sum(map(len, documents)) // _ROW_CHARACTERS)


def first_rows(documents: Sequence[str], rows: np.ndarray | slice) -> list[str]:
    """Return the beginning of running text, as long as some rows of `text_rows`; all of it for `slice(None)`."""
    if isinstance(rows, slice):
        return list(documents)
    kept, left = [], _ROW_CHARACTERS * len(rows)
    for document in documents:
        if left > 0:
            kept.append(document[:left])
        left -= len(document)
    return kept
