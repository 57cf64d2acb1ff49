"""Pretrained word vectors in text form: GloVe, word2vec and fastText.

A line is a word and its numbers, with single spaces between. word2vec and fastText put a line with the number
of words and the dimension first; GloVe does not. Both are recognised, and gzip is unpacked on the way.
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

# word2vec and fastText: the number of words and the dimension.
_HEADER = re.compile(rb"\d+ [1-9]\d*")
# What is a number of a vector rather than a part of a word such as "at 3.5".
_EXTRA_NUMBER = re.compile(rb" -?\d+\.\d{3,}(?:e[-+]?\d+)?$")
_BUFFER_SIZE = 1 << 16


@dataclass(frozen=True, eq=False)
class WordVectors:
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

    def standardized(self) -> WordVectors:
        """The vectors with each column at mean 0 and variance 1 over the words.

        Without their common mean, word vectors tell words apart better (Mu & Viswanath 2018, "All-but-the-Top"),
        and at unit scale a network weighs them like other inputs. A column that never changes becomes zero.
        """
        deviation = self.matrix.std(axis=0)
        scale = np.where(deviation > 0, deviation, 1)
        return WordVectors(self.words, (self.matrix - self.matrix.mean(axis=0)) / scale)

    def table(self, vocabulary: Sequence[str], *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """The rows of an embedding for `vocabulary` (id -> word), whose first entry is padding.

        A word that has no vector takes that of its lower-case form. Without that either, its row is drawn
        from a normal distribution with the mean and the standard deviation of each column, so that it is no
        stranger among the others. The row of padding is zero.

        Returns:
            The table `(len(vocabulary), dimension)` float32, and whether a vector was found,
            `(len(vocabulary),)` bool. `found[1:].mean()` is the coverage.
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


def read_vectors(path: str | Path, words: Sequence[str] | None = None, *, limit: int | None = 100_000) -> WordVectors:
    """Read the vectors of `words`, or of all words, among the first `limit` lines of the file.

    With `words`, the lower-case form of each is read too, for `WordVectors.table`. Only rows that are asked for
    are parsed and kept, line by line. `limit=None` reads to the end.

    Raises:
        DataError: the file is missing, empty, binary, damaged or in another format, or has none of `words`.
    """
    path = Path(path)
    wanted = None
    if words is not None:
        forms = {*words, *(word.lower() for word in words)}
        wanted = {form.encode("utf-8", "surrogatepass") for form in forms}
    rows: dict[str, np.ndarray] = {}
    for line in _lines(path, limit):
        if wanted is None or line.word in wanted:
            # Of a word that stands twice, the first, more frequent one counts.
            rows.setdefault(_decode(path, line), _parse(path, line))
    if not rows:
        raise DataError(f"{path} has none of the {len(words or ())} words asked for: check its language and its limit.")
    return WordVectors(list(rows), np.stack(list(rows.values())))


class _Line(NamedTuple):
    number: int
    word: bytes
    values: bytes


def _lines(path: Path, limit: int | None) -> Iterator[_Line]:
    """The lines of a file of vectors without its header, cut into word and numbers by their count alone."""
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
            word, values = _cut(path, number, line, fields, dimension)
            count += 1
            yield _Line(number, word, values)
    if count == 0:
        raise DataError(f"{path} holds no vectors: give a file with a word and its numbers on each line.")


def _cut(path: Path, number: int, line: bytes, fields: int, dimension: int) -> tuple[bytes, bytes]:
    if fields == dimension > 0:
        word, _, values = line.partition(b" ")
        return word, values
    # More fields than numbers: the word has spaces in it, as "at least" has. Unless that, too, is a number.
    parts = line.rsplit(b" ", dimension)
    if fields < dimension or dimension == 0 or _EXTRA_NUMBER.search(parts[0]):
        raise DataError(
            f"{path}, line {number} has {fields} numbers in place of {dimension or 'some'}: each line must "
            "hold a word and as many numbers as the others, parted by single spaces. Download the file again."
        )
    return parts[0], line[len(parts[0]) + 1 :]


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
    """`path` for reading bytes, unpacked; errors of the file system and of gzip become `DataError`."""
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
