"""Columns of lists of numbers: equal to Python's reading in every type of Arrow, and back."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.data.list_columns import arrow_depth, arrow_lists, flat_numbers, list_depth
from nlprnn.errors import DataError

ROWS = [[[1.0, 2.0], [3.0, 4.0], None], [[5.0, None]], [[7.0, 8.0], [9.0, 10.0]]]
TYPES = [
    pa.list_(pa.list_(pa.float64())),
    pa.large_list(pa.large_list(pa.float32())),
    pa.list_(pa.list_(pa.float64(), 2)),
    pa.list_(pa.list_(pa.int16())),
]


def place(row):
    return f"row {row + 1}"


@pytest.mark.parametrize("arrow_type", TYPES, ids=str)
@pytest.mark.parametrize("chunks", [1, 3])
def test_every_type_is_read_as_the_same_numbers(arrow_type, chunks):
    pieces = [ROWS] if chunks == 1 else [[row] for row in ROWS]
    column = pa.chunked_array([pa.array(piece, arrow_type) for piece in pieces])
    values, lengths = flat_numbers(column, 2, "x", place=place)
    assert lengths.tolist() == [3, 1, 2]
    expected = [[1, 2], [3, 4], [math.nan] * 2, [5, math.nan], [7, 8], [9, 10]]
    np.testing.assert_array_equal(values, expected)
    sliced, _ = flat_numbers(column.slice(1), 2, "x", place=place)
    np.testing.assert_array_equal(sliced, expected[3:])


@settings(max_examples=30)
@given(st.lists(st.lists(st.one_of(st.none(), st.floats(-9, 9), st.integers(-9, 9)), max_size=4), max_size=5))
def test_lists_of_numbers_are_flat(rows):
    values, lengths = flat_numbers(rows, 1, "x", place=place)
    assert lengths.tolist() == list(map(len, rows))
    np.testing.assert_array_equal(values[:, 0], [math.nan if cell is None else cell for row in rows for cell in row])


def test_texts_that_are_lists_in_json_are_read():
    assert list_depth("[[1, 2]]") == 2
    values, _ = flat_numbers(["[[1, 2], [3.5, null]]"], 2, "x", place=place)
    np.testing.assert_array_equal(values, [[1, 2], [3.5, math.nan]])


def test_depth_is_that_of_numbers_alone():
    assert [arrow_depth(one) for one in TYPES] == [2] * 4
    assert arrow_depth(pa.list_(pa.string())) == 0
    assert arrow_depth(pa.float64()) == 0
    assert [list_depth(cell) for cell in (1.5, "a", [1], [[1]], [[[1]]])] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[[1, 2]], [[1, 2], [3]]], "row 2, column 'x': step 2 has 1 features, others have 2"),
        ([[[1, 2]], [["a", 2]]], "row 2, column 'x': 'a' is no number in a list such as"),
        ([[[1, 2]], [3]], "row 2, column 'x': .3. is no number in a list such as"),
        ([[[1, 2]], "walk"], "row 2, column 'x': 'walk' is no number"),
        ([[[]]], "row 1, column 'x': step 1 has 0 features, a step needs at least one"),
    ],
)
def test_odd_cells_are_named(rows, message):
    with pytest.raises(DataError, match=message):
        flat_numbers(rows, 2, "x", place=place)


def test_arrays_become_lists_and_come_back():
    arrays = [np.arange(6.0).reshape(3, 2), np.array([[7, 8]])]
    values, lengths = flat_numbers(pa.chunked_array([arrow_lists(arrays)]), 2, "x", place=place)
    np.testing.assert_array_equal(values, np.concatenate(arrays))
    assert lengths.tolist() == [3, 1]
    with pytest.raises(DataError, match=r"row 1 \(counted from 0\) is an array"):
        arrow_lists([arrays[0], np.zeros((2, 3))])
