"""Words with their spellings -> batches in which each different word is spelled once.

A sentence repeats words, and a batch does so all the more. Whatever reads characters reads each different word of a
batch once, and its vector is looked up wherever the word stands.
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
    """Sentences of words, and the spelling of each different word.

    Attributes:
        ids: (B, T) int64, of words.
        mask: (B, T) bool, True = real word.
        spellings: (N, W) int64, the characters of each different word; the first row is padding alone.
        places: (B, T) int64, which row of `spellings` each word is; 0 on padding.
    """

    ids: Tensor
    mask: Tensor
    spellings: Tensor
    places: Tensor


class TaggedBatch(NamedTuple):
    """Sentences with the label of each word.

    Attributes:
        words: the sentences.
        labels: (B, T) int64; 0 on padding.
    """

    words: WordCharBatch
    labels: Tensor


@dataclass(frozen=True)
class WordCharArray:
    """The words of many sentences, and how each different word is spelled.

    Attributes:
        words: ids of each sentence's words.
        numbers: which spelling each of these words has, from 1; row for row as long as `words`.
        spellings: ids of the characters of each different word; row 0 is empty.
    """

    words: SequenceArray
    numbers: SequenceArray
    spellings: SequenceArray

    @classmethod
    def from_sequences(
        cls, words: Sequence[Sequence[int]], numbers: Sequence[Sequence[int]], spellings: Sequence[Sequence[int]]
    ) -> WordCharArray:
        """Join sequences of ids.

        Args:
            words: ids of each sentence's words.
            numbers: which of `spellings` each word has, from 0.
            spellings: ids of the characters of each different word.
        """
        first = SequenceArray.from_sequences(numbers)
        shifted = SequenceArray(first.values + 1, first.offsets)
        return cls(SequenceArray.from_sequences(words), shifted, SequenceArray.from_sequences([(), *spellings]))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def lengths(self) -> np.ndarray:
        """(rows,) int64, words of each sentence."""
        return self.words.lengths

    def pad(self, rows: np.ndarray, *, padding_id: int = 0) -> WordCharBatch:
        """Collate sentences into one padded batch.

        Args:
            rows: (B,) int64, which of them.
            padding_id: of words and of characters.
        """
        ids, mask = self.words.pad(rows, padding_value=padding_id)
        numbers, _ = self.numbers.pad(rows)
        different, places = np.unique(np.append(0, numbers.numpy()), return_inverse=True)
        spellings, _ = self.spellings.pad(different, padding_value=padding_id)
        return WordCharBatch(ids, mask, spellings, torch.from_numpy(places[1:]).view(ids.shape))
