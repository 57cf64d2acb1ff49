from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nlprnn.metrics.classification import calibration_error, classification_scores, confusion_matrix


def test_scores_match_hand_computed_values():
    # Labels 0 0 1 2, predictions 0 1 1 1; the logits are logarithms of probabilities.
    probabilities = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.2, 0.5, 0.3], [0.1, 0.5, 0.4]])
    scores = classification_scores(np.log(probabilities), np.array([0, 0, 1, 2]))
    assert scores["accuracy"] == 50.0
    # F1 of 0: precision 1, recall 1/2; of 1: precision 1/3, recall 1; of 2: no match.
    assert scores["macro_f1"] == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)
    assert scores["loss"] == pytest.approx(-np.log([0.7, 0.3, 0.5, 0.4]).mean())
    assert list(scores) == ["accuracy", "macro_f1", "loss"]


@given(
    logits=st.integers(1, 20).flatmap(
        lambda rows: st.integers(1, 5).flatmap(
            lambda classes: hnp.arrays(np.float32, (rows, classes), elements=st.floats(-50, 50, width=32))
        )
    ),
    data=st.data(),
)
def test_scores_match_a_plain_loop(logits, data):
    rows, classes = logits.shape
    labels = np.array(data.draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)))
    predictions = [max(range(classes), key=lambda c, row=row: row[c]) for row in logits.tolist()]
    losses = [math.log(sum(math.exp(x - row[y]) for x in row)) for row, y in zip(logits.tolist(), labels, strict=True)]
    f1 = []
    for c in range(classes):
        pairs = list(zip(predictions, labels, strict=True))
        matched = sum(p == c == y for p, y in pairs)
        predicted, target = sum(p == c for p, _ in pairs), sum(y == c for _, y in pairs)
        if predicted + target:
            f1.append(2 * matched / (predicted + target))
    scores = classification_scores(logits, labels)
    assert scores["accuracy"] == pytest.approx(100 * np.mean(np.array(predictions) == labels))
    assert scores["macro_f1"] == pytest.approx(100 * np.mean(f1))
    assert scores["loss"] == pytest.approx(np.mean(losses), rel=1e-6, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_macro_f1_matches_scikit_learn(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    predicted, target = np.array(pairs).T
    expected = metrics.f1_score(target, predicted, average="macro")
    assert classification_scores(np.eye(9)[predicted], target)["macro_f1"] == pytest.approx(100 * expected)


def test_large_logits_do_not_overflow():
    scores = classification_scores(np.array([[1e4, 0.0], [0.0, 1e4]], dtype=np.float32), np.array([0, 0]))
    assert scores["loss"] == pytest.approx(5e3)


def test_confusion_matrix_has_targets_as_rows():
    matrix = confusion_matrix(np.array([1, 1, 0, 1]), np.array([0, 0, 0, 1]), 3)
    assert matrix.tolist() == [[1, 2, 0], [0, 1, 0], [0, 0, 0]]


def test_no_rows_are_an_error():
    with pytest.raises(ValueError, match="nothing to score"):
        classification_scores(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    with pytest.raises(ValueError, match="nothing to score"):
        calibration_error(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))


def test_calibration_error_matches_hand_computed_value():
    # Predictions 0 0 0 1 1; right are the 1st, 2nd and 4th. In 15 bins 0.81 and 0.85 share (12/15, 13/15], 0.95 and
    # 0.98 share (14/15, 1], and 0.6 is the upper end of (8/15, 9/15].
    confidence = np.array([0.81, 0.85, 0.6, 0.95, 0.98])
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    probabilities[3:] = probabilities[3:, ::-1]
    by_hand = (2 * abs(1 - 0.83) + 1 * abs(0 - 0.6) + 2 * abs(0.5 - 0.965)) / 5
    assert calibration_error(probabilities, np.array([0, 0, 1, 1, 0])) == pytest.approx(100 * by_hand)
    # One bin compares accuracy with the mean confidence.
    assert calibration_error(probabilities, np.array([0, 0, 1, 1, 0]), bins=1) == pytest.approx(
        100 * abs(0.6 - confidence.mean())
    )


@given(
    rows=st.lists(st.tuples(st.floats(0.5, 1), st.booleans()), min_size=1, max_size=40),
    bins=st.integers(1, 20),
)
def test_calibration_error_matches_a_plain_loop(rows, bins):
    probabilities = np.array([[p, 1 - p] for p, _ in rows])
    labels = np.array([0 if right else 1 for _, right in rows])
    expected = 0.0
    for number in range(bins):
        inside = [(p, y == 0) for (p, _), y in zip(rows, labels, strict=True) if math.ceil(p * bins) - 1 == number]
        if inside:
            accuracy = sum(correct for _, correct in inside) / len(inside)
            confidence = sum(p for p, _ in inside) / len(inside)
            expected += len(inside) / len(rows) * abs(accuracy - confidence)
    assert calibration_error(probabilities, labels, bins=bins) == pytest.approx(100 * expected, abs=1e-9)


def test_calibration_error_is_0_if_sure_and_right_100_if_wrong():
    sure = np.array([[1.0, 0.0]] * 4)
    assert calibration_error(sure, np.zeros(4, dtype=np.int64)) == 0
    assert calibration_error(sure, np.ones(4, dtype=np.int64)) == 100
