"""Word vocabularies and embeddings from training texts, pretrained vectors and pretrained encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch

from nlprnn.modules import Embedding
from nlprnn.text import WordCharTokenizer, WordTokenizer, WordVectors, read_vectors
from nlprnn.text.tokenizer import SPECIAL_TOKENS

TokenizerT = TypeVar("TokenizerT", bound=WordTokenizer)


@dataclass(frozen=True)
class Vocabulary(Generic[TokenizerT]):
    """A word tokenizer, and how many of its words are trained.

    Attributes:
        tokenizer: words of the training texts and of a pretrained encoder first, then those that have only a vector.
        num_trained: words that have a trained embedding, the first ones.
        vectors: pretrained word vectors; None = none.
    """

    tokenizer: TokenizerT
    num_trained: int
    vectors: WordVectors | None

    def describe(self) -> str:
        """Return one line with the size of the vocabulary and the coverage of the pretrained vectors."""
        size = f"{self.num_trained - len(SPECIAL_TOKENS):,} words"
        if self.vectors is None:
            return size
        known = set(self.vectors.words)
        words = self.tokenizer.words[len(SPECIAL_TOKENS) : self.num_trained]
        share = sum(word in known for word in words) / max(1, len(words))
        return f"{size}, {share:.1%} of them with pretrained vectors"

    def embedding(
        self, size: int, *, seed: int, std: float = 0.1, dropout: float = 0.0, word_dropout: float = 0.0
    ) -> Embedding:
        """Return the embedding of the vocabulary, with the pretrained vectors as a fixed channel where there are some.

        Args:
            size: of a trained word embedding.
            seed: of the vectors of words that have none.
            std: standard deviation of the initial embeddings.
            dropout: probability of dropping an element of an embedding.
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
            word_dropout=word_dropout,
        )
        if vectors:
            table, _ = vectors.table(tokenizer.words, seed=seed)
            embedding.load_vectors(torch.from_numpy(table))
        return embedding


def train_vocabulary(
    texts: Sequence[str], *, min_frequency: int, vectors: Path | None = None, words: Sequence[str] = ()
) -> Vocabulary[WordTokenizer]:
    """Build the word vocabulary of texts.

    Args:
        texts: to train on.
        min_frequency: frequency below which a word is unknown.
        vectors: file of pretrained vectors, whose words are known too.
        words: further words to train, such as those of a pretrained encoder.

    Raises:
        DataError: the texts have no words, or the file of vectors is missing or damaged.
    """
    loaded = read_vectors(vectors).normalized() if vectors else None
    tokenizer = WordTokenizer.train(texts, min_frequency=min_frequency, extra_words=words)
    num_trained = tokenizer.vocab_size
    if loaded:
        tokenizer = WordTokenizer.train(texts, min_frequency=min_frequency, extra_words=[*words, *loaded.words])
    return Vocabulary(tokenizer, num_trained, loaded)


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
    loaded = read_vectors(vectors).normalized() if vectors else None
    train = WordCharTokenizer.train_on_words
    tokenizer = train(sentences, min_frequency=min_frequency, extra_words=words)
    num_trained = tokenizer.vocab_size
    if loaded:
        tokenizer = train(sentences, min_frequency=min_frequency, extra_words=[*words, *loaded.words])
    return Vocabulary(tokenizer, num_trained, loaded)
