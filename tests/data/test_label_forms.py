"""Forms of labels: lists, lists written as text, marks, a column for each label, truth values, integers with names."""

from __future__ import annotations

import contextlib
import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import DataReport, ReadOptions, load_split, load_splits
from nlprnn.data.cells import as_label, as_labels
from nlprnn.data.written_lists import written_list
from nlprnn.errors import DataError

SETS = [["a"], ["b", "c"], [], ["a", "c"]] * 10
names = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text and text
)


def write(path, columns):
    """Write columns, as lists of cells, in the format of the suffix."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    elif path.suffix == ".jsonl":
        rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return str(path)


def labels(dataset, role="labels", field=None, **options):
    return list(load_split(dataset, {"text": "text", role: field}, options=ReadOptions(**options)).rows[role])


def texts(number=40):
    return [f"text {n}" for n in range(number)]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_lists_are_several_labels_in_every_format(tmp_path, name):
    dataset = write(tmp_path / name, {"text": texts(), "labels": SETS})  # csv writes "['b', 'c']"
    assert labels(dataset) == SETS


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_lists_of_0_and_1_mark_labels_by_position(tmp_path, name):
    marks = [[int(label in row) for label in "abc"] for row in SETS]
    dataset = write(tmp_path / name, {"text": texts(), "labels": marks})
    assert labels(dataset, label_names=("a", "b", "c")) == SETS
    assert labels(dataset)[:2] == [["0"], ["1", "2"]]
    (note,) = DataReport.of(load_splits(dataset, {"text": None, "labels": None})).files[0].notes
    assert "--label-names" in note


def test_marks_of_another_number_are_refused_by_line(tmp_path):
    marks = [[0, 0, 1]] * 600 + [[1, 1]]
    dataset = write(tmp_path / "a.jsonl", {"text": texts(601), "labels": marks})
    with pytest.raises(DataError, match=r"a\.jsonl, line 601, column 'labels': a list of 2 marks, but there are 3"):
        labels(dataset)
    with pytest.raises(DataError, match="3 marks a row, but --label-names has 2 names"):
        labels(write(tmp_path / "b.jsonl", {"text": texts(), "labels": marks[:40]}), label_names=("a", "b"))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_texts_of_0_and_1_mark_labels_by_position(tmp_path, name):
    marks = ["".join(str(int(label in row)) for label in "abc") for row in SETS]
    dataset = write(tmp_path / name, {"text": texts(), "labels": marks})
    assert labels(dataset, label_names=("a", "b", "c")) == SETS
    assert labels(dataset)[:2] == [["0"], ["1", "2"]]
    codes = write(tmp_path / "b.jsonl", {"text": texts(), "labels": ["100", "101"] * 20})
    assert labels(codes)[:2] == [["100"], ["101"]]


def test_sets_that_python_wrote_are_several_labels(tmp_path):
    cells = ["{'b', 'a'}", "set()", "frozenset({'a'})", "set(['c', 'b'])", "{'b': 1}"] * 8
    assert labels(write(tmp_path / "a.csv", {"text": texts(), "labels": cells}))[:5] == [
        ["a", "b"],
        [],
        ["a"],
        ["c", "b"],
        ["{'b': 1}"],
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_lists_of_one_label_are_labels(tmp_path, name):
    dataset = write(tmp_path / name, {"text": texts(), "label": [["a"], ["b"]] * 20})
    assert labels(dataset, "label")[:2] == labels(dataset, "label", "label")[:2] == ["a", "b"]
    assert labels(dataset)[:2] == [["a"], ["b"]]
    late = write(tmp_path / f"late-{name}", {"text": texts(601), "label": [["a"]] * 600 + [["a", "b"]]})
    with pytest.raises(DataError, match=r"(line|row) 601, column 'label': .* several labels, .*--multi-label"):
        labels(late, "label")
    lacking = write(tmp_path / f"none-{name}", {"text": texts(3), "label": [["a"], [], ["b"]]})
    with pytest.raises(DataError, match=r"(line|row) 2: the label is missing"):
        labels(lacking, "label")


@pytest.mark.parametrize("role", ["label", "labels"])
def test_labels_that_differ_in_case_are_noted(tmp_path, role):
    for names, noted in ((["Good", "good", "bad", "BAD", "so"], True), (["good", "bad", "so", "no", "yes"], False)):
        dataset = write(tmp_path / f"{noted}.csv", {"text": texts(), role: names * 8})
        notes = DataReport.of(load_splits(dataset, {"text": "text", role: role})).notes
        expected = "labels that differ only in case are different labels: 'BAD' and 'bad', 'Good' and 'good'"
        assert (expected in notes) == noted
        assert any("case" in note for note in notes) == noted


def test_lists_with_0_and_1_that_never_repeat_are_names(tmp_path):
    dataset = write(tmp_path / "a.jsonl", {"text": texts(), "labels": [["0"], ["1"], ["0", "1"], []] * 10})
    assert labels(dataset)[:4] == [["0"], ["1"], ["0", "1"], []]


@pytest.mark.parametrize("marks", [(1, 0), ("1", "0"), (True, False), ("TRUE", "False"), (1.0, 0.0), ("1", "")])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_column_for_each_label(tmp_path, name, marks):
    columns = {label: [marks[label not in row] for row in SETS] for label in "abc"}
    dataset = write(tmp_path / name, {"text": texts(), **columns})
    assert labels(dataset, field="a,b, c") == SETS
    with pytest.raises(DataError, match="no column 'd'"):
        labels(dataset, field="a,d")


def test_labels_of_an_object_are_named_after_its_keys(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [{"text": "one", "marks": {"a": 1, "b": 0}, "x.a": 1, "y.a": 1}] * 3
    path.write_text("".join(map(json.dumps, rows)).replace("}{", "}\n{"), encoding="utf-8")
    assert labels(str(path), field="marks.a,marks.b") == [["a"]] * 3
    assert labels(str(path), field="x.a,y.a") == [["x.a", "y.a"]] * 3


def test_labels_that_look_the_same_are_one(tmp_path):
    names = ["caf\u00e9", "cafe\u0301", "\u200bcaf\u00e9 ", "tea"] * 10
    assert set(labels(write(tmp_path / "a.jsonl", {"text": texts(), "label": names}), "label")) == {"café", "tea"}


def test_column_of_a_label_with_another_value_is_refused(tmp_path):
    dataset = write(tmp_path / "a.csv", {"text": texts(3), "a": [1, 0, -1], "b": [0, 0, 1]})
    with pytest.raises(DataError, match=r"a\.csv, line 4, column 'a,b': '-1' is neither true nor false"):
        labels(dataset, field="a,b")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
@pytest.mark.parametrize("values", [[True, False], ["True", "False"], ["TRUE", "FALSE"]])
def test_truth_values_are_the_same_labels_in_every_format(tmp_path, name, values):
    dataset = write(tmp_path / name, {"text": texts(), "label": values * 20})
    assert labels(dataset, "label")[:2] == ["true", "false"]


def test_integers_have_the_names_that_are_given(tmp_path):
    dataset = write(tmp_path / "a.csv", {"text": texts(), "label": [0, 1] * 20})
    assert labels(dataset, "label", label_names=("bad", "good"))[:2] == ["bad", "good"]
    with pytest.raises(DataError, match="line 3, column 'label': the label '1' is none of the 1 that --label-names"):
        labels(dataset, "label", label_names=("bad",))
    lists = write(tmp_path / "b.jsonl", {"text": texts(), "labels": [[0], [1, 2], [], [2]] * 10})
    assert labels(lists, label_names=("a", "b", "c"))[:2] == [["a"], ["b", "c"]]


@pytest.mark.parametrize("cell", ["['a', 'b']", '["a", "b"]', "('a', 'b')", "[a, b]"])
def test_several_labels_where_one_is_needed_name_the_option(tmp_path, cell):
    dataset = write(tmp_path / "a.csv", {"text": texts(3), "label": ["a", "b", cell]})
    with pytest.raises(DataError, match=r"line 4, column 'label': .* holds several labels.*--multi-label"):
        labels(dataset, "label")


@pytest.mark.parametrize("names", [["a", "b c", "d"], [1, 0, 1], [1.0, 0.0], [True, False, True]])
def test_array_that_numpy_wrote_comes_back(names):
    written = str(np.array(names))
    assert as_labels(written, ";") == as_labels(names, ";")
    with pytest.raises(ValueError, match="array without its middle"):
        written_list(str(np.arange(3000)))


def test_lines_of_fasttext_have_any_number_of_labels(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("__label__a one two\n__label__b __label__c three\nfour\nfive __label__a six\n", encoding="utf-8")
    rows = load_split(str(path), {"text": None, "labels": None}).rows
    assert list(rows["labels"]) == [["a"], ["b", "c"], [], ["a"]]
    assert list(rows["text"]) == ["one two", "three", "four", "five six"]
    with pytest.raises(DataError, match="holds lists of labels; give --multi-label"):
        load_split(str(path), {"text": None, "label": None})
    path.write_text("__label__a one two\nthree\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2: the label is missing"):
        load_split(str(path), {"text": None, "label": None})


@given(st.lists(names, max_size=5, unique=True))
def test_list_that_python_wrote_comes_back(items):
    assert written_list(str(items)) == items
    assert as_labels(str(items), ";") == as_labels(items, ";")


@given(st.text(max_size=30))
def test_any_text_is_a_label_without_space_around_it_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert (as_label(text) or "").strip() == (as_label(text) or "")
