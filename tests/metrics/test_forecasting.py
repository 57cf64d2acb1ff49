from __future__ import annotations

import numpy as np
import pytest

from nlprnn.metrics import forecast_scores, naive_scale, pinball_losses, quantile_scores

TARGET, PREDICTED = np.array([1.0, 2.0, 0.0, -4.0]), np.array([2.0, 2.0, 0.0, -1.0])


def test_errors_by_hand():
    scores = forecast_scores(PREDICTED, TARGET, np.array([0.5, 1.0, 0.0, np.nan]))
    assert scores["mae"] == 1.0
    assert scores["rmse"] == pytest.approx(2.5**0.5)
    assert scores["smape"] == pytest.approx(200 * (1 / 3 + 3 / 5) / 4)
    assert scores["mase"] == 1.0  # of the first two: a constant series has no scale
    assert "mase" not in forecast_scores(PREDICTED, TARGET, np.zeros(4))


def test_mase_of_the_naive_forecast_is_one_in_sample():
    values = np.random.default_rng(0).normal(size=50).cumsum()
    scale = np.full(49, naive_scale(values))
    assert forecast_scores(values[:-1], values[1:], scale)["mase"] == pytest.approx(1.0)


def test_scale_leaves_missing_values_out():
    assert naive_scale(np.array([1.0, np.nan, 4.0, 6.0])) == 2.0
    assert np.isnan(naive_scale(np.array([1.0]), 7))


def test_pinball_loss_is_least_at_the_quantile():
    sample = np.random.default_rng(0).exponential(size=2000)
    guesses = np.linspace(0, 4, 81)
    losses = [pinball_losses(np.full((2000, 1), guess), [0.8], sample).mean() for guess in guesses]
    assert guesses[int(np.argmin(losses))] == pytest.approx(np.quantile(sample, 0.8), abs=0.1)


def test_crps_approaches_that_of_a_normal_distribution():
    levels = np.linspace(0.005, 0.995, 100)
    sample = np.random.default_rng(0).normal(size=200_000)
    quantiles = np.quantile(sample, levels)[None]
    crps = 2 * pinball_losses(quantiles, levels, np.array([0.0])).mean()
    assert crps == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=5e-3)  # Gneiting & Raftery 2007


def test_coverage_counts_the_ends():
    scores = quantile_scores(np.array([[0.0, 1.0, 2.0]] * 4), (0.1, 0.5, 0.9), np.array([0.0, 2.0, 3.0, 1.0]))
    assert scores["coverage"] == 75.0
    assert scores["width"] == 2.0
