"""Bands that follow how often they were missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.series import Cutoffs, SeriesData, SeriesProcessor, WindowMaker
from nlprnn.series.linear_band import LinearBand
from nlprnn.series.linear_forecast import naive_forecast
from nlprnn.series.tracking import recent_cutoffs, tracked_quantiles

LEVELS = (0.1, 0.5, 0.9)
BAND = np.array([-1.2816, 0.0, 1.2816])
STEPS = 600


@pytest.fixture
def noise():
    """Two series of noise, the second with three times the deviation that the band has."""
    values = np.random.default_rng(0).normal(size=(2, STEPS)) * [[1.0], [3.0]]
    cutoffs = Cutoffs(np.repeat([4, 9], STEPS), np.tile(np.arange(STEPS), 2))
    return values.reshape(-1, 1, 1), cutoffs


def tracked(values, cutoffs, mask=None):
    quantiles = np.broadcast_to(BAND, (len(values), 1, 1, 3))
    mask = np.ones_like(values, dtype=bool) if mask is None else mask
    return tracked_quantiles(quantiles, LEVELS, values, mask, cutoffs)


def test_coverage_is_right_for_each_series(noise):
    values, cutoffs = noise
    quantiles = tracked(values, cutoffs)
    inside = (values >= quantiles[..., 0]) & (values <= quantiles[..., 2])
    for series in (4, 9):
        rows = (cutoffs.series == series) & (cutoffs.positions >= 100)
        assert 100 * inside[rows].mean() == pytest.approx(80, abs=3)


def test_missing_values_are_no_evidence(noise):
    values, cutoffs = noise
    mask = np.zeros_like(values, dtype=bool)
    np.testing.assert_allclose(tracked(values, cutoffs, mask)[:, 0, 0], np.tile(BAND, (2 * STEPS, 1)))


def test_tracking_restores_coverage_after_errors_have_grown():
    rng = np.random.default_rng(2)
    scale = np.where(np.arange(3000) < 500, 1.0, 2.5)
    targets = (scale * rng.normal(size=3000))[:, None, None]
    quantiles = np.broadcast_to(np.array([-1.28, 0.0, 1.28]), (3000, 1, 1, 3))
    mask = np.ones_like(targets, dtype=bool)
    order = rng.permutation(3000)  # the order of rows does not matter, that of positions does
    tracked = np.empty((3000, 1, 1, 3))
    tracked[order] = tracked_quantiles(
        quantiles[order], LEVELS, targets[order], mask[order], Cutoffs(np.zeros(3000), order)
    )
    inside = ((targets >= tracked[..., 0]) & (targets <= tracked[..., 2]))[:, 0, 0]
    assert inside[1500:].mean() == pytest.approx(0.8, abs=0.03)
    assert ((targets >= quantiles[..., 0]) & (targets <= quantiles[..., 2]))[1500:].mean() < 0.5


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100), cutoff=st.integers(0, 29))
def test_tracked_quantiles_do_not_know_the_future(seed, cutoff):
    rng = np.random.default_rng(seed)
    quantiles, targets = np.sort(rng.normal(size=(30, 3, 1, 3))), rng.normal(size=(30, 3, 1))
    mask, positions = rng.random((30, 3, 1)) < 0.8, np.arange(30)
    cutoffs = Cutoffs(rng.integers(2, size=30), positions)
    unknown = (positions[:, None] + np.arange(1, 4) > cutoff)[..., None]
    changed = np.where(unknown, 1e3, targets)
    before, after = (tracked_quantiles(quantiles, LEVELS, one, mask, cutoffs) for one in (targets, changed))
    np.testing.assert_array_equal(before[: cutoff + 1], after[: cutoff + 1])


def test_recent_cutoffs_precede_the_first_of_each_series():
    data = SeriesData.from_arrays({"a": np.zeros(500), "b": np.zeros(500)})
    cutoffs = Cutoffs(np.array([1, 1, 0]), np.array([300, 250, 20]))
    recent = recent_cutoffs(data, cutoffs, history=5)
    assert recent.positions[recent.series == 0].tolist() == list(range(5, 20))
    assert recent.positions[recent.series == 1].tolist() == list(range(50, 250))
    assert recent_cutoffs(data, cutoffs, history=5, since=240).positions.tolist() == list(range(240, 250))


def test_band_of_a_linear_forecast_covers_its_share():
    walk = np.random.default_rng(0).normal(size=4000).cumsum()
    data = SeriesData.from_arrays({"a": walk})
    processor = SeriesProcessor(columns=data.columns, frequency=data.frequency, history=3, horizon=2)
    maker = WindowMaker(data, processor)
    every = Cutoffs(np.zeros(3990, dtype=np.int64), np.arange(5, 3995))
    method = naive_forecast(processor, maker.sizes()[1])
    quantiles = LinearBand.calibrated(method, LEVELS, maker, every.select(slice(0, 2000)))(maker, every)
    truth = walk[every.positions[:, None] + [1, 2]]
    inside = (truth >= quantiles[..., 0, 0]) & (truth <= quantiles[..., 0, 2])
    assert 100 * inside[2000:].mean(axis=0) == pytest.approx([80, 80], abs=3)
    np.testing.assert_allclose(quantiles[..., 0, 1], walk[every.positions][:, None].repeat(2, axis=1), atol=1e-5)


def test_series_share_what_happens_to_all_of_them():
    """Errors of twenty series grow at once: the band of all is right sooner than a series alone could know."""
    rng, steps, number = np.random.default_rng(3), 60, 20
    targets = (rng.normal(size=(number, steps)) * np.where(np.arange(steps) < 10, 1.0, 3.0)).reshape(-1, 1, 1)
    cutoffs = Cutoffs(np.repeat(np.arange(number), steps), np.tile(np.arange(steps), number))
    later = cutoffs.positions >= steps // 2

    def coverage(chosen):
        quantiles = tracked(targets[chosen], cutoffs.select(chosen))
        inside = ((targets[chosen] >= quantiles[..., 0]) & (targets[chosen] <= quantiles[..., 2]))[:, 0, 0]
        return inside[later[chosen]].mean()

    alone = np.mean([coverage(np.flatnonzero(cutoffs.series == series)) for series in range(number)])
    together = coverage(np.arange(len(targets)))
    assert abs(together - 0.8) < 0.7 * abs(alone - 0.8)


def test_bands_follow_the_size_of_errors_and_no_single_one_counts_much():
    def width_after(*errors):
        values = np.array([*errors, 0.0])[:, None, None]
        quantiles = tracked(values, Cutoffs(np.zeros(len(values), dtype=np.int64), np.arange(len(values))))
        return float(quantiles[-1, 0, 0, 2] - quantiles[-1, 0, 0, 0])

    near, far = width_after(*[1.3, -1.3] * 10), width_after(*[2.6, -2.6] * 10)  # all are beyond the band, by little
    assert far > 1.1 * near
    assert width_after(*[0.01, -0.01] * 10) < 0.9 * width_after(*[1.2, -1.2] * 10)  # all are inside of it
    assert width_after(1e9) == width_after(10.0) < 1.5 * width_after(0.8)


def test_cutoffs_on_which_a_series_was_trained_are_left_out():
    data = SeriesData.from_arrays({"a": np.zeros(500), "b": np.zeros(500)})
    recent = recent_cutoffs(data, Cutoffs(np.array([0, 1]), np.array([400, 400])), 10, np.array([390, 0]))
    assert [int((recent.series == series).sum()) for series in (0, 1)] == [10, 200]
