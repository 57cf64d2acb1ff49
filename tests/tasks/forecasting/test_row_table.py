"""Rows of the files of a dataset, and where they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nlprnn.data.formats.registry import TABLES
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.sources import find_sources
from nlprnn.series.columns import SeriesColumns
from nlprnn.series.table import build_series
from nlprnn.tasks.forecasting.row_table import read_rows


@pytest.fixture
def table(tmp_path):
    (tmp_path / "train.csv").write_text("id,t,y\na,1,5\n\nb,1,6\na,2,7\n,,\nb,1,8\n")  # lines 3 and 6 have no row
    (tmp_path / "test.csv").write_text("id,t,y\na,3,9\nb,3,1\n")
    return read_rows(find_sources(str(tmp_path), TABLES, ReadOptions()), ["id", "t", "y"])


def test_rows_have_their_file_line_and_split(table):
    places = [table.place(row).rpartition("/")[2] for row in range(len(table))]
    assert places == [f"train.csv, line {line}" for line in (2, 4, 5, 7)] + ["test.csv, line 2", "test.csv, line 3"]
    np.testing.assert_array_equal(table.split_of_rows(), [0, 0, 0, 0, 2, 2])
    assert list(table.cells["y"]) == ["5", "6", "7", "8", "9", "1"]


def test_first_repeated_row(table):
    assert table.first_repeat(["t"]) == 1
    assert table.first_repeat(["id", "t"]) == 3
    assert table.first_repeat(["id", "t", "y"]) is None


def test_hour_before_a_clock_is_set_back_is_not_that_after_it(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    hours = [datetime(2020, 10, 24, 22, tzinfo=UTC) + timedelta(hours=hour) for hour in range(6)]
    times = pa.array(hours * 3, pa.timestamp("us", tz="Europe/Berlin"))
    names, values = ["a"] * 6 + ["b"] * 6 + ["c"] * 6, [float(number) for number in range(18)]
    pq.write_table(pa.table({"id": names, "t": times, "y": values}), tmp_path / "hours.parquet")
    sources = find_sources(str(tmp_path / "hours.parquet"), TABLES, ReadOptions())
    table = read_rows(sources, ["id", "t", "y"])
    assert table.first_repeat(["id", "t"]) is None
    assert table.first_repeat(["t"]) == 6
    data = build_series(table.cells, SeriesColumns(("y",), date=("t",), group="id"))
    assert data.targets[:, 0].tolist() == values
    assert data.notes == ("times are converted to UTC",)
