from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nlprnn.series import Cutoffs, Frequency, SeriesColumns, SeriesData, SeriesProcessor, WindowMaker, fit_moments

HOURS = Frequency.parse("h")
CUTOFFS = Cutoffs(np.array([0, 1, 1]), np.array([120, 90, 30]))


def make_data(seed=0):
    rng = np.random.default_rng(seed)
    arrays = {"a": rng.normal(5, 2, 200), "b": rng.normal(-1, 9, 150)}
    arrays["a"][rng.random(200) < 0.2] = np.nan
    data = SeriesData.from_arrays(arrays, frequency=HOURS)
    covariates = rng.normal(size=(350, 2))
    columns = SeriesColumns(("y",), past=("p",), future=("f",), static=("s",))
    return replace(
        data, columns=columns, past=covariates[:, :1], future=covariates[:, 1:], static=np.array([[1.0], [2.0]])
    )


def processor_of(data, **options):
    moments, covariates, categories = fit_moments(data, 100)
    fitted = {"moments": moments, "covariates": covariates, "categories": categories}
    values = {"history": 24, "horizon": 6, "lags": (24,)} | fitted | options
    return SeriesProcessor(columns=data.columns, frequency=data.frequency, **values)


@pytest.mark.parametrize("scaling", ["series", "window"])
def test_inputs_do_not_depend_on_what_follows_the_cutoff(scaling):
    data = make_data()
    changed_targets, changed_past = data.targets.copy(), data.past.copy()
    for values, fill in ((changed_targets, 1e6), (changed_past, 1e6)):
        values[121:200] = fill
    changed = replace(data, targets=changed_targets, past=changed_past)
    one = CUTOFFS.select(slice(0, 1))
    processor = processor_of(data, scaling=scaling)
    before, after = (WindowMaker(rows, processor).make(one) for rows in (data, changed))
    np.testing.assert_array_equal(before.inputs, after.inputs)
    np.testing.assert_array_equal(before.linear, after.linear)
    assert not np.array_equal(before.targets, after.targets)


@pytest.mark.parametrize("scaling", ["series", "window"])
def test_windows_are_independent_of_unit_and_offset(scaling):
    data = make_data()
    moved = replace(data, targets=1000 * data.targets - 7)
    first, second = (WindowMaker(rows, processor_of(rows, scaling=scaling)).make(CUTOFFS) for rows in (data, moved))
    for name in ("inputs", "linear", "targets"):
        np.testing.assert_allclose(getattr(first, name), getattr(second, name), atol=2e-5)
    restored = second.targets * second.scale[:, None] + second.centre[:, None]
    rows = data.offsets[CUTOFFS.series, None] + CUTOFFS.positions[:, None] + np.arange(1, 7)
    expected = np.nan_to_num(moved.targets[rows])
    np.testing.assert_allclose(np.where(second.mask, restored, 0.0), expected, rtol=1e-5, atol=1e-2)


def test_windows_do_not_depend_on_their_neighbours():
    maker = WindowMaker(make_data(), processor_of(make_data()))
    whole = maker.make(CUTOFFS)
    for row in range(3):
        single = maker.make(CUTOFFS.select(np.array([row])))
        for one, every in zip(single, whole, strict=True):
            np.testing.assert_array_equal(one[0], every[row])


def test_scales_and_categories_are_fitted_before_the_cutoff_only():
    data = make_data()
    later = data.targets.copy()
    later[data.positions() >= 100] += 1e3
    assert fit_moments(data, 100)[0] == fit_moments(replace(data, targets=later), 100)[0]
    codes = np.where(data.positions() >= 100, 1.0, 0.0)[:, None]
    coded = replace(data, past=codes, categories={"p": ("known", "new")})
    assert fit_moments(coded, 100)[2] == {"p": ("known",)}


def test_future_covariates_reach_the_horizon_and_past_ones_do_not():
    data = make_data()
    maker = WindowMaker(data, processor_of(data))
    shifted = replace(data, future=data.future + 1)
    changed = WindowMaker(shifted, processor_of(data)).make(CUTOFFS).inputs != maker.make(CUTOFFS).inputs
    assert changed[:, -6:].any(axis=2).all()


def test_gaps_are_flags_and_time_since_the_last_value():
    data = SeriesData.from_arrays({"a": np.array([1, 2, np.nan, np.nan, 5, 6, 7.0])})
    processor = SeriesProcessor(columns=data.columns, frequency=data.frequency, history=5, horizon=1)
    inputs = WindowMaker(data, processor).make(Cutoffs(np.array([0]), np.array([4]))).inputs[0]
    np.testing.assert_array_equal(inputs[:, 1], [1, 1, 0, 0, 1])
    np.testing.assert_allclose(inputs[:, 2], np.log1p([0, 0, 1, 2, 0]))


def test_teacher_forcing_feeds_the_values_before_each_step():
    data = make_data()
    fed = WindowMaker(data, processor_of(data), feed_targets=True).make(CUTOFFS.select(slice(1, 2)))
    np.testing.assert_allclose(fed.inputs[0, -5:, 0], fed.targets[0, :5, 0])
    hidden = WindowMaker(data, processor_of(data)).make(CUTOFFS.select(slice(1, 2)))
    assert not hidden.inputs[0, -5:, :2].any()


def test_processor_is_saved_and_loaded(tmp_path):
    processor = processor_of(make_data(), scaling="window", yearly=True)
    processor.save(tmp_path)
    assert SeriesProcessor.load(tmp_path) == processor


def test_steps_of_overlapping_horizons_count_once():
    cutoffs = Cutoffs(np.array([0, 0, 0, 0, 2]), np.array([5, 6, 7, 11, 90]))
    assert [cutoffs.count_steps(horizon) for horizon in (1, 3, 50)] == [5, 11, 106]
    assert cutoffs.select(slice(0)).count_steps(3) == 0
