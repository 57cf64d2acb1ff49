"""Data of a program: every kind is read as the same rows, and what cannot be read names its row."""

from __future__ import annotations

from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nlprnn.data import load_splits
from nlprnn.data.in_memory import dataset_name
from nlprnn.errors import DataError

TEXTS, LABELS = [f"text {number}" for number in range(6)], ["a", "b"] * 3
COLUMNS = ("text", "label")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


FRAME = pd.DataFrame({"text": TEXTS, "label": LABELS}, index=range(10, 16))
KINDS = {
    "lists": (TEXTS, LABELS),
    "arrays": [np.array(TEXTS), np.array(LABELS)],
    "rows": [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)],
    "pandas": FRAME,
    "categories": FRAME.astype({"label": "category"}),
    "arrow": pa.table({"text": TEXTS, "label": LABELS}),
    "dataset": datasets.Dataset.from_dict({"text": TEXTS, "label": LABELS}),
    "classes": datasets.Dataset.from_dict({"text": TEXTS, "label": [0, 1] * 3}).cast_column(
        "label", datasets.ClassLabel(names=["a", "b"])
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_are_the_same_rows(kind):
    data = {"train": KINDS[kind], "validation": KINDS[kind], "test": KINDS["lists"]}
    splits = load_splits(dataset_name(data, COLUMNS), {"text": None, "label": None})
    assert list(splits) == list(data)
    assert all(split.rows.to_dict() == {"text": TEXTS, "label": LABELS} for split in splits.values())


def test_polars_frames_are_read():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"text": TEXTS, "label": LABELS})
    name = dataset_name({"train": frame, "validation": FRAME}, COLUMNS)
    assert load_splits(name, {"text": None, "label": None})["train"].rows["text"][:] == TEXTS


def test_equal_data_are_one_file():
    name = dataset_name(KINDS["lists"], COLUMNS)
    assert name == dataset_name([list(TEXTS), tuple(LABELS)], COLUMNS) != dataset_name((TEXTS, TEXTS), COLUMNS)
    assert len(list(Path(name).parents[1].iterdir())) == 2
    assert dataset_name("some/path", COLUMNS) == dataset_name(Path("some/path"), COLUMNS) == "some/path"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((["a", None], ["x", "y"]), "row 1 .counted from 0.: the text is missing .None."),
        ((["a", "b"], ["x", float("nan")]), "row 1 .counted from 0.: the label is missing .nan."),
        (([["a"], "b"], ["x", "y"]), "row 0 .counted from 0.: the text is list, not a string"),
        ((pd.Series(["a", pd.NA]), ["x", "y"]), "row 1 .counted from 0.: the text is missing"),
        ((["a", "b"], ["x"]), "2 of text and 1 of label"),
        ((["a", "b"], ["x", 3]), "values of several types"),
        (["a", "b", "c"], "list of 3 with str in it: give a path"),
        ([], "got list: give a path"),
        (3, "got int: give a path"),
        ({"train": (["a", ""], ["x", None])}, "split 'train': row 1"),
        ({"one": FRAME, "two": FRAME}, "no split 'train' among 'one', 'two'"),
        ({3: FRAME}, "3 is no name of a split"),
        (FRAME[:0], "DataFrame has no rows"),
    ],
)
def test_faults_are_named(data, words):
    with pytest.raises(DataError, match=words):
        dataset_name(data, COLUMNS)
