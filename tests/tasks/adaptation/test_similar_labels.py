"""What a classifier's answers say of the labels of new data."""

from __future__ import annotations

import numpy as np
import pytest

from nlprnn.tasks.adaptation.similar_labels import explained_variance, sampled_rows, similar_labels


def probabilities(positive):
    return np.column_stack([1 - np.asarray(positive), positive])


def test_labels_that_are_the_answers_explain_all():
    assert explained_variance(probabilities([0.9, 0.1, 0.9, 0.1]), np.array([7, 2, 7, 2])) == pytest.approx(1.0)


def test_labels_by_chance_explain_nothing_however_many_they_are():
    random = np.random.default_rng(3)
    for number in (2, 20, 60):
        shares = [
            explained_variance(probabilities(random.random(200)), random.integers(number, size=200)) for _ in range(40)
        ]
        assert abs(np.mean(shares)) < 0.03


@pytest.mark.parametrize(
    ("positive", "targets"), [([0.3, 0.8], [0, 1]), ([0.5, 0.5, 0.5], [0, 1, 1]), ([0.1, 0.7, 0.9], [0, 0, 0])]
)
def test_too_little_to_compare_explains_nothing(positive, targets):
    assert explained_variance(probabilities(positive), np.array(targets)) <= 0


def test_grades_between_two_labels_are_like_both():
    positive, targets = [0.9, 0.8, 0.5, 0.4, 0.1, 0.2], [0, 0, 1, 1, 2, 2]
    assert similar_labels(probabilities(positive), np.array(targets), 4) == [[1], [0, 1], [0], [0, 1]]


def test_labels_differ_where_one_answer_is_too_frequent():
    assert similar_labels(probabilities([0.99, 0.98, 0.6, 0.5]), np.array([1, 1, 0, 0]), 2) == [[0], [1]]
    assert similar_labels(probabilities([0.01, 0.02, 0.3, 0.4]), np.array([0, 0, 1, 1]), 2) == [[0], [1]]


def test_a_single_label_is_like_all():
    assert similar_labels(probabilities([0.2, 0.7]), np.array([0, 0]), 1) == [[0, 1]]


def test_rows_are_spread_over_a_split():
    assert list(range(10))[sampled_rows(10)] == list(range(10))
    rows = range(2_500)[sampled_rows(2_500)]
    assert len(rows) <= 1_000
    assert rows[-1] > 2_400
