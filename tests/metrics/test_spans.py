from __future__ import annotations

import numpy as np
import pytest

from nlprnn.metrics.spans import count_spans, span_scores, tag_confusion_matrix, tagging_scores

TARGET = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG", "I-ORG", "I-ORG"], ["B-LOC"]]
PREDICTED = [["B-PER", "I-PER", "O", "B-ORG"], ["O", "B-ORG", "I-ORG", "O"], ["I-LOC"]]


def test_span_matches_if_both_ends_and_kind_match():
    # As `conlleval` counts: 4 phrases, 4 predicted, 2 correct; 6 of 9 tags are, for tags are compared as strings.
    assert count_spans(PREDICTED, TARGET) == {"LOC": (1, 1, 2), "ORG": (0, 2, 1), "PER": (1, 1, 1)}
    scores = tagging_scores(PREDICTED, TARGET, span_scheme=True)
    assert list(scores) == ["f1", "precision", "recall", "accuracy"]
    assert scores == pytest.approx({"f1": 50, "precision": 50, "recall": 50, "accuracy": 100 * 6 / 9})


def test_precision_and_recall_are_not_swapped():
    scores = tagging_scores([["B-PER", "B-LOC", "B-LOC"]], [["B-PER", "O", "O"]], span_scheme=True)
    assert (scores["precision"], scores["recall"]) == pytest.approx((100 / 3, 100))


def test_scores_of_each_kind():
    scores = span_scores(count_spans(PREDICTED, TARGET))
    np.testing.assert_allclose(scores.precision, [100, 0, 100])
    np.testing.assert_allclose(scores.recall, [50, 0, 100])
    np.testing.assert_allclose(scores.f1, [200 / 3, 0, 100])
    assert scores.support.tolist() == [2, 1, 1]


def test_tags_of_words_have_accuracy_and_macro_f1():
    predicted, target = [["NOUN", "NOUN"], ["NOUN"]], [["NOUN", "VERB"], ["NOUN"]]
    scores = tagging_scores(predicted, target, span_scheme=False)
    assert scores == pytest.approx({"accuracy": 200 / 3, "macro_f1": 40})
    names, matrix = tag_confusion_matrix(predicted, target)
    assert names == ["NOUN", "VERB"]
    assert matrix.tolist() == [[2, 0], [1, 0]]


def test_f1_is_0_without_spans():
    scores = tagging_scores([["O", "O"]], [["O", "O"]], span_scheme=True)
    assert scores == {"f1": 0, "precision": 0, "recall": 0, "accuracy": 100}
    assert span_scores({}).f1.shape == (0,)


def test_sentences_that_differ_in_length_are_an_error():
    for predicted, target in (([["O", "O"]], [["O"]]), ([], [["O"]]), ([["O"]], [["O"], []])):
        with pytest.raises(ValueError, match="word for word"):
            tagging_scores(predicted, target, span_scheme=True)
    with pytest.raises(ValueError, match="nothing to score"):
        tagging_scores([[]], [[]], span_scheme=False)
