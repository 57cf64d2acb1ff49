"""Sequences of many rows in one flat array with offsets, and their padded batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import DTypeLike
from torch import Tensor

from nlprnn.batching.row_lengths import with_row_lengths


@dataclass(frozen=True)
class SequenceArray:
    """Sequences of different lengths, end to end in one array: token ids or feature vectors.

    A batch is a few slices of one array, so that collating is never the bottleneck of training.

    Attributes:
        values: (total, *F), the elements of all sequences. F is the shape of one element: () for token ids (int32),
            (D,) for feature vectors (float32).
        offsets: (rows + 1,) int64; row i is values[offsets[i]:offsets[i + 1]].
    """

    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_sequences(
        cls,
        sequences: Iterable[Sequence[int] | Sequence[float] | np.ndarray],
        *,
        max_length: int | None = None,
        dtype: DTypeLike = np.int32,
    ) -> SequenceArray:
        """Concatenate sequences, each truncated to its first `max_length` elements.

        Args:
            sequences: the rows: (T,) token ids or (T, *F) features, T different from row to row and possibly 0.
            max_length: truncate each row to at most this many elements.
            dtype: of `values`: np.int32 for token ids, np.float32 for features.

        Raises:
            ValueError: fractions for an array of integers, or rows whose elements differ in shape.
        """
        rows = [np.asarray(sequence[:max_length]) for sequence in sequences]
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        filled = [row for row in rows if len(row)]  # an empty list has no dtype and no shape of elements
        if len(shapes := {row.shape[1:] for row in filled}) > 1:
            raise ValueError(f"the elements of different rows have different shapes: {sorted(shapes)}")
        if not filled:
            return cls(np.empty(0, dtype), offsets)
        try:
            return cls(np.concatenate(filled, dtype=dtype, casting="same_kind"), offsets)
        except TypeError as error:
            raise ValueError(f"{error}: give dtype=np.float32 for features") from error

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> np.ndarray:
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        return self.row_view(row, self.values)

    def row_view(self, row: int, values: np.ndarray) -> np.ndarray:
        """Return the view of one row on values (total, ...) that are end to end as those of this array."""
        return values[self.offsets[row] : self.offsets[row + 1]]

    def row_sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of each row, (rows,) int64, of integers (total,) end to end as the values of this array."""
        sums = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(values, dtype=np.int64)])
        return sums[self.offsets[1:]] - sums[self.offsets[:-1]]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[row] for row in range(len(self)))

    @property
    def lengths(self) -> np.ndarray:
        """(rows,) int64, the number of elements of each row."""
        return np.diff(self.offsets)

    def select(self, rows: np.ndarray | slice) -> SequenceArray:
        """Return the rows of an index, (n,) int64 or a slice, as an array of their own."""
        chosen = np.arange(len(self))[rows]
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.lengths[chosen])])
        positions = np.repeat(self.offsets[chosen] - offsets[:-1], np.diff(offsets)) + np.arange(offsets[-1])
        return SequenceArray(self.values[positions], offsets)

    def truncate(self, max_length: int, *, head: int) -> SequenceArray:
        """Return an array whose longer rows have their first and last elements only.

        Args:
            max_length: of a row.
            head: elements kept of the beginning of a longer row; the others are of its end.
        """
        lengths = self.lengths
        excess = np.maximum(lengths - max_length, 0)
        if not excess.any():
            return self
        positions = np.arange(len(self.values)) - np.repeat(self.offsets[:-1], lengths)
        kept = (positions < head) | (positions >= head + np.repeat(excess, lengths))
        return SequenceArray(self.values[kept], np.concatenate([[0], np.cumsum(lengths - excess)]))

    def pad(self, rows: np.ndarray, *, padding_value: float = 0) -> tuple[Tensor, Tensor]:
        """Collate rows into one padded tensor.

        Args:
            rows: (B,) int64, which rows.
            padding_value: fills the end of shorter rows.

        Returns:
            values (B, T, *F), int64 for integers and otherwise of the array's dtype, and mask (B, T) bool,
            True = real element; T is at least 1. Both keep their `row_lengths`.
        """
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        mask = np.arange(max(1, lengths.max(initial=0))) < lengths[:, None]  # (B, T)
        dtype = np.int64 if self.values.dtype.kind in "iu" else self.values.dtype
        values = np.full((*mask.shape, *self.values.shape[1:]), padding_value, dtype)  # (B, T, *F)
        # Element k of the batch, row after row, lies k - (elements before its row) behind the start of its row.
        before = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        values[mask] = self.values[np.arange(int(lengths.sum())) + before]
        return with_row_lengths(torch.from_numpy(values), lengths), with_row_lengths(torch.from_numpy(mask), lengths)
