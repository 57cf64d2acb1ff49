"""Column that names the split of each row of a single table."""

from __future__ import annotations

import pytest

from nlprnn.data import DataReport, ReadOptions
from nlprnn.data.load import load_split, load_splits
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}


@pytest.fixture
def table(tmp_path, write_csv):
    def make(name, values, rows=80):
        lines = [(f"some text number {n}", "ab"[n // 4 % 2], values[n % len(values)]) for n in range(rows)]
        return str(write_csv(tmp_path / "a.csv", ["text", "label", name], lines))

    return make


@pytest.mark.parametrize("name", ["split", "Split", "fold", "partition", "set", "subset"])
def test_values_are_the_splits(table, name):
    path = table(name, ["train", "train", "Dev", "train", "testing"])
    splits = load_splits(path, CLASSIFY)
    assert {split: len(rows) for split, rows in splits.items()} == {"train": 48, "validation": 16, "test": 16}
    assert list(splits["validation"].numbers) == [2 + n for n in range(80) if n % 5 == 2]
    assert splits["train"].rows.column_names == ["text", "label"]
    assert f"the column '{name}' chooses the splits" in DataReport.of(splits).render()
    assert len(load_split(path, CLASSIFY)) == 16
    assert len(load_split(path, CLASSIFY, split="train")) == 48


def test_rows_of_other_values_are_left_out(table):
    report = DataReport.of(load_splits(table("split", ["train", "train", "test", "extra"]), CLASSIFY))
    assert [(omission.rows, omission.first[-6:]) for omission in report.left_out] == [(20, "line 5")]
    assert sum(report.splits.values()) == 60


@pytest.mark.parametrize(
    ("name", "values", "fields", "options", "note"),
    [
        ("fold", ["0", "1", "2"], CLASSIFY, ReadOptions(), "its values (0, 1, 2) name none"),
        ("set", ["test"], CLASSIFY, ReadOptions(), "it names no train split"),
        ("split", ["train", "test", "val"], CLASSIFY, ReadOptions(split_field="none"), ""),
        ("split", ["train", "test", "val"], {"text": "text", "label": "split"}, ReadOptions(), ""),
    ],
)
def test_column_that_does_not_choose_the_splits(table, name, values, fields, options, note):
    splits = load_splits(table(name, values), fields, options=options)
    assert sum(map(len, splits.values())) == 80
    assert len(splits["train"]) == 64
    assert note in DataReport.of(splits).render()


def test_given_column(table):
    path = table("kind", ["train", "test", "train", "valid"])
    splits = load_splits(path, CLASSIFY, options=ReadOptions(split_field="kind"))
    assert {split: len(rows) for split, rows in splits.items()} == {"train": 40, "validation": 20, "test": 20}
    with pytest.raises(DataError, match="no column 'kinds' for the split"):
        load_splits(path, CLASSIFY, options=ReadOptions(split_field="kinds"))
    with pytest.raises(DataError, match="'kind' names no train split"):
        load_splits(table("kind", ["x", "y"]), CLASSIFY, options=ReadOptions(split_field="kind"))
