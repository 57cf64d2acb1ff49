from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import DataError
from nlprnn.series import Frequency, SeriesColumns, TableForm, build_series, choose_columns

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05"]
COLUMNS = SeriesColumns(("y",), ("ds",))


def test_gaps_become_missing_values_and_are_reported():
    data = build_series({"ds": DAYS, "y": ["1", "2", "NA", "5"]}, COLUMNS)
    np.testing.assert_array_equal(data.targets[:, 0], [1, 2, np.nan, np.nan, 5])
    assert any("1 of 5 steps of D have no row" in note for note in data.notes)


def test_repeated_times_are_averaged_and_reported():
    data = build_series({"ds": [*DAYS[:3], DAYS[1]], "y": ["1", "2", "3", "4"]}, COLUMNS)
    assert data.targets[:, 0].tolist() == [1, 3, 3]
    assert any("1 rows repeat a time of their series, and are averaged (first: row 4)" in note for note in data.notes)


@given(st.permutations(range(8)))
def test_order_of_rows_does_not_matter(order):
    table = {"ds": [*DAYS, *DAYS], "id": ["a"] * 4 + ["b"] * 4, "y": list(range(8))}
    columns = SeriesColumns(("y",), ("ds",), "id")
    data = build_series({name: [cells[row] for row in order] for name, cells in table.items()}, columns)
    for name, first in (("a", 0), ("b", 4)):
        values = data.values(data.names.index(name))[:, 0]
        np.testing.assert_array_equal(values, [first, first + 1, first + 2, np.nan, first + 3])


def test_uneven_times_are_resampled_on_request():
    table = {"ds": ["2024-01-01 00:10", "2024-01-01 00:50", "2024-01-01 02:07"], "y": [1, 3, 5]}
    data = build_series(table, COLUMNS, form=TableForm(Frequency.parse("h")))
    np.testing.assert_array_equal(data.targets[:, 0], [2, np.nan, 5])


def test_rows_without_times_are_steps_of_their_series():
    data = build_series({"id": ["a", "b", "a", "b"], "y": [1, 10, 2, 20]}, SeriesColumns(("y",), group="id"))
    assert [data.values(series)[:, 0].tolist() for series in range(2)] == [[1, 2], [10, 20]]
    assert not data.frequency.has_calendar


def test_year_month_day_and_hour_make_a_time():
    table = {"year": ["2010"] * 3, "month": ["1"] * 3, "day": ["1"] * 3, "hour": ["0", "1", "2"], "pm": ["1", "2", "3"]}
    columns = choose_columns(list(table))
    assert columns.date == ("year", "month", "day", "hour")
    assert str(build_series(table, columns).frequency) == "h"


def test_long_frame_is_read_as_it_is():
    assert choose_columns(["unique_id", "ds", "y", "price"]) == SeriesColumns(("y",), ("ds",), "unique_id")


def test_frames_of_pandas_are_tables():
    import pandas as pd

    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=3, freq="D"), "y": [1.0, None, 3.0]})
    data = build_series({name: list(frame[name]) for name in frame}, COLUMNS)
    np.testing.assert_array_equal(data.targets[:, 0], [1, np.nan, 3])


def test_categories_that_a_model_does_not_know_are_missing():
    table = {"ds": DAYS, "y": [1, 2, 3, 4], "sky": ["sun", "rain", "sun", "hail"]}
    columns = SeriesColumns(("y",), ("ds",), past=("sky",))
    assert build_series(table, columns).categories == {"sky": ("hail", "rain", "sun")}
    data = build_series(table, columns, form=TableForm(categories={"sky": ("rain", "sun")}))
    np.testing.assert_array_equal(data.past[:, 0], [1, 0, 1, np.nan, np.nan])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"ds": [], "y": []}, "no rows"),
        ({"ds": DAYS, "y": ["NA"] * 4}, "column 'y' has no value at all"),
        (
            {"ds": ["2024-01-01T00:00", "2024-01-01T00:01", "2034-01-01T00:00"], "y": [1, 2, 3]},
            "longer step with --freq",
        ),
    ],
)
def test_tables_without_series_are_errors(table, message):
    with pytest.raises(DataError, match=message):
        build_series(table, COLUMNS)


def test_only_column_of_dates_is_the_time():
    kinds = {"day": "time", "sold": "number", "shop": "text"}
    assert choose_columns(list(kinds), kind_of=kinds.get) == SeriesColumns(("sold",), ("day",))
    kinds["opened"] = "time"
    assert choose_columns(list(kinds), kind_of=kinds.get) == SeriesColumns(("sold",))


@pytest.mark.parametrize(
    ("available", "options", "message"),
    [
        (["ds", "a", "b"], {}, "name the column to forecast with --target: .* 'a', 'b'"),
        (["ds", "y"], {"targets": ["z"]}, "no column 'z' for --target: there are 'ds', 'y'"),
        (["ds", "y"], {"past": ["z"]}, "no column 'z' for --features"),
        (["ds", "y"], {"future": ["y"], "targets": ["y"]}, "column 'y' has two roles"),
    ],
)
def test_wrong_columns_are_named(available, options, message):
    with pytest.raises(DataError, match=message):
        choose_columns(available, **options)


def test_unsorted_rows_are_reported():
    data = build_series({"ds": DAYS[::-1], "y": [5, 3, 2, 1]}, COLUMNS)
    assert "the rows are sorted by time" in data.notes
    grouped = {"ds": [DAYS[0], DAYS[0], DAYS[1], DAYS[1]], "id": ["b", "a", "b", "a"], "y": [1, 2, 3, 4]}
    assert not build_series(grouped, SeriesColumns(("y",), ("ds",), "id")).notes  # each series is in order


@pytest.mark.parametrize("nameless", [None, " ", math.nan])
def test_row_of_a_series_without_a_name_is_an_error(nameless):
    columns = SeriesColumns(("y",), group="id")
    with pytest.raises(DataError, match="row 3: the series in column 'id' has no name: fill it in or drop the row"):
        build_series({"id": ["a", "NA", nameless], "y": [1, 2, 3]}, columns)
    named = build_series({"id": ["None", "NA", "nan"] * 2, "y": range(6)}, columns)
    assert named.names == ("None", "NA", "nan")
