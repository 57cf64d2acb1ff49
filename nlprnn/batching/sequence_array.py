"""Sequences of many rows as one flat array with offsets, and their padded batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class SequenceArray:
    """The token ids of many texts end to end.

    Attributes:
        ids: (total,) int32, all ids.
        offsets: (rows + 1,) int64; row i is ids[offsets[i]:offsets[i + 1]].
    """

    ids: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_sequences(cls, sequences: Iterable[Sequence[int]], *, max_length: int | None = None) -> SequenceArray:
        """Join sequences of ids, each cut to its first `max_length` tokens."""
        rows = [np.asarray(sequence[:max_length], dtype=np.int32) for sequence in sequences]
        lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        return cls(np.concatenate(rows) if rows else np.empty(0, dtype=np.int32), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> np.ndarray:
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        return self.ids[self.offsets[row] : self.offsets[row + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """(rows,) int64, tokens of each row."""
        return np.diff(self.offsets)


def pad_rows(tokens: SequenceArray, rows: np.ndarray, *, padding_id: int = 0) -> tuple[Tensor, Tensor]:
    """Collate rows of a token array into one padded tensor.

    Args:
        tokens: the texts.
        rows: (B,) int64, which of them.
        padding_id: fills the end of shorter rows.

    Returns:
        ids (B, T) int64 and mask (B, T) bool, True = real token; T is at least 1.
    """
    starts = tokens.offsets[rows]
    lengths = tokens.offsets[rows + 1] - starts
    mask = np.arange(max(1, lengths.max(initial=0))) < lengths[:, None]  # (B, T)
    ids = np.full(mask.shape, padding_id, dtype=np.int64)
    # Position k of the batch's real tokens, row after row, lies k - (tokens before its row) behind the row's start.
    before = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    ids[mask] = tokens.ids[np.arange(int(lengths.sum())) + before]
    return torch.from_numpy(ids), torch.from_numpy(mask)
