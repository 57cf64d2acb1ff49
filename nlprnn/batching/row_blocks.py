"""Blocks of consecutive rows, the shuffle buffer of a data set that is larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np

Item = TypeVar("Item")
_CHUNK_ROWS = 1000
"""Rows that are tokenised together."""

_CHUNK_ESTIMATES = 1_000_000


class RowSource(Generic[Item]):
    """Rows that are read and encoded as they are needed, from the beginning to the end and as often as needed.

    Args:
        read: function of a row number that returns the rows from this one on.
        encode: function of a list of rows that returns an item for each, such as its token ids.
    """

    def __init__(self, read: Callable[[int], Iterator[Any]], encode: Callable[[Sequence[Any]], Sequence[Item]]) -> None:
        self._read = read
        self._encode = encode
        self._rows: Iterator[Any] = iter(())
        self._next: int | None = None  # number of the row that `_rows` yields next; None = nothing is open

    def items(self, start: int, rows: np.ndarray) -> dict[int, Item]:
        """Return the items of some rows.

        Args:
            start: number of a row that none of them is before.
            rows: (n,) int64, numbers of the rows counted from `start`, in ascending order.

        Raises:
            ValueError: the data have fewer rows than before.
        """
        if self._next is None or start < self._next:
            self._rows, self._next = self._read(start), start
        items: dict[int, Item] = {}
        for chunk in np.array_split(rows, max(1, -(-len(rows) // _CHUNK_ROWS))):
            texts = [self._row(start + row) for row in chunk.tolist()]
            items.update(zip(chunk.tolist(), self._encode(texts), strict=True))
        return items

    def _row(self, number: int) -> Any:
        assert self._next is not None
        row = next(islice(self._rows, number - self._next, None), None)
        self._next = number + 1
        if row is None:
            self._next = None
            raise ValueError(f"row {number + 1} of the data is missing: they have changed while they were read")
        return row


def estimate_lengths(
    sizes: np.ndarray, sample_sizes: np.ndarray, sample_lengths: np.ndarray, *, most: int | None = None
) -> np.ndarray:
    """Estimate the tokens of texts by least squares, so that nothing has to be tokenised to plan an epoch.

    Args:
        sizes: (rows, sides, k) integer, k sizes of each text, such as its characters and words.
        sample_sizes: (n, sides, k) integer, the same of some rows.
        sample_lengths: (n, sides) integer, tokens of these rows.
        most: tokens at which a text is truncated; None = never.

    Returns:
        (rows, sides) int32, at least 1.
    """
    estimates = np.empty(sizes.shape[:2], dtype=np.int32)
    for side in range(sizes.shape[1]):
        lengths = sample_lengths[:, side]
        whole = lengths < most if most is not None and lengths.min() < most else lengths > 0
        rates, *_ = np.linalg.lstsq(sample_sizes[whole, side].astype(np.float64), lengths[whole], rcond=None)
        for start in range(0, len(sizes), _CHUNK_ESTIMATES):
            chunk = slice(start, start + _CHUNK_ESTIMATES)
            estimates[chunk, side] = np.clip(np.rint(sizes[chunk, side] @ rates), 1, most)
    return estimates


class RowBlocks:
    """Partition of rows into blocks of consecutive rows, at other places in each epoch.

    Args:
        lengths: (rows,) integer, tokens of each row, which may be estimates.
        rows: of a block, at most.
        tokens: of a block, at most, unless it is a single row.
    """

    def __init__(self, lengths: np.ndarray, *, rows: int, tokens: int) -> None:
        self._rows = rows
        self._tokens = tokens
        self._before = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=self._before[1:])

    def bounds(self, rng: np.random.Generator, *, least_tokens: int = 0) -> np.ndarray:
        """Return the first row of each block and, last, the number of rows, (blocks + 1,) int64.

        Args:
            rng: draws the size of the first block, so that the rows of a block differ from epoch to epoch.
            least_tokens: a last block of fewer tokens is part of the one before it.
        """
        total, before = len(self._before) - 1, self._before
        bounds, size = [0], int(rng.integers(max(1, self._rows // 2), self._rows, endpoint=True))
        while bounds[-1] < total:
            start = bounds[-1]
            fitting = int(np.searchsorted(before, before[start] + self._tokens, side="right")) - 1
            bounds.append(min(total, start + size, max(start + 1, fitting)))
            size = self._rows
        while len(bounds) > 2 and before[total] - before[bounds[-2]] < least_tokens:
            del bounds[-2]
        return np.array(bounds)

    def tokens(self, start: int, stop: int) -> int:
        """Return the number of tokens of some consecutive rows."""
        return int(self._before[stop] - self._before[start])
