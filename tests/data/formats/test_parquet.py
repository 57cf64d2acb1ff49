"""Parquet files with declared types: integers with names, dates, decimals, and odd notes."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlprnn.data import label_names, load_table
from nlprnn.errors import DataError

CLASS = {"names": ["a", "b", "c"], "_type": "ClassLabel"}
CLASSES = {"feature": CLASS, "_type": "List"}


@pytest.fixture
def write_typed(tmp_path):
    """Write a Parquet file of texts and labels, with what `datasets` notes in it; return its path."""

    def call(labels, note=None):
        table = pa.table({"text": [f"text {row}" for row in range(len(labels))], "label": labels})
        if note is not None:
            table = table.replace_schema_metadata({"huggingface": note})
        pq.write_table(table, tmp_path / "data.parquet")
        return str(tmp_path / "data.parquet")

    return call


def declared(feature):
    features = {"text": {"dtype": "string", "_type": "Value"}, "label": feature}
    return json.dumps({"info": {"features": features}})


@pytest.mark.parametrize("number", [3, -2, 10**15])
def test_integer_without_a_name_is_an_error(write_typed, number):
    fault = rf"row 2, column 'label': \[?{number}\]? has no name among the 3 that the file declares \('a', 'b', 'c'\)"
    with pytest.raises(DataError, match=fault):
        load_table(write_typed(pa.array([0, number] * 5), declared(CLASS)), {"text": None, "label": None})
    with pytest.raises(DataError, match=fault):
        load_table(write_typed(pa.array([[0], [number]] * 5), declared(CLASSES)), {"text": None, "labels": None})


def test_secret_label_in_a_list_is_missing(write_typed):
    path = write_typed(pa.array([[0, 2], [-1], [1], [None]] * 5), declared(CLASSES))
    labels = {
        tuple(row) for rows in load_table(path, {"text": None, "labels": None}).values() for row in rows["labels"]
    }
    assert labels == {("a", "c"), ("b",), ()}


def test_names_that_are_numbers(write_typed):
    path = write_typed(pa.array([0, 1, 2] * 8), declared(CLASS | {"names": [10, 20, 30]}))
    assert label_names(load_table(path, {"text": None, "label": None})) == ["10", "20", "30"]


@pytest.mark.parametrize("note", ["{{", "3", "null", '{"info": null}', '{"info": {"features": []}}', b"\xff"])
def test_odd_notes_are_one_sentence(write_typed, note):
    with pytest.raises(DataError, match=r"data\.parquet: damaged Parquet"):
        load_table(write_typed(pa.array([0, 1] * 5), note), {"text": None, "label": None})


WORDS = {
    "timestamps": ([datetime(2020, 1, 1), datetime(2020, 1, 2)], ["2020-01-01 00:00:00", "2020-01-02 00:00:00"]),
    "dates": ([date(2020, 1, 1), date(2020, 1, 2)], ["2020-01-01", "2020-01-02"]),
    "decimals": ([Decimal("0.25"), Decimal("1.00")], ["0.25", "1"]),
}


@pytest.mark.parametrize("kind", WORDS)
def test_dates_and_decimals_as_labels(write_typed, kind):
    values, names = WORDS[kind]
    table = load_table(write_typed(pa.array(values * 10)), {"text": None, "label": None})
    assert [str(name) for name in label_names(table)] == names


def test_values_that_are_no_words_are_named(write_typed):
    with pytest.raises(DataError, match="holds values that are no words"):
        load_table(write_typed(pa.array([b"\xff", b"x"] * 5)), {"text": None, "label": "label"})
