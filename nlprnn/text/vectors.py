"""Pretrained word vectors in text form: GloVe, word2vec and fastText.

A line is a word and its numbers, separated by single spaces. word2vec and fastText start with a line of the number of
words and the dimension; GloVe does not. Both are detected, and gzip is decompressed while reading.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nlprnn.errors import DataError

# First line of word2vec and fastText.
_HEADER = re.compile(rb"\d+ [1-9]\d*")
# A number of a vector rather than the end of a word such as "at 3.5".
_EXTRA_NUMBER = re.compile(rb" -?\d+\.\d{3,}(?:e[-+]?\d+)?$")
_BUFFER_SIZE = 1 << 16


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

    def table(self, vocabulary: Sequence[str], *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of an embedding.

        A word without a vector takes that of its lower-case form. Without that either, its row is drawn from a normal
        distribution with the mean and the standard deviation of each column, so that it resembles the others. The row
        of padding is zero.

        Args:
            vocabulary: word of each id; the first is padding.
            seed: of the random rows.

        Returns:
            the table (V, dimension) float32, and whether each word has a vector, (V,) bool, whose mean over all but
            padding is the coverage.
        """
        row_of = {word: row for row, word in enumerate(self.words)}
        rows = np.array([row_of.get(word, row_of.get(word.lower(), -1)) for word in vocabulary], dtype=np.int64)
        rows[:1] = -1
        covered = rows >= 0
        noise = np.random.default_rng(seed).standard_normal((len(rows), self.dimension), dtype=np.float32)
        table = noise * self.matrix.std(axis=0) + self.matrix.mean(axis=0)
        table[covered] = self.matrix[rows[covered]]
        table[:1] = 0
        return table, covered


def read_vectors(path: str | Path, words: Sequence[str] | None = None, *, limit: int | None = 100_000) -> WordVectors:
    """Read pretrained word vectors, line by line; only the requested rows are parsed and kept.

    Args:
        path: text file of GloVe, word2vec or fastText, plain or gzipped.
        words: the words to read, with their lower-case forms (see `WordVectors.table`); None = all.
        limit: read the first lines only; None = all.

    Raises:
        DataError: the file is missing, empty, binary, damaged or in another format, or has none of `words`.
    """
    path = Path(path)
    requested = None
    if words is not None:
        forms = {*words, *(word.lower() for word in words)}
        requested = {form.encode("utf-8", "surrogatepass") for form in forms}
    rows: dict[str, np.ndarray] = {}
    for line in _lines(path, limit):
        if requested is None or line.word in requested:
            # Of a word that occurs twice, the first, more frequent one counts.
            rows.setdefault(_decode(path, line), _parse(path, line))
    if not rows:
        raise DataError(f"{path} has none of the {len(words or ())} requested words: check its language and its limit.")
    return WordVectors(list(rows), np.stack(list(rows.values())))


class _Line(NamedTuple):
    number: int
    word: bytes
    values: bytes


def _lines(path: Path, limit: int | None) -> Iterator[_Line]:
    """Yield the lines of a file of vectors without its header, split into word and numbers by their count alone."""
    dimension, count = None, 0
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            line = line.rstrip(b" \r\n")
            fields = line.count(b" ")
            if number == 1 and _HEADER.fullmatch(line):
                dimension = int(line.split()[1])
                continue
            if not line:
                continue
            if count == limit:
                break
            dimension = dimension or fields
            word, values = _split(path, number, line, fields, dimension)
            count += 1
            yield _Line(number, word, values)
    if count == 0:
        raise DataError(f"{path} holds no vectors: give a file with a word and its numbers on each line.")


def _split(path: Path, number: int, line: bytes, fields: int, dimension: int) -> tuple[bytes, bytes]:
    if fields == dimension > 0:
        word, _, values = line.partition(b" ")
        return word, values
    # More fields than numbers: the word has spaces in it, as "at least" has, unless the rest is a number too.
    fields_from_end = line.rsplit(b" ", dimension)
    if fields < dimension or dimension == 0 or _EXTRA_NUMBER.search(fields_from_end[0]):
        raise DataError(
            f"{path}, line {number} has {fields} numbers in place of {dimension or 'some'}: each line must "
            "hold a word and as many numbers as the others, separated by single spaces. Download the file again."
        )
    word = fields_from_end[0]
    return word, line[len(word) + 1 :]


def _decode(path: Path, line: _Line) -> str:
    try:
        return line.word.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{path}, line {line.number} is not UTF-8: convert the file to UTF-8.") from None


def _parse(path: Path, line: _Line) -> np.ndarray:
    try:
        row = np.array(line.values.split(b" "), dtype=np.float32)
    except ValueError:
        row = np.array([np.nan])
    if not np.isfinite(row).all():
        raise DataError(
            f"{path}, line {line.number}: the vector of {_decode(path, line)!r} holds something that is not "
            "a finite number. Download the file again."
        )
    return row


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader]:
    """Open a file for reading decompressed bytes; errors of the file system and of gzip become `DataError`."""
    try:
        with path.open("rb") as raw, _unpacked(raw) as file:
            start = file.peek(1)
            if not start:
                raise DataError(f"{path} is empty: download the vectors again.")
            if b"\0" in start or start.startswith(b"PK"):
                raise DataError(
                    f"{path} is a binary file: unpack an archive; turn the binary format of word2vec or "
                    "fastText into text (gensim: `save_word2vec_format(path, binary=False)`)."
                )
            yield file
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: give the path of a file of word vectors.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error}): download the vectors again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _unpacked(raw: BufferedReader) -> BufferedReader:
    packed = raw.peek(2)[:2] == b"\x1f\x8b"
    return BufferedReader(gzip.GzipFile(fileobj=raw), _BUFFER_SIZE) if packed else raw
