from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.batching import SequenceArray

ROWS = st.lists(st.lists(st.integers(0, 50_000), max_size=12), max_size=15)


@given(rows=ROWS, max_length=st.none() | st.integers(0, 8))
def test_rows_are_kept_and_truncated(rows, max_length):
    tokens = SequenceArray.from_sequences(iter(rows), max_length=max_length)
    cut = [row[:max_length] for row in rows]
    assert len(tokens) == len(rows)
    assert [row.tolist() for row in tokens] == cut
    assert tokens.lengths.tolist() == [len(row) for row in cut]
    assert tokens.values.dtype == np.int32
    assert tokens.values.tolist() == list(itertools.chain.from_iterable(cut))


@pytest.mark.parametrize("row", [-1, 2])
def test_rows_out_of_range_are_errors(row):
    with pytest.raises(IndexError, match=f"row {row} of 2"):
        SequenceArray.from_sequences([[1], []])[row]


@given(rows=ROWS, data=st.data())
def test_selected_rows_are_those_of_a_list(rows, data):
    tokens = SequenceArray.from_sequences(rows)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=20) if rows else st.just([]))
    selected = tokens.select(np.array(chosen, dtype=np.int64))
    assert [row.tolist() for row in selected] == [rows[row] for row in chosen]
    assert selected.values.dtype == tokens.values.dtype
    assert [row.tolist() for row in tokens.select(slice(1, None, 2))] == rows[1::2]
    assert [row.tolist() for row in tokens.select(slice(None))] == rows


@given(rows=ROWS)
def test_row_sums_are_those_of_the_rows(rows):
    tokens = SequenceArray.from_sequences(rows)
    assert tokens.row_sums(tokens.values).tolist() == [sum(row) for row in rows]


@given(rows=ROWS.filter(bool), padding_value=st.integers(0, 9), data=st.data())
def test_padding_equals_a_plain_loop(rows, padding_value, data):
    tokens = SequenceArray.from_sequences(rows)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=10))
    ids, mask = tokens.pad(np.array(chosen, dtype=np.int64), padding_value=padding_value)
    width = max([1, *(len(rows[row]) for row in chosen)])
    assert ids.dtype == torch.int64
    assert mask.dtype == torch.bool
    assert ids.shape == mask.shape == (len(chosen), width)
    for position, row in enumerate(chosen):
        empty = width - len(rows[row])
        assert ids[position].tolist() == rows[row] + [padding_value] * empty
        assert mask[position].tolist() == [True] * len(rows[row]) + [False] * empty


@pytest.mark.parametrize("shape", [(), (3,), (2, 4)])
def test_features_of_any_shape_are_padded(shape):
    rng = np.random.default_rng(0)
    rows = [rng.normal(size=(length, *shape)) for length in (2, 0, 5)]
    array = SequenceArray.from_sequences(rows, max_length=4, dtype=np.float32)
    values, mask = array.pad(np.array([2, 0, 1]), padding_value=-1.0)
    assert values.dtype == torch.float32
    assert values.shape == (3, 4, *shape)
    assert mask.sum(dim=1).tolist() == [4, 2, 0]
    assert (values[~mask] == -1).all()
    assert np.array_equal(values[mask].numpy(), np.concatenate([rows[2][:4], rows[0]]).astype(np.float32))


def test_an_empty_row_takes_the_shape_of_the_others():
    values, mask = SequenceArray.from_sequences([[], [[1.0, 2.0]]], dtype=np.float32).pad(np.array([0, 1]))
    assert values.tolist() == [[[0, 0]], [[1, 2]]]
    assert mask.tolist() == [[False], [True]]


@pytest.mark.parametrize(
    ("rows", "dtype", "message"),
    [
        ([[1], [0.5]], np.int32, r"int32.*same_kind.*give dtype=np\.float32"),
        ([[[1.0, 2.0]], [[1.0]]], np.float32, r"different shapes: \[\(1,\), \(2,\)\]"),
    ],
)
def test_rows_of_different_kinds_are_errors(rows, dtype, message):
    with pytest.raises(ValueError, match=message):
        SequenceArray.from_sequences(rows, dtype=dtype)


@pytest.mark.parametrize(("head", "expected"), [(3, [[1, 2, 3], [4, 5], []]), (0, [[7, 8, 9], [4, 5], []])])
def test_truncate_keeps_both_ends_of_longer_rows(head, expected):
    array = SequenceArray.from_sequences([[1, 2, 3, 7, 8, 9], [4, 5], []])
    assert [row.tolist() for row in array.truncate(3, head=head)] == expected
    assert array.truncate(6, head=head) is array


@given(st.lists(st.lists(st.integers(0, 9), max_size=7), max_size=5), st.integers(1, 8), st.data())
def test_truncate_equals_slices_of_each_row(rows, limit, data):
    head = data.draw(st.integers(0, limit))
    expected = [row if len(row) <= limit else row[:head] + row[len(row) - limit + head :] for row in rows]
    truncated = SequenceArray.from_sequences(rows).truncate(limit, head=head)
    assert [row.tolist() for row in truncated] == expected
