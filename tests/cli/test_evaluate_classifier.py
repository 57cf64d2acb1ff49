"""`nlprnn evaluate` on classifiers, as a user calls it."""

from __future__ import annotations

import json

import numpy as np
import pytest

import nlprnn
from nlprnn.metrics import calibration_error, classification_scores

pytestmark = pytest.mark.usefixtures("isolated_cache")

REVIEWS = [("a good film", "good"), ("a bad film", "bad"), ("great fun", "good"), ("dull , poorly told", "mixed")]


def test_scores_match_the_logits(evaluate, classifier_folder, write, tmp_path):
    path = write("reviews.jsonl", ["text", "label"], REVIEWS)
    scores = json.loads(evaluate(classifier_folder, path, "--json", "--predictions", tmp_path / "out.txt").stdout)
    classifier = nlprnn.load(classifier_folder)
    texts = [text for text, _ in REVIEWS]
    targets = [["bad", "good", "mixed"].index(label) for _, label in REVIEWS]
    logits = classifier.outputs(classifier.encode(texts))
    assert {name: scores[name] for name in ("accuracy", "macro_f1", "loss")} == pytest.approx(
        classification_scores(logits, np.array(targets))
    )
    predictions = [prediction.label for prediction in classifier(texts)]
    assert (tmp_path / "out.txt").read_text().splitlines() == predictions
    assert scores["labels"] == list(scores["classes"]) == ["bad", "good", "mixed"]
    for row, label in enumerate(scores["labels"]):
        predicted = [
            prediction for prediction, (_, target) in zip(predictions, REVIEWS, strict=True) if target == label
        ]
        assert scores["confusion"][row] == [predicted.count(other) for other in scores["labels"]]
        assert scores["classes"][label]["support"] == len(predicted)
        assert scores["classes"][label]["recall"] == pytest.approx(100 * predicted.count(label) / len(predicted))


def test_absent_labels_are_named_and_not_in_macro_f1(evaluate, classifier_folder, write):
    classifier = nlprnn.load(classifier_folder)
    texts = [text for text, _ in REVIEWS]
    predictions = [prediction.label for prediction in classifier(texts)]
    label = predictions[0]
    right = [(text, label) for text, predicted in zip(texts, predictions, strict=True) if predicted == label]
    result = evaluate(classifier_folder, write("a.jsonl", ["text", "label"], right), "--json")
    scores = json.loads(result.stdout)
    assert (scores["accuracy"], scores["macro_f1"]) == (100, 100)
    assert "2 of the model's 3 labels are neither in the data nor predicted" in " ".join(result.stderr.split())
    assert all(repr(other) in result.stderr for other in scores["labels"] if other != label)


def test_tables_match_the_json(evaluate, classifier_folder, write):
    path = write("reviews.jsonl", ["text", "label"], REVIEWS * 50)
    scores = json.loads(evaluate(classifier_folder, path, "--json").stdout)
    lines = evaluate(classifier_folder, path).stdout.splitlines()
    assert lines[0].split() == ["precision", "recall", "F1", "support"]
    for line, (label, values) in zip(lines[1:4], scores["classes"].items(), strict=True):
        assert line.split() == [
            label,
            *(f"{values[name]:.2f}" for name in ("precision", "recall", "f1")),
            str(values["support"]),
        ]
    assert lines[6].split() == ["1", "2", "3"]
    for line, number, label, row in zip(lines[7:10], "123", scores["labels"], scores["confusion"], strict=True):
        assert line.split() == [number, label, *map(str, row)]
        assert len(line) == len(lines[6])
    assert lines[-1].startswith(f"accuracy {scores['accuracy']:.4g}")


def test_columns_of_a_csv_file(evaluate, classifier_folder, tmp_path):
    rows = [f"{label},{text.replace(',', '')},x" for text, label in REVIEWS]
    (tmp_path / "a.csv").write_text("\n".join(["stars,body,title", *rows]) + "\n")
    result = evaluate(classifier_folder, tmp_path / "a.csv", "--text-field", "body", "--label-field", "stars")
    assert "scored: 4 rows" in result.stderr


@pytest.mark.parametrize(("split", "rows"), [(None, 3), ("validation", 2), ("train", 20)])
def test_split_option_selects_the_split(evaluate, classifier_folder, write, tmp_path, split, rows):
    for name, count in (("train", 20), ("dev", 2), ("test", 3)):
        write(
            f"data/{name}.jsonl",
            ["text", "label"],
            [(f"film {n}", "good" if n % 2 else "bad") for n in range(count)],
        )
    result = evaluate(classifier_folder, tmp_path / "data", *(() if split is None else ("--split", split)))
    assert f"scored: {rows} rows" in result.stderr


def test_unknown_label_is_named_with_its_line(fails, classifier_folder, write):
    path = write("reviews.jsonl", ["text", "label"], [*REVIEWS, ("so so", "average")])
    call = ("evaluate", "--model", classifier_folder, "--dataset", path)
    fails(*call, words=["reviews.jsonl, line 5", "'average'", "'bad', 'good', 'mixed'", "--label-field"])


@pytest.mark.parametrize(
    ("name", "content", "arguments", "words"),
    [
        ("a.csv", b"", (), ["a.csv is empty"]),
        ("a.csv", b"text,label\n", (), ["a.csv is empty"]),
        ("a.csv", b"text,label\nx,good\ncaf\xe9,bad\n", (), ["a.csv, line 3", "UTF-8"]),
        (
            "a.csv",
            b"text,label\nx,good\n",
            ("--label-field", "lable"),
            ["a.csv", "'lable'", "did you mean 'label'"],
        ),
        ("a.csv", b"text,label\nx,good\ny,\n", (), ["a.csv, line 3", "label is missing"]),
        ("a.csv", b"text,label\nx,\ny,\n", (), ["a.csv", "no row has a label"]),
        ("a.txt", b"one\ntwo\n", (), ["a.txt", "--label-field"]),
        ("a.docx", b"one", (), ["a.docx", "document"]),
        ("a.xyz", b"one", (), ["a.xyz"]),
    ],
)
def test_data_that_cannot_be_scored(fails, classifier_folder, tmp_path, name, content, arguments, words):
    (tmp_path / name).write_bytes(content)
    call = ("evaluate", "--model", classifier_folder, "--dataset", tmp_path / name)
    fails(*call, *arguments, words=words)


@pytest.mark.parametrize("name", ["test", "dev"])
def test_folder_without_a_training_split_is_scored(evaluate, classifier_folder, tmp_path, name):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "README.md").write_text("Reviews.")
    path = folder / f"{name}.csv"
    path.write_text("text,label\n" + "good,good\nbad,bad\nfine,good\n" * 5)
    whole = evaluate(classifier_folder, path, "--json").stdout
    split = {"test": "test", "dev": "validation"}[name]
    assert evaluate(classifier_folder, folder, "--json").stdout == whole
    assert evaluate(classifier_folder, folder, "--split", split, "--json").stdout == whole


def test_missing_split(fails, classifier_folder, write, tmp_path):
    for name in ("train", "dev"):
        write(f"data/{name}.jsonl", ["text", "label"], REVIEWS * 5)
    call = ("evaluate", "--model", classifier_folder, "--dataset")
    fails(*call, tmp_path / "data", words=[tmp_path / "data", "no test", "train, validation", "--split"])
    fails(*call, tmp_path / "none", words=[tmp_path / "none", "no such"])
    fails(*call, tmp_path / "none.csv", words=["none.csv", "no such"])


def test_calibration_error_matches_probabilities(evaluate, classifier_folder, write):
    path = write("reviews.jsonl", ["text", "label"], REVIEWS)
    actual = json.loads(evaluate(classifier_folder, path, "--json").stdout)["calibration_error"]
    predictions = nlprnn.load(classifier_folder)([text for text, _ in REVIEWS])
    probabilities = np.array([[one.probabilities[name] for name in ("bad", "good", "mixed")] for one in predictions])
    targets = np.array([["bad", "good", "mixed"].index(label) for _, label in REVIEWS])
    assert actual == pytest.approx(calibration_error(probabilities, targets), abs=1e-3)
    assert f"calibration_error {actual:.4g}" in evaluate(classifier_folder, path).stdout.splitlines()[-1]


def test_most_confident_errors_are_listed(evaluate, classifier_folder, write):
    rows = [*REVIEWS, ("a good\nfilm " * 50, "mixed"), ("", "bad"), ("great , good fun", "bad")]
    path = write("reviews.jsonl", ["text", "label"], rows)
    texts = [text for text, _ in rows]
    wrong = [
        (-prediction.probability, number, prediction.label)
        for number, (prediction, (_, label)) in enumerate(
            zip(nlprnn.load(classifier_folder)(texts), rows, strict=True), 1
        )
        if prediction.label != label
    ]
    assert len(wrong) > 2
    actual = json.loads(evaluate(classifier_folder, path, "--json", "--show-errors", 100).stdout)["errors"]
    for error, (probability, number, prediction) in zip(actual, sorted(wrong), strict=True):
        assert error["probability"] == pytest.approx(-probability, abs=1e-5)
        assert error["place"] == f"{path}, line {number}"
        assert (error["prediction"], error["label"]) == (prediction, rows[number - 1][1])
        assert error["text"].rstrip("…") in " ".join(texts[number - 1].split())
        assert len(error["text"]) <= 100
    first = json.loads(evaluate(classifier_folder, path, "--json", "--show-errors", 2).stdout)["errors"]
    assert first == actual[:2]
    assert "errors" not in json.loads(evaluate(classifier_folder, path, "--json").stdout)
    lines = evaluate(classifier_folder, path, "--show-errors", 2).stdout.splitlines()
    at = lines.index(next(line for line in lines if line.startswith("most confident errors")))
    assert f"(2 of {len(wrong)})" in lines[at]
    for line, error in zip(lines[at + 1 : at + 3], actual, strict=False):
        predicted, targets, number = error["prediction"], error["label"], error["place"].rsplit(maxsplit=1)[1]
        assert line.split()[:6] == [f"{error['probability']:.1%}", predicted, "for", targets, "line", number]
        assert line.endswith(error["text"])
    assert lines[at + 3] == ""


def test_no_errors_to_list(evaluate, classifier_folder, write):
    label = nlprnn.load(classifier_folder)(["great fun"])[0].label
    path = write("reviews.jsonl", ["text", "label"], [("great fun", label)])
    assert "no errors" in evaluate(classifier_folder, path, "--show-errors", 5).stdout.splitlines()
    assert json.loads(evaluate(classifier_folder, path, "--show-errors", 5, "--json").stdout)["errors"] == []
