"""Sentences of words with the characters of each distinct word.

A sentence repeats words, and a batch even more so. A character network reads each distinct word of a batch once, and
its vector is copied to every occurrence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching.sequence_array import SequenceArray


class WordCharBatch(NamedTuple):
    """A batch of sentences of words, and the characters of each distinct word.

    Attributes:
        ids: (B, T) int64, of words.
        mask: (B, T) bool, True = real word.
        spellings: (N, W) int64, the characters of each distinct word; the first row is padding alone.
        indices: (B, T) int64, the row of `spellings` of each word; 0 on padding.
    """

    ids: Tensor
    mask: Tensor
    spellings: Tensor
    indices: Tensor


class TaggedBatch(NamedTuple):
    """A batch of sentences with the label of each word.

    Attributes:
        words: the sentences.
        labels: (B, T) int64; 0 on padding.
    """

    words: WordCharBatch
    labels: Tensor


@dataclass(frozen=True)
class WordCharArray:
    """The words of many sentences, and the characters of each distinct word.

    Attributes:
        words: ids of each sentence's words.
        indices: the row of `spellings` of each word, from 1; its rows are as long as those of `words`.
        spellings: ids of the characters of each distinct word; row 0 is empty.
    """

    words: SequenceArray
    indices: SequenceArray
    spellings: SequenceArray

    @classmethod
    def from_sequences(
        cls, words: Sequence[Sequence[int]], indices: Sequence[Sequence[int]], spellings: Sequence[Sequence[int]]
    ) -> WordCharArray:
        """Concatenate sequences of ids.

        Args:
            words: ids of each sentence's words.
            indices: the element of `spellings` of each word, from 0.
            spellings: ids of the characters of each distinct word.
        """
        rows = SequenceArray.from_sequences(indices)
        shifted = SequenceArray(rows.values + 1, rows.offsets)
        return cls(SequenceArray.from_sequences(words), shifted, SequenceArray.from_sequences([(), *spellings]))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def lengths(self) -> np.ndarray:
        """(rows,) int64, words of each sentence."""
        return self.words.lengths

    def select(self, rows: np.ndarray | slice) -> WordCharArray:
        """Return the sentences of an index, (n,) int64 or a slice, as an array of their own."""
        return WordCharArray(self.words.select(rows), self.indices.select(rows), self.spellings)

    def pad(self, rows: np.ndarray, *, padding_id: int = 0) -> WordCharBatch:
        """Collate sentences into one padded batch.

        Args:
            rows: (B,) int64, which sentences.
            padding_id: of words and of characters.
        """
        ids, mask = self.words.pad(rows, padding_value=padding_id)
        indices, _ = self.indices.pad(rows)
        distinct, inverse = np.unique(np.append(0, indices.numpy()), return_inverse=True)
        spellings, _ = self.spellings.pad(distinct, padding_value=padding_id)
        return WordCharBatch(ids, mask, spellings, torch.from_numpy(inverse[1:]).view(ids.shape))
