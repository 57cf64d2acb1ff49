"""Three ways in which forecasts look better than they are: each is reproduced, and does not happen here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.metrics import forecast_scores, regression_scores
from nlprnn.series import SeriesData, fit_moments
from nlprnn.tasks.forecasting.scores import NETWORK
from nlprnn.tasks.forecasting.windows import find_cutoffs
from nlprnn.tasks.method_comparison import error_advice

WALK = np.random.default_rng(0).normal(size=2000).cumsum()
CUT = 1600


def test_scaling_on_all_data_knows_the_future():
    data = SeriesData.from_arrays({"walk": WALK})
    crash = replace(data, targets=np.where(data.positions()[:, None] < CUT, data.targets, -1e4))
    scaled_on_all, scaled_on_train = ([fit_moments(one, end)[0] for one in (data, crash)] for end in (2000, CUT))
    assert scaled_on_all[0] != scaled_on_all[1]  # the training inputs would tell that a crash follows
    assert scaled_on_train[0] == scaled_on_train[1]


def test_shuffled_split_measures_interpolation():
    rows = np.arange(2000)
    shuffled = np.random.default_rng(1).random(2000) < 0.2

    def error_of_nearest(train, test):  # predicts the value of the nearest time, which is none of the past
        nearest = train[np.abs(train[None, :] - test[:, None]).argmin(axis=1)]
        return np.abs(WALK[nearest] - WALK[test]).mean()

    assert error_of_nearest(rows[~shuffled], rows[shuffled]) < 0.1 * error_of_nearest(rows[:CUT], rows[CUT:])


@settings(max_examples=40)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    cut=st.integers(1, 60),
    history=st.integers(1, 10),
    horizon=st.integers(1, 6),
    stride=st.integers(1, 4),
)
def test_no_window_of_training_reaches_into_validation(lengths, cut, history, horizon, stride):
    data = SeriesData.from_arrays({str(index): np.ones(length) for index, length in enumerate(lengths)})
    shape = {"history": history, "horizon": horizon}
    train = find_cutoffs(data, 0, cut, **shape)
    held_out = find_cutoffs(data, cut, 60, **shape, stride=stride)
    assert (train.positions + horizon < cut).all()
    assert (held_out.positions + 1 >= cut).all()
    assert (held_out.positions + horizon < np.array(lengths)[held_out.series]).all()
    assert len(set(zip(*held_out, strict=True))) == len(held_out)


def test_forecast_that_only_lags_looks_good_and_is_worth_nothing():
    lagged, truth = WALK[CUT - 1 : -1], WALK[CUT:]
    assert regression_scores(lagged, truth)["r2"] > 0.95  # a plot of both looks like a fine fit
    changes = truth - lagged
    assert np.corrcoef(changes[1:], changes[:-1])[0, 1] == pytest.approx(0, abs=0.1)  # nothing of it is foreseen
    scores = {NETWORK: forecast_scores(lagged, truth), "naive": forecast_scores(lagged, truth)}
    assert error_advice(scores, NETWORK, "mae").startswith("use naive")
