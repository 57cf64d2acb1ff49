"""Word vocabularies and embeddings from training texts, pretrained vectors and pretrained encoders."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch

from nlprnn.errors import DataError
from nlprnn.modules import Embedding
from nlprnn.text import WordCharTokenizer, WordPieceTokenizer, WordTokenizer, WordVectors, read_vectors
from nlprnn.text.tokenizer import SPECIAL_TOKENS
from nlprnn.text.word_rules import find_placeholders, is_placeholder

TokenizerT = TypeVar("TokenizerT", bound=WordTokenizer)
logger = logging.getLogger(__name__)

MOST_FREQUENT = 100_000
"""Words at the beginning of a file of vectors that are known besides those of the training texts."""

_LOW_COVERAGE = 1 / 3


@dataclass(frozen=True)
class Coverage:
    """Shares of the vocabulary and of the training texts that have pretrained vectors.

    Attributes:
        words: share of the distinct words that have a trained embedding, special tokens left out.
        tokens: share of the words of the training texts, each as often as it occurs.
    """

    words: float
    tokens: float


@dataclass(frozen=True)
class Vocabulary(Generic[TokenizerT]):
    """A word tokenizer, and how many of its words are trained.

    Attributes:
        tokenizer: words of the training texts and of a pretrained encoder first, then those that have only a vector.
        num_trained: words, and pieces of words, that have a trained embedding, the first ones.
        num_pieces: pieces of words among them.
        vectors: pretrained word vectors; None = none.
        coverage: what has pretrained vectors; None = there are none.
    """

    tokenizer: TokenizerT
    num_trained: int
    num_pieces: int = 0
    vectors: WordVectors | None = None
    coverage: Coverage | None = None

    def describe(self) -> str:
        """Return one line with the size of the vocabulary and the coverage of the pretrained vectors."""
        words = f"{self.num_trained - len(SPECIAL_TOKENS) - self.num_pieces:,} words"
        pieces = f", {self.num_pieces:,} pieces of words" if self.num_pieces else ""
        if self.coverage is None:
            return words + pieces
        return (
            f"{words}, {_percent(self.coverage.words)} of them with pretrained vectors "
            f"({_percent(self.coverage.tokens)} of the words as often as they occur){pieces}"
        )

    def embedding(
        self,
        size: int,
        *,
        seed: int | None,
        std: float = 0.1,
        dropout: float = 0.0,
        locked_dropout: float = 0.0,
        word_dropout: float = 0.0,
    ) -> Embedding:
        """Return the embedding of the vocabulary, with the pretrained vectors as a fixed channel where there are some.

        Args:
            size: of a trained word embedding.
            seed: of the vectors of words that have none; None = their vector is the mean of all.
            std: standard deviation of the initial embeddings.
            dropout: probability of dropping an element of an embedding.
            locked_dropout: probability of dropping an element of all embeddings of a text.
            word_dropout: probability of replacing a word by the unknown word in training.
        """
        vectors, tokenizer = self.vectors, self.tokenizer
        embedding = Embedding(
            tokenizer.vocab_size,
            size,
            pretrained_dim=vectors.dimension if vectors else 0,
            num_trained=self.num_trained,
            std=std,
            dropout=dropout,
            locked_dropout=locked_dropout,
            word_dropout=word_dropout,
        )
        if vectors:
            table, _ = vectors.table(tokenizer.words, seed=seed)
            embedding.load_vectors(torch.from_numpy(table))
        return embedding


def train_vocabulary(
    texts: Sequence[str],
    *,
    min_frequency: int,
    pieces: int = 0,
    vectors: Path | None = None,
    words: Sequence[str] = (),
) -> Vocabulary[WordTokenizer]:
    """Build the word vocabulary of texts.

    Args:
        texts: to train on.
        min_frequency: frequency below which a word is unknown, or split into pieces.
        pieces: at most this many pieces of words that are in no vocabulary; 0 = these words are unknown.
        vectors: file of pretrained vectors, whose words are known too.
        words: further words to train, such as those of a pretrained encoder.

    Raises:
        DataError: the texts have no words, or the file of vectors is missing or damaged.
    """

    def train(placeholders: Sequence[str] = ()) -> tuple[WordTokenizer, WordTokenizer]:
        """Return the tokenizer, and one of its whole words alone."""
        shared = partial(WordTokenizer.train, texts, extra_words=words, placeholders=placeholders)
        if not pieces:
            return (tokenizer := shared(min_frequency=min_frequency)), tokenizer
        tokenizer = WordPieceTokenizer.train(
            texts, min_frequency=min_frequency, extra_words=words, placeholders=placeholders, num_pieces=pieces
        )
        try:
            return tokenizer, shared(min_frequency=min_frequency)
        except DataError:  # no word is frequent: all are split
            return tokenizer, shared()

    tokenizer, whole = train()
    if vectors is None:
        return Vocabulary(tokenizer, tokenizer.vocab_size, max(0, tokenizer.vocab_size - whole.vocab_size))
    every_word = WordTokenizer.train(texts).words
    loaded = read_vectors(vectors, [*every_word, *_placeholders(texts)], first=MOST_FREQUENT)
    placeholders = list(filter(is_placeholder, loaded.words))
    if placeholders:
        tokenizer, whole = train(placeholders)
    num_trained, num_words = tokenizer.vocab_size, whole.vocab_size
    tokenizer, whole = tokenizer.extended(loaded.words), whole.extended(loaded.words)
    coverage = _coverage(whole, num_words, loaded, chain.from_iterable(whole.encode_batch(texts)), vectors)
    return Vocabulary(tokenizer, num_trained, max(0, num_trained - num_words), loaded.normalized(), coverage)


def train_word_char_vocabulary(
    sentences: Sequence[Sequence[str]], *, min_frequency: int, vectors: Path | None = None, words: Sequence[str] = ()
) -> Vocabulary[WordCharTokenizer]:
    """Build the vocabulary of words and of their characters from tokenized sentences.

    Args:
        sentences: words of each sentence.
        min_frequency: frequency below which a word is unknown.
        vectors: file of pretrained vectors, whose words are known too.
        words: further words to train, such as those of a pretrained encoder.

    Raises:
        DataError: there are no words, or the file of vectors is missing or damaged.
    """
    train = WordCharTokenizer.train_on_words
    tokenizer = train(sentences, min_frequency=min_frequency, extra_words=words)
    if vectors is None:
        return Vocabulary(tokenizer, tokenizer.vocab_size)
    loaded = read_vectors(vectors, set(chain.from_iterable(sentences)), first=MOST_FREQUENT)
    placeholders = list(filter(is_placeholder, loaded.words))
    tokenizer = train(sentences, min_frequency=min_frequency, extra_words=words, placeholders=placeholders)
    num_trained = tokenizer.vocab_size
    tokenizer = tokenizer.extended(loaded.words)
    coverage = _coverage(
        tokenizer, num_trained, loaded, chain.from_iterable(tokenizer.encode_words(sentences)), vectors
    )
    return Vocabulary(tokenizer, num_trained, vectors=loaded.normalized(), coverage=coverage)


def _placeholders(texts: Iterable[str]) -> set[str]:
    return set(chain.from_iterable(find_placeholders(text) for text in texts if "<" in text))


def _coverage(
    tokenizer: WordTokenizer, num_trained: int, vectors: WordVectors, ids: Iterable[int], path: Path
) -> Coverage:
    """Return the coverage of vectors by a vocabulary and by the ids of the training texts; warn where it is low."""
    covered = vectors.rows(tokenizer.words) >= 0
    covered[: len(SPECIAL_TOKENS)] = False
    counts = np.bincount(np.fromiter(ids, dtype=np.int64), minlength=len(covered))
    words = covered[len(SPECIAL_TOKENS) : num_trained]
    coverage = Coverage(words.sum() / max(1, len(words)), counts[covered].sum() / max(1, counts.sum()))
    if min(coverage.words, coverage.tokens) < _LOW_COVERAGE:
        logger.warning(
            "only %s of the words of the training texts (%s as often as they occur) have vectors in %s: check that the "
            "language is the same",
            _percent(coverage.words),
            _percent(coverage.tokens),
            path,
        )
    return coverage


def _percent(share: float) -> str:
    """Return a share in percent; 100.0% and 0.0% are exact."""
    rounded = round(100 * share, 1)
    return f"{min(max(rounded, 0.1), 99.9) if 0 < share < 1 else rounded:.1f}%"
