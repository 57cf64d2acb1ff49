from __future__ import annotations

import numpy as np
import torch

from nlprnn.batching import WordCharArray


def test_characters_are_those_of_distinct_words():
    words = [[5, 6, 5], [], [7]]
    rows = WordCharArray.from_sequences(words, [[0, 1, 0], [], [2]], [[9, 8], [7], [6, 5, 4]])
    assert len(rows) == 3
    assert rows.lengths.tolist() == [3, 0, 1]
    ids, mask, spellings, indices = rows.pad(np.array([1, 0]))
    assert ids.tolist() == [[0, 0, 0], [5, 6, 5]]
    assert mask.tolist() == [[False] * 3, [True] * 3]
    assert spellings.tolist() == [[0, 0], [9, 8], [7, 0]]
    assert indices.tolist() == [[0, 0, 0], [1, 2, 1]]
    assert {tensor.dtype for tensor in (ids, spellings, indices)} == {torch.int64}


def test_selected_sentences_keep_their_characters():
    rows = WordCharArray.from_sequences([[5, 6, 5], [], [7]], [[0, 1, 0], [], [2]], [[9, 8], [7], [6, 5, 4]])
    selected = rows.select(np.array([2, 0]))
    for actual, expected in zip(selected.pad(np.array([0, 1])), rows.pad(np.array([2, 0])), strict=True):
        assert torch.equal(actual, expected)


def test_empty_sentences_are_one_padded_word():
    rows = WordCharArray.from_sequences([[]], [[]], [])
    ids, mask, spellings, indices = rows.pad(np.array([0]))
    assert ids.tolist() == indices.tolist() == [[0]]
    assert not mask.any()
    assert spellings.shape == (1, 1)
