from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.metrics.multi_label import label_scores, multi_label_scores

sklearn_metrics = pytest.importorskip("sklearn.metrics")


@settings(max_examples=15, deadline=None)
@given(
    rows=st.integers(1, 12),
    labels=st.integers(1, 5),
    threshold=st.sampled_from([0.2, 0.5, 0.7]),
    seed=st.integers(0, 99),
)
def test_scores_match_scikit_learn(rows, labels, threshold, seed):
    rng = np.random.default_rng(seed)
    logits, target = rng.normal(size=(rows, labels)), rng.random((rows, labels)) < 0.4
    probabilities = 1 / (1 + np.exp(-logits))
    predicted = probabilities >= threshold
    scores = multi_label_scores(logits, target, threshold=threshold)
    options = {"average": None, "zero_division": 0}
    f1 = [sklearn_metrics.f1_score(target[:, i], predicted[:, i], zero_division=0) for i in range(labels)]
    micro = sklearn_metrics.f1_score(target.ravel(), predicted.ravel(), zero_division=0)
    loss = -np.log(np.where(target, probabilities, 1 - probabilities)).mean()
    assert scores["micro_f1"] == pytest.approx(100 * micro)
    assert scores["macro_f1"] == pytest.approx(100 * np.mean(f1))
    assert scores["exact_match"] == pytest.approx(100 * (predicted == target).all(axis=1).mean())
    assert scores["loss"] == pytest.approx(loss)
    if labels > 1:
        by_label = label_scores(predicted, target)
        assert by_label.precision == pytest.approx(100 * sklearn_metrics.precision_score(target, predicted, **options))
        assert by_label.recall == pytest.approx(100 * sklearn_metrics.recall_score(target, predicted, **options))
        assert by_label.support.tolist() == target.sum(axis=0).tolist()


def test_no_rows_are_an_error():
    with pytest.raises(ValueError, match="nothing to score"):
        multi_label_scores(np.zeros((0, 2)), np.zeros((0, 2), dtype=bool))
