from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.metrics.multi_label import label_scores, multi_label_scores
from nlprnn.metrics.regression import regression_scores

sklearn_metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")


@settings(max_examples=15, deadline=None)
@given(
    rows=st.integers(1, 12),
    labels=st.integers(1, 5),
    threshold=st.sampled_from([0.2, 0.5, 0.7]),
    seed=st.integers(0, 99),
)
def test_scores_of_several_labels_are_those_of_scikit_learn(rows, labels, threshold, seed):
    rng = np.random.default_rng(seed)
    logits, gold = rng.normal(size=(rows, labels)), rng.random((rows, labels)) < 0.4
    probabilities = 1 / (1 + np.exp(-logits))
    said = probabilities >= threshold
    found = multi_label_scores(logits, gold, threshold=threshold)
    options = {"average": None, "zero_division": 0}
    f1 = [sklearn_metrics.f1_score(gold[:, i], said[:, i], zero_division=0) for i in range(labels)]
    micro = sklearn_metrics.f1_score(gold.ravel(), said.ravel(), zero_division=0)
    loss = -np.log(np.where(gold, probabilities, 1 - probabilities)).mean()
    assert found["micro_f1"] == pytest.approx(100 * micro)
    assert found["macro_f1"] == pytest.approx(100 * np.mean(f1))
    assert found["exact_match"] == pytest.approx(100 * (said == gold).all(axis=1).mean())
    assert found["loss"] == pytest.approx(loss)
    if labels > 1:
        by_label = label_scores(said, gold)
        assert by_label.precision == pytest.approx(100 * sklearn_metrics.precision_score(gold, said, **options))
        assert by_label.recall == pytest.approx(100 * sklearn_metrics.recall_score(gold, said, **options))
        assert by_label.support.tolist() == gold.sum(axis=0).tolist()


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(3, 20), seed=st.integers(0, 99), step=st.sampled_from([0.0, 0.5]))
def test_scores_of_numbers_are_those_of_scipy(rows, seed, step):
    rng = np.random.default_rng(seed)
    gold = rng.normal(3, 2, rows)
    if step:
        gold = np.round(gold / step) * step  # equal values share a rank
    numbers = gold + rng.normal(0, 1, rows)
    found = regression_scores(numbers, gold)
    assert found["rmse"] == pytest.approx(np.sqrt(sklearn_metrics.mean_squared_error(gold, numbers)))
    assert found["mae"] == pytest.approx(sklearn_metrics.mean_absolute_error(gold, numbers))
    if len(set(gold)) > 1:
        assert found["pearson"] == pytest.approx(stats.pearsonr(numbers, gold).statistic)
        assert found["spearman"] == pytest.approx(stats.spearmanr(numbers, gold).statistic)
        assert found["r2"] == pytest.approx(sklearn_metrics.r2_score(gold, numbers))


def test_a_constant_has_no_correlation():
    found = regression_scores(np.array([2.0, 2.0]), np.array([1.0, 3.0]))
    assert (found["pearson"], found["spearman"], found["rmse"]) == (0.0, 0.0, 1.0)
    assert regression_scores(np.array([2.0]), np.array([2.0]))["r2"] == 0.0


@pytest.mark.parametrize("score", [multi_label_scores, regression_scores])
def test_nothing_cannot_be_scored(score):
    with pytest.raises(ValueError, match="nothing to score"):
        score(np.zeros((0, 2)), np.zeros((0, 2), dtype=bool))
