"""Rows that are read as they are needed: those of the table in memory, from any place on."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from datasets import ClassLabel, Dataset, Features, Value

from nlprnn.data import load_documents, load_splits
from nlprnn.data.report import DataReport
from nlprnn.data.row_sample import SmallestKeys
from nlprnn.data.streamed_text import stream_documents
from nlprnn.data.streaming import stream_splits
from nlprnn.errors import DataError

FIELDS = {"text": None, "label": None}
ROWS = [{"text": f"text number {number}", "label": "ab"[number % 3 == 0]} for number in range(60)]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows):
    return "text,label\n" + "".join(f"{row['text']},{row['label']}\n" for row in rows)


def folder_of(path, write, suffix, rows=ROWS):
    path.mkdir(exist_ok=True)
    for name, of in (("train", rows), ("validation", ROWS[:9]), ("test", ROWS[9:18])):
        write(path / f"{name}.{suffix}", of)
    return str(path)


def typed(path, rows):
    features = Features({"text": Value("string"), "label": ClassLabel(names=["b", "a", "c"])})
    Dataset.from_list(rows, features=features).to_parquet(path)


WRITERS = {
    "csv": lambda path, rows: path.write_text(table(rows)),
    "jsonl": lambda path, rows: path.write_text(lines(rows)),
    "jsonl.gz": lambda path, rows: path.write_bytes(gzip.compress(lines(rows).encode())),
    "parquet": typed,
}


def open_stream(dataset, fields=FIELDS, **arguments):
    return stream_splits(dataset, fields, **{"sample_rows": 100, **arguments})


@pytest.mark.parametrize("suffix", WRITERS)
def test_rows_are_those_of_the_table_in_memory(tmp_path, suffix):
    rows = [*ROWS[:30], {"text": " ", "label": "a"}, *ROWS[30:]]
    dataset = folder_of(tmp_path / "data", WRITERS[suffix], suffix, rows)
    splits, streamed = load_splits(dataset, FIELDS), open_stream(dataset)
    assert list(streamed.train.read()) == splits["train"].rows.to_list() == ROWS
    assert len(streamed.train) == 60
    assert streamed.train.sizes.tolist() == [[[len(row["text"]), 3]] for row in ROWS]
    for start in (0, 1, 29, 30, 59, 60, 99):
        assert list(streamed.train.read(start)) == ROWS[start:]
    for name in ("validation", "test"):
        assert streamed.held_out[name].rows.to_list() == splits[name].rows.to_list()
    assert [(o.reason, o.rows, o.first) for o in streamed.train.omissions] == [
        (o.reason, o.rows, o.first) for o in splits["train"].omissions
    ]
    order = ["b", "a", "c"] if suffix == "parquet" else ["a", "b"]
    assert streamed.train.labels == {label: sum(row["label"] == label for row in ROWS) for label in order}
    report = DataReport.of({"train": streamed.train, **streamed.held_out})
    assert report.splits == {"train": 60, "validation": 9, "test": 9}


def test_shards_are_read_one_after_another(tmp_path):
    for name, of in (("train-1", ROWS[:25]), ("train-2", ROWS[25:]), ("validation", ROWS[:9])):
        (tmp_path / f"{name}.jsonl").write_text(lines(of))
    streamed = open_stream(str(tmp_path))
    for start in (0, 24, 25, 40):
        assert list(streamed.train.read(start)) == ROWS[start:]


def test_changed_rows_have_another_fingerprint(tmp_path):
    def fingerprint():
        return DataReport.of({"train": open_stream(dataset).train}).fingerprints()["train"]

    dataset = folder_of(tmp_path / "data", WRITERS["jsonl"], "jsonl")
    first = fingerprint()
    assert fingerprint() == first
    (tmp_path / "data" / "train.jsonl").write_text(lines([*ROWS[:-1], {**ROWS[-1], "label": "b"}]))
    assert fingerprint() != first


def test_rows_are_held_out_where_there_is_no_validation(tmp_path):
    rows = [{"text": f"t {number // 2}", "label": "ab"[number % 4 > 1]} for number in range(200)]
    rows.append({"text": "alone", "label": "rare"})
    path = tmp_path / "rows.jsonl"
    path.write_text(lines(rows))
    streamed = open_stream(str(path))
    texts = {"train": [row["text"] for row in streamed.train.read()]}
    texts |= {name: split.rows["text"] for name, split in streamed.held_out.items()}
    assert {name: len(of) for name, of in texts.items()} == {"train": 201 - 80, "validation": 20, "test": 20}
    for name, of in texts.items():
        assert not any(set(of) & set(others) for other, others in texts.items() if other != name)
    assert "alone" in texts["train"]  # else a label would be in no row of train
    assert list(open_stream(str(path)).train.read()) == list(streamed.train.read())


def test_a_column_may_name_the_splits(tmp_path):
    rows = [{**row, "split": ["train", "train", "dev", "other"][number % 4]} for number, row in enumerate(ROWS)]
    path = tmp_path / "rows.jsonl"
    path.write_text(lines(rows))
    streamed = open_stream(str(path))
    of = {
        name: [{"text": row["text"], "label": row["label"]} for row in rows if row["split"] == name]
        for name in ("train", "dev")
    }
    assert list(streamed.train.read()) == of["train"]
    assert streamed.held_out["validation"].rows.to_list() == of["dev"]
    assert [(omission.reason, omission.rows) for omission in streamed.train.omissions] == [("of no split", 15)]


def test_samples_are_spread_over_all_rows(tmp_path):
    dataset = folder_of(tmp_path / "data", WRITERS["jsonl"], "jsonl")
    assert list(open_stream(dataset).train.sample) == ROWS
    sample = open_stream(dataset, sample_rows=20).train.sample
    places = [ROWS.index(row) for row in sample]
    assert places == sorted(places)
    assert len(set(places)) == 20
    assert max(places) > 40
    assert min(places) < 20


def test_smallest_keys_keep_to_their_limits():
    keys = [(number * 37) % 101 for number in range(101)]
    kept = SmallestKeys[int](5, 1000)
    for index, key in enumerate(keys):
        kept.add(key, index, key, 1)
        kept.add(key, -index, key, 1)
    assert [rows.first for rows in kept.rows()] == [0, 1, 2, 3, 4]
    assert all(len(rows.indices) == 2 for rows in kept.rows())
    short = SmallestKeys[int](100, 10)
    for index, key in enumerate(keys):
        short.add(key, index, key, 3)
    assert [rows.first for rows in short.rows()] == [0, 1, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*ROWS, {"text": "one", "label": None}], r"train.jsonl, line 61: the label is missing"),
        ([*ROWS, {"text": "one", "label": "3"}], r"train.jsonl, line 61: the label '3' is a number among words"),
        ([{"text": "", "label": "a"}] * 3, "no row has any text"),
        ([{**row, "label": "a"} for row in ROWS], "all rows have the label 'a'|labels that train has not"),
        ([{**row, "label": row["text"]} for row in ROWS], "60 different labels in 60 rows"),
    ],
)
def test_damaged_rows_are_errors(tmp_path, rows, message):
    dataset = folder_of(tmp_path / "data", WRITERS["jsonl"], "jsonl", rows)
    with pytest.raises(DataError, match=message):
        open_stream(dataset, {"text": "text", "label": "label"})


def test_rows_in_the_order_of_their_labels_are_noted(tmp_path):
    rows = [{"text": f"text {number}", "label": "ab"[number > 700]} for number in range(1400)]
    dataset = folder_of(tmp_path / "data", WRITERS["jsonl"], "jsonl", rows)
    assert any("in the order of their labels" in note for note in open_stream(dataset).train.notes)
    random.Random(0).shuffle(rows)
    dataset = folder_of(tmp_path / "data", WRITERS["jsonl"], "jsonl", rows)
    assert not any("in the order" in note for note in open_stream(dataset).train.notes)


def test_sets_of_the_hub_are_streamed(tmp_path, monkeypatch):
    import datasets

    asked = []

    def load(repository, config, *, streaming):
        asked.append((repository, streaming))
        rows = Dataset.from_list(ROWS).to_iterable_dataset(num_shards=3)
        return datasets.IterableDatasetDict({"train": rows, "test": rows.take(12)})

    monkeypatch.setattr("nlprnn.data.formats.hub._hub_answers", lambda repository: True)
    monkeypatch.setattr(datasets, "load_dataset", load)
    streamed = open_stream("someone/reviews")
    assert asked == [("someone/reviews", True)]
    assert len(streamed.train) == 54  # a tenth is held out for validation
    held_out = streamed.held_out["validation"].rows["text"]
    assert list(streamed.train.read(20)) == [row for row in ROWS if row["text"] not in held_out][20:]
    assert streamed.held_out["test"].rows.to_list() == ROWS[:12]


def test_text_files_are_read_in_pieces(tmp_path):
    text = "".join(f"Line {number} of a long text.\r\n" for number in range(4000))
    for name in ("train", "validation"):
        (tmp_path / f"{name}.txt").write_text(text, newline="")
    streamed = stream_documents(str(tmp_path), sample_rows=100)
    pieces = [row["text"] for row in streamed.train.read()]
    assert "".join(pieces) == text.replace("\r\n", "\n")
    assert len(pieces) > 5
    assert all(piece.endswith("\n") for piece in pieces)
    assert streamed.are_pieces
    assert streamed.documents == 1
    in_memory = load_documents(str(tmp_path))
    assert streamed.held_out["validation"].texts == in_memory["validation"].texts


def test_pieces_of_a_single_text_are_held_out(tmp_path):
    path = tmp_path / "novel.txt"
    path.write_text("".join(f"Line {number} of a long text.\n" for number in range(20_000)))
    streamed = stream_documents(str(path), sample_rows=100)
    train = {row["text"] for row in streamed.train.read()}
    assert list(streamed.held_out) == ["validation", "test"]
    for documents in streamed.held_out.values():
        assert documents.texts
        assert not train & set(documents.texts)
