"""What `nlprnn evaluate` tells of a classifier beside its tables: calibration, and where it errs."""

from __future__ import annotations

import json

import numpy as np
import pytest

import nlprnn
from nlprnn.metrics import calibration_error

pytestmark = pytest.mark.usefixtures("own_cache")

REVIEWS = [("a good film", "good"), ("a bad film", "bad"), ("great fun", "good"), ("dull , poorly told", "mixed")]


def test_calibration_error_matches_probabilities(evaluate, classifier_folder, write):
    path = write("reviews.jsonl", ["text", "label"], REVIEWS)
    found = json.loads(evaluate(classifier_folder, path, "--json").stdout)["calibration_error"]
    predictions = nlprnn.load(classifier_folder)([text for text, _ in REVIEWS])
    probabilities = np.array([[one.probabilities[name] for name in ("bad", "good", "mixed")] for one in predictions])
    gold = np.array([["bad", "good", "mixed"].index(label) for _, label in REVIEWS])
    assert found == pytest.approx(calibration_error(probabilities, gold), abs=1e-3)
    assert f"calibration_error {found:.4g}" in evaluate(classifier_folder, path).stdout.splitlines()[-1]


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
    found = json.loads(evaluate(classifier_folder, path, "--json", "--show-errors", 100).stdout)["errors"]
    for error, (probability, number, prediction) in zip(found, sorted(wrong), strict=True):
        assert error["probability"] == pytest.approx(-probability, abs=1e-5)
        assert error["place"] == f"{path}, line {number}"
        assert (error["prediction"], error["label"]) == (prediction, rows[number - 1][1])
        assert error["text"].rstrip("…") in " ".join(texts[number - 1].split())
        assert len(error["text"]) <= 100
    first = json.loads(evaluate(classifier_folder, path, "--json", "--show-errors", 2).stdout)["errors"]
    assert first == found[:2]
    assert "errors" not in json.loads(evaluate(classifier_folder, path, "--json").stdout)
    lines = evaluate(classifier_folder, path, "--show-errors", 2).stdout.splitlines()
    at = lines.index(next(line for line in lines if line.startswith("most confident errors")))
    assert f"(2 of {len(wrong)})" in lines[at]
    for line, error in zip(lines[at + 1 : at + 3], found, strict=False):
        said, gold, number = error["prediction"], error["label"], error["place"].rsplit(maxsplit=1)[1]
        assert line.split()[:6] == [f"{error['probability']:.1%}", said, "for", gold, "line", number]
        assert line.endswith(error["text"])
    assert lines[at + 3] == ""


def test_no_errors_to_list(evaluate, classifier_folder, write):
    label = nlprnn.load(classifier_folder)(["great fun"])[0].label
    path = write("reviews.jsonl", ["text", "label"], [("great fun", label)])
    assert "no errors" in evaluate(classifier_folder, path, "--show-errors", 5).stdout.splitlines()
    assert json.loads(evaluate(classifier_folder, path, "--show-errors", 5, "--json").stdout)["errors"] == []
