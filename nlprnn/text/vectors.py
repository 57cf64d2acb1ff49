"""Pretrained word vectors in text form: GloVe, word2vec and fastText.

A line is a word and its numbers, with single spaces between. word2vec and fastText put a line with the number of
words and the dimension first; GloVe does not. Both are recognised, and `.gz` is unpacked on the way.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nlprnn.errors import DataError


@dataclass(frozen=True, eq=False)
class Vectors:
    """Words and their vectors.

    Attributes:
        words: distinct words, in the order of the file, where the frequent ones usually come first.
        matrix: `(len(words), dimension)` float32.
    """

    words: list[str]
    matrix: np.ndarray

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self.matrix.shape[1]

    def table(self, vocabulary: Sequence[str], *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """The rows of an embedding for `vocabulary` (id -> word), whose first entry is padding.

        A word that has no vector takes that of its lower-case form. Without one either, its row is drawn from a
        normal distribution with the mean and the standard deviation of each column, so that it is no
        stranger among the others. The row of padding is zero.

        Returns:
            The table `(len(vocabulary), dimension)` float32, and bool `(len(vocabulary),)`: whether a vector was
            found. `found[1:].mean()` is the coverage.
        """
        row_of = {word: row for row, word in enumerate(self.words)}
        rows = np.array([row_of.get(word, row_of.get(word.lower(), -1)) for word in vocabulary], dtype=np.int64)
        rows[:1] = -1
        found = rows >= 0
        noise = np.random.default_rng(seed).standard_normal((len(rows), self.dimension), dtype=np.float32)
        table = noise * self.matrix.std(axis=0) + self.matrix.mean(axis=0)
        table[found] = self.matrix[rows[found]]
        table[:1] = 0
        return table, found


def read_vectors(
    path: str | Path, words: Sequence[str] | None = None, *, limit: int | None = 100_000
) -> Vectors:
    """Read the vectors of `words`, or of all words, among the first `limit` lines of the file.

    With `words`, the lower-case form of each is read too, for `Vectors.table`. Only rows that are asked for are
    parsed and kept, one line at a time. `limit=None` reads to the end.

    Raises:
        DataError: the file is missing, empty, binary, damaged or not in one of the formats, or holds none of
            `words`.
    """
    path = Path(path)
    wanted = None if words is None else {*words, *(word.lower() for word in words)}
    rows: dict[str, np.ndarray] = {}
    with _open(path) as file:
        lines = _Lines(path, file)
        for number, word, values in lines.split(limit):
            if word not in rows and (wanted is None or word in wanted):
                rows[word] = _parse(path, number, values)
    if not rows:
        raise DataError(
            f"{path}: none of the {len(wanted or ())} words asked for is in it: "
            "is it a file of another language, or all of another case?"
        )
    return Vectors(list(rows), np.stack(list(rows.values())))


def read_words(path: str | Path, *, limit: int | None = 100_000) -> list[str]:
    """The words of the first `limit` lines of a file of vectors, each once; the numbers are not looked at.

    Raises:
        DataError: as in `read_vectors`.
    """
    path = Path(path)
    with _open(path) as file:
        return list(dict.fromkeys(word for _, word, _ in _Lines(path, file).split(limit)))
