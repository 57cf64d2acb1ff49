"""Labels are checked, named and ordered."""

from __future__ import annotations

import pytest

from nlprnn.data import label_names, load_split, load_table
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}


@pytest.fixture
def names_of(tmp_path, write_jsonl):
    """Write labels, and perhaps their names, to a file and load its label names."""

    def load(labels, names=None):
        rows = [{"text": f"text {n}", "label": label} for n, label in enumerate(labels)]
        if names is not None:
            rows = [{**row, "label_name": name} for row, name in zip(rows, names, strict=True)]
        return label_names(load_table(str(write_jsonl(tmp_path / "a.jsonl", rows)), CLASSIFY))

    return load


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([10, 9, 2] * 10, ["2", "9", "10"]),
        ([4.0, 1.0] * 10, ["1", "4"]),
        (["10", " 9"] * 10, ["9", "10"]),
        (["spam", "ham"] * 10, ["ham", "spam"]),
        ([True, False] * 10, ["false", "true"]),
    ],
)
def test_order_is_numeric_or_alphabetical(names_of, values, names):
    assert names_of(values) == names


def test_label_names_come_in_numeric_order(names_of):
    assert names_of([1, 0, 2] * 10, names=["bad", "good", "awful"] * 10) == [
        "good",
        "bad",
        "awful",
    ]


def test_names_that_are_not_one_to_one_are_ignored(names_of):
    assert names_of([0, 1, 2] * 10, names=["a", "b", "b"] * 10) == ["0", "1", "2"]


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_missing_label_names_the_line(names_of, missing):
    with pytest.raises(DataError, match=r"a\.jsonl, line 8: the label is missing"):
        names_of([*"abababa", missing, *"abababa"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, 1, "bad", 2, 1] * 3, "line 4: the label 'bad' is a word among numbers such as '1'"),
        (
            ["good", "bad", "good", "bad", 1] * 3,
            "line 5: the label '1' is a number among words such as 'good'",
        ),
    ],
)
def test_mixed_labels_name_the_first_odd_one(names_of, values, message):
    with pytest.raises(DataError, match=message):
        names_of(values)


def test_free_text_is_no_label(names_of):
    with pytest.raises(DataError, match=r"100 different labels in 100 rows.*--label-field"):
        names_of([f"word {n}" for n in range(100)])


def test_many_classes_are_judged_in_train(tmp_path, rows_of, write_jsonl):
    many = [f"class {n}" for n in range(60)]
    write_jsonl(tmp_path / "train.jsonl", rows_of(600, labels=many))
    write_jsonl(tmp_path / "dev.jsonl", rows_of(60, labels=many))
    assert load_table(str(tmp_path), CLASSIFY).num_rows == {"train": 600, "validation": 60}
    assert len(load_split(str(tmp_path / "dev.jsonl"), CLASSIFY).rows) == 60


def test_equal_numbers_of_other_form_have_an_order(names_of):
    assert names_of([*["1.5", "01", "1", "001", "1.50", "2"] * 3]) == ["001", "01", "1", "1.5", "1.50", "2"]


def test_label_missing_in_train_is_named(tmp_path, rows_of, write_jsonl):
    write_jsonl(tmp_path / "train.jsonl", rows_of(20))
    write_jsonl(tmp_path / "dev.jsonl", rows_of(4, labels="axby"))
    with pytest.raises(DataError, match="the validation split has labels that train has not: 'x', 'y'"):
        load_table(str(tmp_path), CLASSIFY)
