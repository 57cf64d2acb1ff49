"""Column that names the split of each row of a single table."""

from __future__ import annotations

import json

import pytest

from nlprnn.data import DataReport, ReadOptions, load_documents, load_documents_split, load_tagged
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


def test_column_is_chosen_by_its_values_among_several(tmp_path, write_csv):
    rows = [(f"some text {n}", "ab"[n % 2], ["train", "train", "dev", "test"][n % 4], n % 5) for n in range(80)]
    path = str(write_csv(tmp_path / "a.csv", ["text", "label", "split", "fold"], rows))
    splits = load_splits(path, CLASSIFY)
    assert {split: len(rows) for split, rows in splits.items()} == {"train": 40, "validation": 20, "test": 20}
    assert "the column 'fold' does not choose the splits" in DataReport.of(splits).render()
    path = str(write_csv(tmp_path / "a.csv", ["text", "label", "split", "set"], [(*row[:3], row[2]) for row in rows]))
    with pytest.raises(DataError, match="the columns 'split' and 'set' name splits; choose one with --split-field"):
        load_splits(path, CLASSIFY)


@pytest.mark.parametrize(
    ("name", "values"),
    [("ml_use", ["TRAIN", "TEST"]), ("Usage", ["Public", "Private"]), ("is_test", [0, 1]), ("is train", [True, False])],
)
def test_other_names_are_noted(table, name, values):
    report = DataReport.of(load_splits(table(name, values), CLASSIFY)).render()
    assert f"the column '{name}' does not choose the splits" in report
    assert "--split-field" in report


@pytest.mark.parametrize("names", [("train.csv", "test.csv"), ("train-00000-of-00002.csv", "train-00001-of-00002.csv")])
def test_files_are_the_splits(tmp_path, write_csv, names):
    for name in names:
        rows = [(f"{name} {n}", "ab"[n % 2], ["train", "test"][n // 2 % 2]) for n in range(40)]
        write_csv(tmp_path / name, ["text", "label", "split"], rows)
    report = DataReport.of(load_splits(str(tmp_path), CLASSIFY)).render()
    assert report.count("the column 'split' does not choose the splits") == 1
    with pytest.raises(DataError, match=r"--split-field split has no effect .*; leave it out"):
        load_splits(str(tmp_path), CLASSIFY, options=ReadOptions(split_field="split"))


def test_tagged_sentences_and_running_text_have_no_such_column(tmp_path):
    lines = [{"tokens": ["a", f"b{n}"], "tags": ["X", "Y"], "split": ["train", "test"][n % 2]} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "b.txt").write_text("It rattles all day.\n" * 200, encoding="utf-8")
    assert "the column 'split' does not choose" in DataReport.of(load_tagged(str(tmp_path / "a.jsonl"))).render()
    options = ReadOptions(split_field="split")
    for load, name in ((load_tagged, "a.jsonl"), (load_documents, "b.txt"), (load_documents_split, "b.txt")):
        with pytest.raises(DataError, match="--split-field split has no effect"):
            load(str(tmp_path / name), options=options)
