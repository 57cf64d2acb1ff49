"""Language-model pretraining of an encoder: its options, its data, and models that start from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from nlprnn.batching import StreamBatch
from nlprnn.data import ReadOptions, load_text, load_text_split
from nlprnn.errors import ModelError, OptionError
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.options import option
from nlprnn.experiment.run_options import RunOptions
from nlprnn.experiment.streaming_options import StreamingOptions
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.models.pretrained import load_model
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.tasks.text_corpus import TextCorpus, load_corpus, stream_corpus
from nlprnn.text import Tokenizer, WordTokenizer
from nlprnn.training.losses.bidirectional_language_model import bidirectional_language_model_loss


@dataclass(frozen=True, kw_only=True)
class PretrainingOptions(StreamingOptions, AdaptationOptions, RunOptions):
    """Options of pretraining; `--help` describes each option."""

    section: ClassVar[str] = "Pretraining"

    dataset: str = option("sentiment", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    text_field: str | None = option(
        None, auto="guessed from the usual names", help="Column of the text; several are concatenated (title,body)."
    )
    more_text: tuple[str, ...] = option((), help="Further dataset to pretrain on; repeatable.")
    vectors: Path | None = option(None, help="Pretrained word vectors, which the fine-tuned model needs too.")
    min_frequency: int = option(2, min=1, help="Frequency below which a word of the texts is unknown.")
    embedding_size: int = option(128, min=1, help="Size of the trained word embeddings.")
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
    hidden_size: int = option(128, min=1, help="Hidden size of the recurrent layer, in each direction.")
    dropout: float = option(0.2, min=0, below=1, help="Dropout probability of the encoder's outputs.")
    embedding_dropout: float = option(0.3, min=0, below=1, help="Dropout probability of the word embeddings.")
    word_dropout: float = option(0.3, min=0, below=1, help="Probability of replacing a word by <unk>.")
    samples: int = option(512, min=1, help="Sampled words in the softmax, beside the targets of a batch.")
    batch_size: int = option(32, min=1, help="Streams of text read in parallel.")
    bptt: int = option(64, min=2, help="Window length of truncated back-propagation through time, in words.")
    learning_rate: float = option(3e-3, above=0, help="Peak learning rate, reached after warm-up.")
    epochs: int = option(4, min=1, length=True, help="Number of passes over the texts.")
    patience: int | None = option(
        2, min=1, length=True, help="Validations without a lower loss after which training ends."
    )
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.streaming and self.more_text:
            raise OptionError("--more-text is not streamed: put all files to train on into one folder, as --dataset")

    def load(self) -> TextCorpus:
        """Load the texts, or open them for streaming.

        Raises:
            DataError: they are missing, damaged or inconsistent.
        """
        reading, field = self.read_options(), self.text_field
        if self.streaming:
            return stream_corpus(self.dataset, text_field=field, options=reading, **self.streamed)
        more = {path: load_unlabelled(path, text_field=field, options=reading) for path in self.more_text}
        return load_corpus(self.dataset, text_field=field, more=more, options=reading)


def load_unlabelled(dataset: str, *, text_field: str | None = None, options: ReadOptions | None = None) -> list[str]:
    """Load texts to train on: all of a file, or the training split of a folder or dataset.

    Raises:
        DataError: the dataset is missing, damaged or inconsistent.
    """
    if Path(dataset).expanduser().is_file():
        return load_text_split(dataset, text_field=text_field, options=options)
    return load_text(dataset, text_field=text_field, options=options)["train"]


def running_text(tokenizer: Tokenizer, texts: Sequence[str], *, seed: int) -> np.ndarray:
    """Join texts in a random order: (total,) int64 ids, an end of sentence after each."""
    order = np.random.default_rng(seed).permutation(len(texts))
    encoded = tokenizer.encode_batch([texts[row] for row in order])
    return np.concatenate([np.append(row, tokenizer.eos_id).astype(np.int64) for row in encoded])


def bidirectional_nll(model: nn.Module, ids: np.ndarray, *, length: int) -> float:
    """Return the mean negative log-likelihood of both directions over running text, in nats per word.

    Args:
        model: a `BidirectionalLanguageModel`.
        ids: (total,) int64, at least `length` + 1.
        length: of the windows, each of which is read from the initial state.
    """
    windows = (len(ids) - 1) // length
    inputs, targets = (torch.from_numpy(side[: windows * length].reshape(windows, -1)) for side in (ids, ids[1:]))
    bias: Tensor = model.output_bias  # type: ignore[assignment]
    loss = bidirectional_language_model_loss(samples=len(bias))  # all words: exact
    scored = loss(model, StreamBatch(inputs.to(bias.device), targets.to(bias.device)), None)
    return float(scored.loss.detach())


def pretrained_words(folder: Path | None) -> list[str]:
    """Return the words that a pretrained encoder has trained, the special tokens first; none for no folder.

    Raises:
        ModelError: the folder holds no pretrained encoder, or a file is damaged.
    """
    return [] if folder is None else _load(folder)[1]


def _load(folder: Path) -> tuple[BidirectionalLanguageModel, list[str]]:
    if not folder.is_dir():
        raise ModelError(f"--init-from {folder}: no such folder; give that of a run of recipes/pretrain.py")
    model = load_model(folder, BidirectionalLanguageModel)
    return model, WordTokenizer.load(folder).words[: len(model.output_bias)]


def init_from(folder: Path, embedding: Embedding, encoder: RecurrentEncoder, words: Iterable[str]) -> None:
    """Copy a pretrained embedding and encoder into the embedding and the first layer of a new model.

    A word that pretraining did not have keeps its initial embedding. An encoder that reads more than the embedding,
    such as character features behind it, keeps the initial weights of these.

    Args:
        folder: of the pretrained encoder.
        embedding: is changed in place.
        encoder: is changed in place.
        words: the vocabulary of the new model, id by id.

    Raises:
        ModelError: sizes differ, or the folder holds no pretrained encoder.
    """
    source, known = _load(folder)
    known_rows = {word: row for row, word in enumerate(known)}
    trained = list(words)[: len(embedding.weight)]
    pairs = [(row, known_rows[word]) for row, word in enumerate(trained) if word in known_rows]
    rows, source_rows = (torch.tensor(column) for column in zip(*pairs, strict=True))
    first = encoder.first_layer()
    if source.embedding.embedding_dim != embedding.embedding_dim:
        _refuse(folder, "embedding-size", source.embedding.embedding_dim)
    if source.embedding.pretrained_dim != embedding.pretrained_dim:
        _refuse(folder, "vectors", f"of {source.embedding.pretrained_dim} dimensions")
    if (source.encoder.cell, source.encoder.hidden_size) != (first.cell, first.hidden_size):
        _refuse(folder, "cell", f"{source.encoder.cell} and --hidden-size {source.encoder.hidden_size}")
    with torch.no_grad():
        embedding.weight[rows] = source.embedding.weight[source_rows]
        weights = dict(source.encoder.named_parameters())
        for name, parameter in first.named_parameters():
            pretrained = weights[name]
            if parameter.dim() == 2:
                parameter[:, : pretrained.size(1)] = pretrained
            else:
                parameter.copy_(pretrained)


def _refuse(folder: Path, option: str, value: object) -> None:
    raise ModelError(f"the pretrained encoder of {folder} has another --{option}: give --{option} {value}")
