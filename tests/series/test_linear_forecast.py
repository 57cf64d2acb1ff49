from __future__ import annotations

import numpy as np
import pytest

from nlprnn.series import Cutoffs, Frequency, SeriesData, SeriesProcessor, WindowMaker, calibration_factors, fit_moments
from nlprnn.series.linear_forecast import (
    PENALTIES,
    cross_fitted,
    fitted_again,
    naive_forecast,
    ridge_forecasts,
    seasonal_forecast,
)

LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def maker():
    rng = np.random.default_rng(0)
    hours = np.arange(600)
    values = 10 + 3 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 0.5, 600)
    data = SeriesData.from_arrays({"a": values}, frequency=Frequency.parse("h"))
    moments, _, _ = fit_moments(data, 500)
    processor = SeriesProcessor(
        columns=data.columns, frequency=data.frequency, history=8, horizon=30, lags=(24,), moments=moments
    )
    return WindowMaker(data, processor)


def test_naive_forecasts_copy_values(maker):
    cutoffs = Cutoffs(np.zeros(2, dtype=int), np.array([100, 250]))
    windows, values, size = maker.make(cutoffs), maker.data.targets[:, 0], maker.sizes()[1]
    naive = naive_forecast(maker.processor, size).in_data_units(windows)[..., 0]
    np.testing.assert_allclose(naive, np.tile(values[[100, 250]][:, None], 30), rtol=1e-6)
    seasonal = seasonal_forecast(maker.processor, size, 24).in_data_units(windows)[..., 0]
    # Beyond a season, the last known season is repeated.
    expected = [[values[cutoff + step - 24 * (1 + (step - 1) // 24)] for step in range(1, 31)] for cutoff in (100, 250)]
    np.testing.assert_allclose(seasonal, expected, rtol=1e-6)


@pytest.mark.parametrize("clock", [False, True])
def test_ridge_equals_least_squares_with_a_penalty(maker, clock):
    cutoffs = Cutoffs(np.zeros(400, dtype=int), np.arange(60, 460))
    windows = maker.make(cutoffs)
    used = windows.linear if clock else windows.linear[:, : -maker.clock_size]
    targets = windows.targets.reshape(400, -1)
    centred = used - used.mean(axis=0), targets - targets.mean(axis=0)
    for forecast, penalty in zip(ridge_forecasts(maker, cutoffs, clock=clock), PENALTIES, strict=True):
        stacked = np.vstack([centred[0], np.sqrt(penalty) * np.eye(used.shape[1])])
        weights = np.linalg.lstsq(stacked, np.vstack([centred[1], np.zeros((used.shape[1], 30))]), rcond=None)[0]
        expected = centred[0] @ weights + targets.mean(axis=0)
        np.testing.assert_allclose(forecast(windows)[..., 0], expected, atol=2e-3)


def test_calibrated_band_covers_its_share():
    rng = np.random.default_rng(1)
    width = rng.uniform(0.1, 5.0, (4000, 1, 1))
    targets = width * rng.standard_t(4, (4000, 1, 1))
    quantiles = width[..., None] * np.array([-0.2, 0.0, 3.0])  # one end too near, one too far
    mask = np.ones_like(targets, dtype=bool)
    factors = calibration_factors(quantiles[:2000], LEVELS, targets[:2000], mask[:2000])
    ends = (quantiles[2000:] * factors.transpose(1, 2, 0))[..., [0, 2]]
    below, above = (targets[2000:] < ends[..., 0]).mean(), (targets[2000:] > ends[..., 1]).mean()
    assert below == pytest.approx(0.1, abs=0.025)
    assert above == pytest.approx(0.1, abs=0.025)


def test_nothing_observed_leaves_bands_as_they_are():
    factors = calibration_factors(np.zeros((3, 2, 1, 3)), LEVELS, np.zeros((3, 2, 1)), np.zeros((3, 2, 1), dtype=bool))
    assert (factors == 1).all()


@pytest.mark.parametrize("scale", [1.0, 1e9])
def test_each_fold_is_fitted_to_the_others(scale):
    values = np.random.default_rng(0).normal(size=300).cumsum()
    values[:100] *= scale  # what is subtracted from a large sum leaves noise
    data = SeriesData.from_arrays({"a": values})
    processor = SeriesProcessor(columns=data.columns, frequency=data.frequency, history=4, horizon=2)
    maker = WindowMaker(data, processor)
    positions = np.arange(10, 290)
    cutoffs = Cutoffs(np.zeros(len(positions), dtype=np.int64), positions)
    (whole,) = ridge_forecasts(maker, cutoffs, clock=False)[:1]
    edges = np.array([100, 200])
    folds = np.searchsorted(edges, positions, side="right")
    for fold, forecast in enumerate(cross_fitted(whole, maker, cutoffs, edges)):
        direct = fitted_again(whole, maker, cutoffs.select(folds != fold))
        assert np.allclose(forecast.weights, direct.weights, rtol=1e-6, atol=1e-9)
