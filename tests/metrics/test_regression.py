from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.metrics.regression import regression_scores

sklearn_metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(3, 20), seed=st.integers(0, 99), step=st.sampled_from([0.0, 0.5]))
def test_scores_match_scipy_and_scikit_learn(rows, seed, step):
    rng = np.random.default_rng(seed)
    target = rng.normal(3, 2, rows)
    if step:
        target = np.round(target / step) * step  # equal values share a rank
    predicted = target + rng.normal(0, 1, rows)
    scores = regression_scores(predicted, target)
    assert scores["rmse"] == pytest.approx(np.sqrt(sklearn_metrics.mean_squared_error(target, predicted)))
    assert scores["mae"] == pytest.approx(sklearn_metrics.mean_absolute_error(target, predicted))
    if len(set(target)) > 1:
        assert scores["pearson"] == pytest.approx(stats.pearsonr(predicted, target).statistic)
        assert scores["spearman"] == pytest.approx(stats.spearmanr(predicted, target).statistic)
        assert scores["r2"] == pytest.approx(sklearn_metrics.r2_score(target, predicted))


def test_constant_has_correlation_0():
    scores = regression_scores(np.array([2.0, 2.0]), np.array([1.0, 3.0]))
    assert (scores["pearson"], scores["spearman"], scores["rmse"]) == (0.0, 0.0, 1.0)
    assert regression_scores(np.array([2.0]), np.array([2.0]))["r2"] == 0.0


def test_no_rows_are_an_error():
    with pytest.raises(ValueError, match="nothing to score"):
        regression_scores(np.zeros(0), np.zeros(0))
