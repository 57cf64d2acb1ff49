"""Texts that are joined from several fields."""

from __future__ import annotations

import pytest

from nlprnn.data import label_names, load_split, load_table, load_text
from nlprnn.errors import DataError

FIELDS = {"text": "title,body", "label": None}


def reports(number):
    return [{"title": f"Title {n}", "body": f"Body\n{n}.", "label": "ab"[n % 2]} for n in range(number)]


@pytest.fixture
def folder(tmp_path, write_jsonl):
    for name, number in (("train", 20), ("validation", 4), ("test", 3)):
        write_jsonl(tmp_path / f"{name}.jsonl", reports(number))
    return tmp_path


def test_columns_in_the_order_they_are_named(folder):
    for fields, first in (("title,body", "Title 0\nBody\n0."), ("body, title", "Body\n0.\nTitle 0")):
        table = load_table(str(folder), {**FIELDS, "text": fields})
        assert {split: rows.column_names for split, rows in table.items()} == {
            split: ["text", "label"] for split in table
        }
        assert table["train"]["text"][0] == first
        assert table.num_rows == {"train": 20, "validation": 4, "test": 3}


def test_typed_table_with_class_names(tmp_path):
    import datasets

    features = datasets.Features(
        {
            "n": datasets.Value("int64"),
            "title": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["z", "y", "x"]),
        }
    )
    rows = [{"n": n, "title": f"Title {n}", "label": n % 2} for n in range(40)]
    datasets.Dataset.from_list(rows, features=features).to_parquet(tmp_path / "a.parquet")
    table = load_table(str(tmp_path / "a.parquet"), {"text": "n,title", "label": None})
    assert "7\nTitle 7" in [*table["train"]["text"], *table["validation"]["text"], *table["test"]["text"]]
    assert label_names(table) == ["z", "y", "x"]  # the declared order, a class without rows included


def test_empty_cells_are_left_out(tmp_path, write_jsonl):
    odd = [{"title": "alone", "body": None, "label": "a"}, {"title": " ", "body": "", "label": "b"}]
    path = write_jsonl(tmp_path / "rows.jsonl", [*odd, *reports(20)])
    part = load_split(str(path), FIELDS)
    assert part.rows["text"][:3] == ["alone", "", "Title 0\nBody\n0."]
    assert part.location(2).endswith("rows.jsonl, line 3")
    assert len(load_table(str(path), FIELDS)["train"]) + 4 == 21  # training has no use for the empty row


def test_column_name_with_a_comma(tmp_path, write_jsonl):
    rows = [{"a,b": f"text {n}", "a": "x", "b": "y", "label": "pq"[n % 2]} for n in range(20)]
    path = write_jsonl(tmp_path / "rows.jsonl", rows)
    assert load_split(str(path), {"text": "a,b", "label": None}).rows["text"][0] == "text 0"


def test_running_text_of_several_columns(folder):
    assert load_text(str(folder), text_field="title,body")["test"][1] == "Title 1\nBody\n1."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("title,bodi", ["'bodi'", "--text-field", "did you mean 'body'"]),
        ("title,title", ["twice", "--text-field"]),
        ("title,", ["''", "--text-field"]),
    ],
)
def test_mistakes_name_the_option(folder, fields, words):
    with pytest.raises(DataError) as caught:
        load_table(str(folder), {**FIELDS, "text": fields})
    assert all(word in str(caught.value) for word in words)
    assert "+" not in str(caught.value)
