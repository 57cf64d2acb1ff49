"""Word tokenizer that splits words outside its vocabulary into pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Self

import numpy as np
import tokenizers
from tokenizers import models, trainers

from nlprnn.errors import DataError
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts, valid_unicode
from nlprnn.text.word_rules import join_words
from nlprnn.text.word_tokenizer import WordTokenizer

PREFIX = "##"
"""Begins a piece that continues a word, as in "walk", "##ing"."""

_BEGIN = "▁"

_LONGEST = 40
"""Characters of the longest word that is split; a longer one is unknown."""


class WordPieceTokenizer(WordTokenizer):
    """Word tokenizer that splits words outside its vocabulary into pieces, so that few are unknown.

    Words are those of `WordTokenizer`, and each of its vocabulary is one token. Any other is divided into the longest
    known beginning and, from there on, the longest known continuations (WordPiece; Wu et al. 2016, "Google's Neural
    Machine Translation System"). The pieces are merges of characters (byte-pair encoding; Sennrich et al. 2016, "Neural
    Machine Translation of Rare Words with Subword Units") of the rare words of the training texts, which have
    no token themselves: they are split in training as new words are later.

    Args:
        tokenizer: a WordPiece tokenizer of the library; `train` makes it.
    """

    kind = "word-piece"

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocab_size: int | None = None,
        min_frequency: int = 2,
        lowercase: bool = True,
        extra_words: Iterable[str] = (),
        placeholders: Iterable[str] = (),
        num_pieces: int = 2000,
    ) -> Self:
        """Build the vocabulary of frequent words and of pieces of the others.

        Args:
            texts: of the training split.
            vocab_size: at most this many words, special tokens included; None = all.
            min_frequency: occurrences that a word needs to be one token.
            lowercase: convert all text to lower case.
            extra_words: further words without a limit.
            placeholders: names between < and > that are read as one word, such as "<user>".
            num_pieces: at most this many pieces, single characters included unless there are more of them.

        Raises:
            DataError: the texts are empty, or there is no word.
        """
        texts = list(training_texts(texts))
        train = partial(WordTokenizer.train, texts, lowercase=lowercase, placeholders=list(placeholders))
        every, frequent = train(), list(SPECIAL_TOKENS)
        with suppress(DataError):  # no word is frequent: all are split
            frequent = train(vocab_size=vocab_size, min_frequency=min_frequency).words
        words = every.words[len(SPECIAL_TOKENS) :]
        letters = [prefix + letter for prefix in ("", PREFIX) for letter in sorted(set("".join(words)))]
        merges = _merges(sorted(set(words).difference(frequent)), num_pieces)
        tokens = [*frequent, *map(every.normalize, extra_words), *letters, *merges]
        return cls(_with_vocabulary(tokens, every.tokenizer))

    def unknown(self, text: str) -> list[str]:
        """Return the distinct words of `text` that become `unk_id`, in order of appearance."""
        distinct = list(dict.fromkeys(super().tokens(text)))
        return [word for word, ids in zip(distinct, self.encode_batch(distinct), strict=True) if self.unk_id in ids]

    def count_words(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of unknown words, and of known words, that begin at each id of encoded texts.

        A word in pieces counts as unknown: a text most of whose words are in pieces is none that training prepared for.

        Args:
            ids: (total,) integer, of whole texts end to end.

        Returns:
            two arrays (total,) int32.
        """
        continues = np.append(self._continues[ids], False)
        starts = ~continues[:-1]
        unknown = starts & (continues[1:] | (ids == self.unk_id))
        return unknown.astype(np.int32), (starts & ~unknown).astype(np.int32)

    @cached_property
    def _continues(self) -> np.ndarray:
        """Whether each id is a piece that continues a word, (V,) bool."""
        return np.array([word.startswith(PREFIX) and word != PREFIX for word in self.words])

    def with_words(self, words: Sequence[str]) -> Self:
        """Return a tokenizer with the same rules and these words and pieces, in the order of their ids."""
        return type(self)(_with_vocabulary(words, self.tokenizer))

    def tokens(self, text: str) -> list[str]:
        """Return the words and pieces of `text`, unknown words included, as many as `encode(text)` has ids."""
        text = valid_unicode(text)
        tokens = zip(self.encode(text), self.offsets(text), strict=True)
        return [self.normalize(text[start:end]) if i == self.unk_id else self.words[i] for i, (start, end) in tokens]

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [join_words(_merged(self.words[index] for index in row)) for row in ids]


def _with_vocabulary(tokens: Iterable[str], rules: tokenizers.Tokenizer) -> tokenizers.Tokenizer:
    """Return a WordPiece tokenizer with the normalizer and pre-tokenizer of another."""
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    model = models.WordPiece(
        vocabulary, unk_token=SPECIAL_TOKENS[1], continuing_subword_prefix=PREFIX, max_input_chars_per_word=_LONGEST
    )
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer, tokenizer.pre_tokenizer = rules.normalizer, rules.pre_tokenizer
    return tokenizer


def _merges(words: list[str], number: int) -> list[str]:
    """Return the most frequent merges of the characters of words, each word counted once."""
    # The library numbers characters with its own prefix of continuations in an order that differs from run to run, and
    # breaks ties by number: a mark of the beginning gives the same merges in each run.
    trainer = trainers.BpeTrainer(vocab_size=number, min_frequency=2, show_progress=False)
    merger = tokenizers.Tokenizer(models.BPE())
    merger.train_from_iterator([_BEGIN + word for word in words], trainer)
    vocabulary = merger.get_vocab()
    merges = sorted(vocabulary, key=vocabulary.__getitem__)
    pieces = (piece[1:] if piece.startswith(_BEGIN) else PREFIX + piece for piece in merges)
    return [piece for piece in pieces if piece]


def _merged(tokens: Iterable[str]) -> list[str]:
    words: list[str] = []
    for token in tokens:
        if token.startswith(PREFIX) and words:
            words[-1] += token.removeprefix(PREFIX)
        else:
            words.append(token)
    return words
