"""Vocabularies of trained models with further words and characters, and the rows of the former vocabulary they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from nlprnn.errors import DataError, OptionError
from nlprnn.tasks.vocabulary import MOST_FREQUENT
from nlprnn.text import CharacterTokenizer, Tokenizer, WordPieceTokenizer, WordTokenizer, WordVectors, read_vectors
from nlprnn.text.tokenizer import SPECIAL_TOKENS

TokenizerT = TypeVar("TokenizerT", bound=Tokenizer)

_CHECKED = 5_000
"""Words, the first ones of a file, by which its vectors are recognised."""

_FEWEST = 20
"""Words that two sets of vectors need to share before one can be recognised in the other."""

_TOLERANCE = 0.05
"""What a linear map from one set of vectors to the other may leave over, as a share of the distance of their quartiles;
half precision leaves less than 0.001."""


@dataclass(frozen=True)
class GrownWords(Generic[TokenizerT]):
    """A vocabulary that has grown, and where its vectors come from.

    Attributes:
        tokenizer: with all words; the former ones that are trained keep their ids.
        num_trained: words, the first ones, that have a trained embedding.
        rows: (V,) int64, the id in the former vocabulary of each word; that of the unknown word for a new one.
        pieces: id of a new word -> ids of the pieces into which the former tokenizer split it.
        vector_rows: (N,) int64, the ids of words that have a vector in a file.
        vectors: (N, P) float32, these vectors in the units of the model; None = no file.
    """

    tokenizer: TokenizerT
    num_trained: int
    rows: np.ndarray
    pieces: Mapping[int, Sequence[int]] = field(default_factory=dict)
    vector_rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    vectors: np.ndarray | None = None

    @property
    def number(self) -> int:
        """Number of words that the former vocabulary did not have, or had a fixed vector of alone."""
        first = len(SPECIAL_TOKENS)
        return int((self.rows[first : self.num_trained] != np.arange(first, self.num_trained)).sum())

    def describe(self) -> str:
        """Return one line on the size of the vocabulary and on what is new in it."""
        vectors = "" if self.vectors is None else f", {len(self.vector_rows):,} vectors from the file"
        return f"{len(self.rows):,} words and other tokens, {self.number:,} of them new to training{vectors}"


def frequent_words(tokenizer: WordTokenizer, texts: Iterable[str], *, min_frequency: int) -> list[str]:
    """Return the words that texts have often enough, by the rules of a tokenizer, the most frequent first."""
    counts = Counter(chain.from_iterable(WordTokenizer.tokens(tokenizer, text) for text in texts))
    return [word for word in sorted(counts, key=lambda word: (-counts[word], word)) if counts[word] >= min_frequency]


def grow_words(
    tokenizer: WordTokenizer, words: Sequence[str], *, num_trained: int | None = None
) -> GrownWords[WordTokenizer]:
    """Add words to a vocabulary.

    Args:
        tokenizer: of a trained model.
        words: to be trained, in the form of the vocabulary; those that are trained already make no difference.
        num_trained: words of the vocabulary, the first ones, that are trained; None = all.
    """
    former = tokenizer.words
    number = {word: index for index, word in enumerate(former)}
    trained = former[:num_trained]
    more = [word for word in dict.fromkeys(words) if number.get(word, len(former)) >= len(trained)]
    promoted = set(more)
    rest = [word for word in former[len(trained) :] if word not in promoted]
    grown = [*trained, *more, *rest]
    rows = np.array([number.get(word, tokenizer.unk_id) for word in grown], dtype=np.int64)
    pieces = {}
    if isinstance(tokenizer, WordPieceTokenizer):
        new = [word for word in more if word not in number]
        split = dict(zip(new, tokenizer.encode_batch(new), strict=True))
        pieces = {len(trained) + place: split[word] for place, word in enumerate(more) if split.get(word)}
    return GrownWords(tokenizer.with_words(grown), len(trained) + len(more), rows, pieces)


def add_vectors(
    words: GrownWords[WordTokenizer], path: Path, former: WordTokenizer, fixed: np.ndarray, name: str
) -> GrownWords[WordTokenizer]:
    """Add the words of a file of vectors, and its vectors of new words in the units of a model.

    A model has the vectors of its file with mean 0 and variance 1 in each column, of those words that it read. The same
    map is found again from the words that both share.

    Args:
        words: a grown vocabulary.
        path: the file.
        former: the tokenizer of the model.
        fixed: (V, P) float32, the fixed vectors of the model.
        name: of the model, for messages.

    Raises:
        OptionError: the model has no fixed vectors, or of another size.
        DataError: the file is missing or damaged, or holds other vectors than those of the model.
    """
    loaded = read_vectors(path, [*former.words, *words.tokenizer.words], first=MOST_FREQUENT)
    scale, shift = _map_to(fixed, former, loaded, path, name)
    tokenizer = words.tokenizer.extended(loaded.words)
    added = np.full(tokenizer.vocab_size - len(words.rows), former.unk_id, dtype=np.int64)
    rows = np.concatenate([words.rows, added])
    new = np.flatnonzero(rows == former.unk_id)[1:]  # the first is the unknown word itself
    matched = loaded.rows([tokenizer.words[index] for index in new])
    chosen = new[matched >= 0]
    vectors = (scale * loaded.matrix[matched[matched >= 0]] + shift).astype(np.float32)
    return GrownWords(tokenizer, words.num_trained, rows, words.pieces, chosen, vectors)


def check_vectors(path: Path, former: WordTokenizer, fixed: np.ndarray, name: str) -> None:
    """Check by its first words that a file holds the vectors of a model; arguments and errors as of `add_vectors`."""
    _map_to(fixed, former, read_vectors(path, first=_CHECKED), path, name)


def _map_to(
    fixed: np.ndarray, former: WordTokenizer, loaded: WordVectors, path: Path, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return scale and shift of each column, (P,) each, by which the vectors of a file become those of a model."""
    if loaded.dimension != fixed.shape[1]:
        has = f"of {fixed.shape[1]} numbers" if fixed.shape[1] else "none"
        raise OptionError(f"--vectors {path} has vectors of {loaded.dimension} numbers, {name} {has}: leave it out")
    indices = loaded.rows(former.words)
    indices[: len(SPECIAL_TOKENS)] = -1
    shared = np.flatnonzero(indices >= 0)
    if len(shared) < _FEWEST:
        raise DataError(f"--vectors {path} has {len(shared)} words of {name}: give the file that it was trained with")
    # By the first ones of the file: rarer words may have had no vector, where the model had fewer words of the file.
    shared = shared[np.argsort(indices[shared])[:_CHECKED]]
    in_file, in_model = loaded.matrix[indices[shared]].astype(np.float64), fixed[shared].astype(np.float64)
    # By quartiles: some of these may have had none either.
    spread_file, spread_model = (np.subtract(*np.quantile(of, [0.75, 0.25], axis=0)) for of in (in_file, in_model))
    scale = spread_model / np.where(spread_file > 0, spread_file, 1.0)
    shift = np.median(in_model, axis=0) - scale * np.median(in_file, axis=0)
    left = np.median(np.abs(in_model - scale * in_file - shift), axis=0)
    if (left > _TOLERANCE * np.maximum(spread_model, 1e-6)).any():
        raise DataError(f"--vectors {path} holds other vectors than those of {name}: give the file it was trained with")
    return scale, shift


def grow_characters(tokenizer: CharacterTokenizer, texts: Iterable[str]) -> GrownWords[CharacterTokenizer]:
    """Add the characters of texts to a vocabulary of characters, in their order."""
    new = sorted(set(chain.from_iterable(texts)).difference(tokenizer.characters))
    grown = CharacterTokenizer([*tokenizer.characters, *new])
    rows = np.append(np.arange(tokenizer.vocab_size), np.full(len(new), tokenizer.unk_id))
    return GrownWords(grown, grown.vocab_size, rows)
