from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import DataError
from nlprnn.series.numbers import parse_numbers


def place(row):
    return f"data.csv, line {row + 2}"


def parse(cells, **options):
    return parse_numbers(cells, "y", place=place, **options)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.5", "", "NA", None, "nan", "?", "-3e2"], [1, 2.5, *[np.nan] * 5, -300]),
        ([1, 2.5, float("nan"), None], [1, 2.5, np.nan, np.nan]),
        (["1,5", "-2,25", "3"], [1.5, -2.25, 3]),
        (["1.234,5", "1.000"], [1234.5, 1000]),
        (["1,234.5", "1,000"], [1234.5, 1000]),
        (["1 234,5", "12"], [1234.5, 12]),
        (["1'234.5"], [1234.5]),
        (["12,345,678"], [12345678]),
    ],
)
def test_notations_are_recognised(cells, expected):
    np.testing.assert_array_equal(parse(cells), expected)


def test_ambiguous_decimal_mark_is_an_error_that_names_the_option():
    with pytest.raises(DataError, match=r"line 3: '1,234' in column 'y' may be 1234 or 1.234: .* --decimal"):
        parse(["7", "1,234"])
    assert parse(["7", "1,234"], decimal=",").tolist() == [7, 1.234]
    assert parse(["7", "1,234"], decimal=".").tolist() == [7, 1234]


def test_decimal_option_rules_over_plain_numbers():
    assert parse(["1.234"], decimal=",").tolist() == [1234]


@pytest.mark.parametrize(
    ("cell", "message"),
    [("abc", "is no number"), (10**400, "is no number"), ("inf", "is infinite"), ("1e999", "is infinite")],
)
def test_damaged_cells_are_named(cell, message):
    with pytest.raises(DataError, match=f"data.csv, line 3: .*{message}"):
        parse(["1", cell])


@given(st.lists(st.floats(-1e12, 1e12)), st.sampled_from([".", ","]))
def test_written_numbers_are_read_back(numbers, mark):
    cells = [repr(number).replace(".", mark) for number in numbers]
    np.testing.assert_array_equal(parse(cells, decimal=mark if mark == "," else None), numbers)
