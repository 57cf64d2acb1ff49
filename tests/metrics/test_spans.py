from __future__ import annotations

import numpy as np
import pytest

from nlprnn.metrics.spans import kind_scores, label_scores, span_counts, tagging_scores

GOLD = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG", "I-ORG", "I-ORG"], ["B-LOC"]]
FOUND = [["B-PER", "I-PER", "O", "B-ORG"], ["O", "B-ORG", "I-ORG", "O"], ["I-LOC"]]


def test_a_span_is_right_if_both_ends_and_kind_are():
    # As `conlleval` counts: 4 phrases, 4 found, 2 right; 6 of 9 tags are, for these are compared as they stand.
    assert span_counts(GOLD, FOUND) == {"LOC": (1, 1, 2), "ORG": (0, 2, 1), "PER": (1, 1, 1)}
    scores = tagging_scores(GOLD, FOUND, spans=True)
    assert list(scores) == ["f1", "precision", "recall", "accuracy"]
    assert scores == pytest.approx({"f1": 50, "precision": 50, "recall": 50, "accuracy": 100 * 6 / 9})


def test_each_kind_has_its_scores():
    scores = kind_scores(span_counts(GOLD, FOUND))
    np.testing.assert_allclose(scores.precision, [100, 0, 100])
    np.testing.assert_allclose(scores.recall, [50, 0, 100])
    np.testing.assert_allclose(scores.f1, [200 / 3, 0, 100])
    assert scores.support.tolist() == [2, 1, 1]


def test_tags_of_words_have_accuracy_and_macro_f1():
    gold, found = [["NOUN", "VERB"], ["NOUN"]], [["NOUN", "NOUN"], ["NOUN"]]
    assert tagging_scores(gold, found, spans=False) == pytest.approx({"accuracy": 200 / 3, "macro_f1": 40})
    labels, matrix = label_scores(gold, found)
    assert labels == ["NOUN", "VERB"]
    assert matrix.tolist() == [[2, 0], [1, 0]]


def test_where_there_is_no_span_f1_is_nought():
    scores = tagging_scores([["O", "O"]], [["O", "O"]], spans=True)
    assert scores == {"f1": 0, "precision": 0, "recall": 0, "accuracy": 100}
    assert kind_scores({}).f1.shape == (0,)


def test_what_cannot_be_compared_is_refused():
    for gold, found in (([["O"]], [["O", "O"]]), ([["O"]], []), ([["O"], []], [["O"]])):
        with pytest.raises(ValueError, match="word for word"):
            tagging_scores(gold, found, spans=True)
    with pytest.raises(ValueError, match="nothing to score"):
        tagging_scores([[]], [[]], spans=False)
