"""Tables in, tables out: all columns are kept, and the answers of each row are those of its text."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import nlprnn
from nlprnn import Classifier
from nlprnn.text import WordTokenizer

HEAD = ["id", "title", "body", "label"]
ROWS = [
    ["007", "good", "a film; quite", "x"],
    ["8", "bad", 'a "film"\nof two lines', "NA"],
    ["9", "", "", ""],
    ["10", "great", "fun", "y"],
]
TEXTS = ["good\na film; quite", 'bad\na "film"\nof two lines', "", "great\nfun"]


def write_csv(path, delimiter=","):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([HEAD, *ROWS])
    data = file.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def read(path):
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if ".jsonl" in path.name:
        return [json.loads(line) for line in data.decode().split("\n")[:-1]]
    if ".parquet" in path.name:
        return pq.read_table(path).to_pylist()
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter="\t" if ".tsv" in path.name else ","))


@pytest.fixture
def classify(nlprnn_command, classifier_folder):
    def call(path, *arguments):
        result = nlprnn_command("classify", "--model", classifier_folder, "--file", path, *arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


@pytest.mark.parametrize("name", ["out.csv", "out.tsv.gz", "out.jsonl", "out.parquet"])
def test_columns_are_kept_and_texts_concatenated(classify, classifier_folder, tmp_path, name):
    table = write_csv(tmp_path / "in.csv.gz", ";")
    result = classify(table, "--text-field", "title,body", "--out", tmp_path / name)
    rows = read(tmp_path / name)
    assert [[row[column] for column in HEAD] for row in rows] == ROWS
    expected = nlprnn.load(classifier_folder)(TEXTS)
    assert [row["predicted_label"] for row in rows] == [one.label for one in expected]
    assert [float(row["probability"]) for row in rows] == pytest.approx([one.probability for one in expected], abs=1e-6)
    assert [bool(row.get("empty")) for row in rows] == [not text.strip() for text in TEXTS]
    assert "'label' already: the answers are in 'predicted_label'" in result.stderr
    assert "1 row, the first is" in result.stderr
    assert result.stdout == ""


def test_json_has_the_columns_too(classify, tmp_path):
    table = write_csv(tmp_path / "in.csv")
    records = [json.loads(line) for line in classify(table, "--text-field", "body", "--json").stdout.splitlines()]
    assert [[record[column] for column in HEAD] for record in records] == ROWS
    assert all(set(record["probabilities"]) == {"bad", "good", "mixed"} for record in records)


def test_typed_columns_keep_their_types(classify, tmp_path):
    dates = pa.array([date(2020, 1, 2), None])
    codes = pa.array([1, 0], pa.int8())
    table = pa.table({"text": ["good", "bad"], "day": dates, "code": codes, "tags": [["a"], []]})
    pq.write_table(table, tmp_path / "in.parquet")
    classify(tmp_path / "in.parquet", "--out", tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.select(table.column_names).equals(table)
    classify(tmp_path / "in.parquet", "--out", tmp_path / "out.csv")
    assert [(row["day"], row["tags"]) for row in read(tmp_path / "out.csv")] == [("2020-01-02", '["a"]'), ("", "[]")]


def test_rows_of_json_may_differ(classify, fails, classifier_folder, tmp_path):
    rows = [{"text": "good", "meta": {"id": 1}}, {"text": "bad", "extra": [1.5], "unknown_words": 3}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    classify(tmp_path / "in.jsonl", "--out", tmp_path / "out.csv")
    first, second = read(tmp_path / "out.csv")
    assert (first["meta.id"], first["extra"], second["extra"], second["unknown_words"]) == ("1", "", "[1.5]", "3")
    assert second["predicted_unknown_words"] == "0.0"
    (tmp_path / "mixed.jsonl").write_text('{"text": "good", "x": 1}\n{"text": "bad", "x": "one"}\n')
    call = ("classify", "--model", classifier_folder, "--file", tmp_path / "mixed.jsonl", "--out")
    fails(*call, tmp_path / "out.parquet", words=["mixed.jsonl", "several types", ".jsonl"])
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    ("verb", "model", "column"),
    [
        ("rate", "regressor", "number"),
        ("tag", "tagger", "spans"),
        ("translate", "translator", "translation"),
        ("explain", "classifier", "scores"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_all_verbs_write_tables(nlprnn_command, request, tmp_path, verb, model, column, kind):
    folder = request.getfixturevalue(f"{model}_folder")
    table = write_csv(tmp_path / "in.csv")
    call = (verb, "--model", folder, "--file", table, "--text-field", "body")
    result = nlprnn_command(*call, "--out", tmp_path / f"out.{kind}")
    assert result.exit_code == 0, (result.output, result.exception)
    rows = read(tmp_path / f"out.{kind}")
    assert [row["id"] for row in rows] == [row[0] for row in ROWS]
    assert all(row[column] not in (None, "") for row in rows if row["body"])
    assert len(nlprnn_command(*call, "--json").stdout.splitlines()) == len(ROWS)


def test_texts_are_written_as_tables_too(nlprnn_command, classifier_folder, tmp_path):
    call = ("classify", "--model", classifier_folder, "--out", tmp_path / "out.csv")
    assert nlprnn_command(*call, input=b"good film\nbad\n").exit_code == 0
    assert [row["text"] for row in read(tmp_path / "out.csv")] == ["good film", "bad"]


def test_columns_of_training_come_first(classify, classifier_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    run = {"recipe": "sentiment", "command": "", "options": {}, "data": {"columns": {"text": {"column": "title"}}}}
    (folder / "run.json").write_text(json.dumps(run))
    table = write_csv(tmp_path / "in.csv")
    result = classify(table, "--model", folder, "--json")
    assert "text: title (as in training)" in result.stderr


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("id,text\n1,a\n", ("--text-field", "body"), ["in.csv", "no column 'body'", "id, text"]),
        ("id,text\n1,a\n", ("--lines", "--text-field", "text"), ["--lines"]),
        ("id,text\n1,a\n", ("--json", "--out", "out.csv"), ["--json", ".jsonl"]),
        ("id,text\n1,a,b\n", ("--out", "out.csv"), ["in.csv, line 2", "3 cells"]),
        ("id,text\n1,a\n", ("--out", "out.xlsx"), ["out.xlsx", ".parquet"]),
        ("", (), ["in.csv is empty"]),
    ],
)
def test_mistakes_are_one_sentence(fails, classifier_folder, tmp_path, monkeypatch, content, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(content)
    fails("classify", "--model", classifier_folder, "--file", "in.csv", *arguments, words=words)
    assert not list(tmp_path.glob("out.*"))
    fails("classify", "--model", classifier_folder, "--text-field", "x", "good", words=["for tables"])


def test_unlikely_labels_are_unsure(classify, fails, classifier_folder, tmp_path):
    table = write_csv(tmp_path / "in.csv")
    rows = [json.loads(line) for line in classify(table, "--text-field", "body", "--json").stdout.splitlines()]
    limit = sum(sorted(row["probability"] for row in rows)[1:3]) / 2
    call = (table, "--text-field", "body", "--abstain", limit)
    decided = [json.loads(line) for line in classify(*call, "--json").stdout.splitlines()]
    likely = [row["predicted_label"] if row["probability"] >= limit else "unsure" for row in rows]
    assert [row["predicted_label"] for row in decided] == likely
    assert [row["probabilities"] for row in decided] == [row["probabilities"] for row in rows]
    assert [line.split()[0] for line in classify(*call).stdout.splitlines()] == likely
    assert 0 < likely.count("unsure") < len(likely)
    call = ("classify", "--model", classifier_folder, "good")
    fails(*call, "--threshold", 0.4, words=["--threshold is not for this model", "one label"])


def test_threshold_of_several_labels(nlprnn_command, fails, make_text_classifier, tmp_path):
    torch.manual_seed(0)
    model = make_text_classifier(labels=["a", "b", "c"])
    model.multi_label = True
    Classifier(model, WordTokenizer.train(["good bad film"])).save(tmp_path / "several")
    call = ("classify", "--model", tmp_path / "several", "good film")
    (probabilities,) = (json.loads(nlprnn_command(*call, "--json").stdout)["probabilities"],)
    low, middle, high = sorted(probabilities.values())
    for threshold, count in ((low, 3), (middle, 2), (high, 1)):
        answer = json.loads(nlprnn_command(*call, "--json", "--threshold", threshold - 1e-5).stdout)
        assert len(answer["labels"]) == count
    fails(*call, "--abstain", 0.4, words=["--abstain is not for this model", "several labels"])
