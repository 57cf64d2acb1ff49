"""Report of what was read: files, rows and rows left out, columns, labels."""

from __future__ import annotations

import json

from nlprnn.data import DataReport, load_documents, load_splits, load_tagged

CLASSIFY = {"text": None, "label": "kind"}


def test_report_counts_every_row_of_the_file(tmp_path, write_jsonl):
    rows = [{"text": f"text {n}", "kind": "ab"[n % 2]} for n in range(40)]
    rows[6]["text"] = rows[8]["text"] = "  "
    path = write_jsonl(tmp_path / "a.jsonl", rows)
    report = DataReport.of(load_splits(str(path), CLASSIFY), labels={"a": 18, "b": 20})
    assert report.files[0].rows == 40 == sum(report.splits.values()) + sum(left.rows for left in report.left_out)
    assert report.render().splitlines() == [
        f"{path}: 40 rows (JSON lines, UTF-8)",
        f"  left out: 2 rows without text (first: {path}, line 7)",
        "  columns: text = 'text' (guessed), label = 'kind' (given)",
        "  splits: train 31, validation 4, test 3",
        "  2 labels: a (18), b (20)",
    ]


def test_report_fits_into_json(tmp_path, write_jsonl):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": f"text {n}", "kind": "ab"[n % 2]} for n in range(20)])
    report = DataReport.of(load_splits(str(path), CLASSIFY)).to_mapping()
    assert json.loads(json.dumps(report)) == report
    assert report["columns"] == {
        "text": {"column": "text", "guessed": True},
        "label": {"column": "kind", "guessed": False},
    }


def test_report_names_each_file_of_a_folder(tmp_path, write_lines, rows_of, write_jsonl):
    write_jsonl(tmp_path / "train.jsonl", rows_of(5))
    write_jsonl(tmp_path / "dev.jsonl", rows_of(3))
    report = DataReport.of(load_splits(str(tmp_path), {"text": None, "label": None}))
    assert [(file.origin, file.rows) for file in report.files] == [
        (str(tmp_path / "train.jsonl"), 5),
        (str(tmp_path / "dev.jsonl"), 3),
    ]


def test_tagged_sentences_and_documents_have_a_report_too(tmp_path, write_lines):
    write_lines(
        tmp_path,
        {
            "a.conll": [line for n in range(30) for line in (f"Ann{n} B-PER", "ran O", "")],
            "a.txt": ["A line of text."] * 200,
        },
    )
    tagged = DataReport.of(load_tagged(str(tmp_path / "a.conll")))
    assert (tagged.files[0].rows, sum(tagged.splits.values())) == (30, 30)
    documents = DataReport.of(load_documents(str(tmp_path / "a.txt")))
    assert (documents.files[0].format, documents.files[0].encoding) == ("running text", "UTF-8")


def test_split_that_is_left_out_is_reported(tmp_path, rows_of, write_jsonl):
    write_jsonl(tmp_path / "train.jsonl", rows_of(30))
    write_jsonl(tmp_path / "test.jsonl", [{"text": "unlabelled"}] * 3)
    fields = {"text": None, "label": None}
    (note,) = DataReport.of(load_splits(str(tmp_path), fields)).notes
    assert note == f"{tmp_path / 'test.jsonl'} has no column 'label': left out"
    write_jsonl(tmp_path / "test.jsonl", [{"text": "unlabelled", "label": None}] * 3)
    (note,) = DataReport.of(load_splits(str(tmp_path), fields)).notes
    assert note == f"{tmp_path / 'test.jsonl'} has no labels: 3 rows left out"


def test_repeated_texts_are_reported(tmp_path, rows_of, write_jsonl):
    write_jsonl(tmp_path / "train.jsonl", rows_of(30) + rows_of(2))
    write_jsonl(tmp_path / "dev.jsonl", rows_of(5))
    report = DataReport.of(load_splits(str(tmp_path), {"text": None, "label": None}))
    assert report.notes == ("2 rows of train repeat a text of another", "5 of 5 texts of validation are in train too")
    assert "  note: 2 rows of train repeat a text of another" in report.render().splitlines()
    assert [file.rows for file in report.files] == [32, 5]
