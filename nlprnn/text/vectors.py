"""Pretrained word vectors in text form: GloVe, word2vec and fastText.

A line is a word and its numbers, separated by spaces or tabs. word2vec and fastText start with a line of the number of
words and the dimension; GloVe does not. Both are detected, a byte order mark is dropped, and what is packed is unpacked
while reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nlprnn.errors import DataError
from nlprnn.text.vector_files import open_unpacked

# First line of word2vec and fastText.
_HEADER = re.compile(rb"\d+[ \t]+[1-9]\d*")
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)", re.IGNORECASE)
# A number of a vector rather than the end of a word such as "at 3.5".
_EXTRA_NUMBER = re.compile(rb"\s-?\d+\.\d{3,}(?:e[-+]?\d+)?$")


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Pretrained word vectors.

    Attributes:
        words: distinct words, in the order of the file, usually by frequency.
        matrix: (len(words), dimension) float32.
    """

    words: list[str]
    matrix: np.ndarray

    @property
    def dimension(self) -> int:
        """Size of a vector."""
        return self.matrix.shape[1]

    def normalized(self) -> WordVectors:
        """Return the vectors with mean 0 and variance 1 in each column over the words.

        Without their common mean, word vectors distinguish words better (Mu & Viswanath 2018, "All-but-the-Top"), and
        at unit scale a network weighs them like other inputs. A constant column becomes zero.
        """
        deviation = self.matrix.std(axis=0)
        scale = np.where(deviation > 0, deviation, 1)
        return WordVectors(self.words, (self.matrix - self.matrix.mean(axis=0)) / scale)

    def rows(self, vocabulary: Sequence[str]) -> np.ndarray:
        """Return the row of each word, (V,) int64; -1 = it has no vector.

        A word without a vector takes that of its lower-case form, else of the first word that differs in case alone.
        """
        exact = {word: row for row, word in enumerate(self.words)}
        any_case: dict[str, int] = {}
        for row, word in enumerate(self.words):
            any_case.setdefault(_caseless(word), row)
        rows = (exact.get(word, exact.get(word.lower(), any_case.get(_caseless(word), -1))) for word in vocabulary)
        return np.fromiter(rows, dtype=np.int64, count=len(vocabulary))

    def table(self, vocabulary: Sequence[str], *, seed: int | None = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of an embedding.

        The row of a word without a vector (see `rows`) is drawn from a normal distribution with the mean and the
        standard deviation of each column, so that it resembles the others. The row of padding is zero.

        Args:
            vocabulary: word of each id; the first is padding.
            seed: of the random rows; None = these rows are the mean of the vectors.

        Returns:
            the table (V, dimension) float32, and whether each word has a vector, (V,) bool, False for padding.
        """
        rows = self.rows(vocabulary)
        rows[:1] = -1
        covered = rows >= 0
        table = np.tile(self.matrix.mean(axis=0), (len(rows), 1))
        if seed is not None:
            noise = np.random.default_rng(seed).standard_normal((len(rows), self.dimension), dtype=np.float32)
            table += noise * self.matrix.std(axis=0)
        table[covered] = self.matrix[rows[covered]]
        table[:1] = 0
        return table, covered


def read_vectors(path: str | Path, words: Iterable[str] = (), *, first: int | None = None) -> WordVectors:
    """Read pretrained word vectors line by line; only the requested rows are parsed and kept.

    Args:
        path: text file of GloVe, word2vec or fastText, plain or packed (gzip, bzip2, xz, or zip with one file).
        words: words to read from anywhere in the file, in all cases of their letters (see `WordVectors.rows`).
        first: number of words to read from the beginning, where the frequent ones usually are; None = all of the file.

    Raises:
        DataError: the file is missing, empty, binary, damaged or in another format, or has none of `words`.
    """
    path = Path(path)
    requested = {_caseless(word) for word in words}
    rows: dict[str, np.ndarray] = {}
    for count, line in enumerate(_lines(path)):
        leading = first is None or count < first
        if leading or _caseless(line.word.decode("utf-8", "replace")) in requested:
            # Of a word that occurs twice, the first, more frequent one counts.
            rows.setdefault(_decode(path, line), _parse(path, line))
        elif not requested:
            break
    if not rows:
        raise DataError(f"{path} has none of the {len(requested)} requested words: check its language.")
    return WordVectors(list(rows), np.stack(list(rows.values())))


def _caseless(word: str) -> str:
    """Return the form by which words of other case, with decomposed letters or typographic apostrophes are the same."""
    return word.lower() if word.isascii() else unicodedata.normalize("NFC", word.lower()).replace("’", "'")


class _Line(NamedTuple):
    number: int
    word: bytes
    values: bytes


def _lines(path: Path) -> Iterator[_Line]:
    """Yield the lines of a file of vectors without its header, split into word and numbers by their count alone."""
    dimension, empty = 0, True
    with open_unpacked(path) as file:
        for number, raw in enumerate(file, start=1):
            line = (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).rstrip(b" \t\r\n")
            if number == 1 and _HEADER.fullmatch(line):
                dimension = int(line.split()[1])
                continue
            if not line:
                continue
            dimension = dimension or _dimension(path, number, line)
            yield _Line(number, *_split(path, number, line, dimension))
            empty = False
    if empty:
        raise DataError(f"{path} holds no vectors: give a file with a word and its numbers on each line.")


def _dimension(path: Path, number: int, line: bytes) -> int:
    """Return how many numbers are at the end of a line, after the first field."""
    fields = line.split()[:0:-1]
    count = next((index for index, field in enumerate(fields) if not _NUMBER.fullmatch(field)), len(fields))
    if count == 0:
        raise DataError(
            f"{path}, line {number} does not end in a number: each line must hold a word and its numbers, separated "
            "by spaces or tabs."
        )
    return count


def _split(path: Path, number: int, line: bytes, dimension: int) -> tuple[bytes, bytes]:
    word, _, values = line.partition(b"\t" if b"\t" in line else b" ")
    if values.count(b" ") + values.count(b"\t") + 1 == dimension:
        return word, values
    # More fields than numbers: the word has spaces in it, as "at least" has, unless the rest is a number too.
    fields = line.rsplit(None, dimension)
    if len(fields) <= dimension or _EXTRA_NUMBER.search(fields[0]):
        raise DataError(
            f"{path}, line {number} has {len(line.split()) - 1} numbers in place of {dimension}: each line must hold "
            "a word and as many numbers as the others, separated by spaces or tabs. Download the file again."
        )
    return fields[0], line[len(fields[0]) :]


def _decode(path: Path, line: _Line) -> str:
    try:
        return line.word.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{path}, line {line.number} is not UTF-8: convert the file to UTF-8.") from None


def _parse(path: Path, line: _Line) -> np.ndarray:
    try:
        row = np.array(line.values.split(), dtype=np.float32)
    except ValueError:
        row = np.array([np.nan])
    if not np.isfinite(row).all():
        raise DataError(
            f"{path}, line {line.number}: the vector of {_decode(path, line)!r} holds something that is not "
            "a finite number. Download the file again."
        )
    return row
