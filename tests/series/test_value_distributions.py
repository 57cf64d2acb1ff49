"""Distributions of a value: densities and quantiles against SciPy, and parameters that are found again."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nlprnn.errors import NlprnnError
from nlprnn.series.value_distributions import COUNTS, DISTRIBUTIONS, value_distribution

LEVELS = tuple(np.arange(1, 10) / 10)
RAW = st.lists(st.floats(-4, 4), min_size=9, max_size=9)
DENSITIES = [name for name in DISTRIBUTIONS if name != "quantiles"]


def unit(zero=-2.0, one=0.25):
    return torch.tensor([[[zero]]]), torch.tensor([[[one]]])


def reference(name, numbers, zero, one):
    """Return the distribution of SciPy that the parameters describe, in the unit of the data."""
    numbers = numbers.double().numpy().squeeze()
    if name == COUNTS:
        mean, deviation = numbers[0] / one, numbers[1] / one
        variance = mean + deviation**2
        return stats.nbinom(mean**2 / (variance - mean), mean / variance)
    location, scale = (numbers[0] - zero) / one, numbers[1] / one
    return stats.norm(location, scale) if name == "normal" else stats.t(numbers[2], location, scale)


def parameters_of(values, raw, linear=0.5, spread=0.8, where=None):
    tensors = (torch.tensor(raw[: values.size])[None, None, None], torch.full((1, 1, 1), linear))
    return values.parameters(*tensors, torch.full((1, 1, 1), spread), where or unit())


@pytest.mark.parametrize("name", DENSITIES)
@settings(max_examples=30, deadline=None)
@given(raw=RAW, count=st.integers(0, 60))
def test_loss_is_the_negative_log_likelihood(name, raw, count):
    values, (zero, one) = value_distribution(name, LEVELS), unit()
    parameters = parameters_of(values, raw)
    loss = values.losses(parameters, zero + one * count, (zero, one)).item()
    expected = reference(name, parameters, zero.item(), one.item())
    if name == COUNTS:
        assert loss == pytest.approx(-expected.logpmf(count), rel=1e-3, abs=1e-3)
    else:  # a density is of scaled values
        assert loss == pytest.approx(-expected.logpdf(count) + np.log(one.item()), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", DENSITIES)
@settings(max_examples=30, deadline=None)
@given(raw=RAW)
def test_quantiles_are_those_of_the_distribution(name, raw):
    values, (zero, one) = value_distribution(name, LEVELS), unit()
    parameters = parameters_of(values, raw)
    quantiles = ((values.quantiles(parameters, (zero, one)) - zero[..., None]) / one[..., None]).squeeze().numpy()
    expected = reference(name, parameters, zero.item(), one.item())
    if name == COUNTS:  # between two counts they are interpolated
        assert (quantiles >= 0).all()
        assert (expected.cdf(np.floor(quantiles + 0.5001)) >= np.array(LEVELS) - 1e-4).all()
        assert (expected.cdf(np.ceil(quantiles - 0.5001) - 1) <= np.array(LEVELS) + 1e-4).all()
    else:
        np.testing.assert_allclose(quantiles, expected.ppf(LEVELS), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@settings(max_examples=30, deadline=None)
@given(raw=RAW, linear=st.floats(-50, 50), spread=st.floats(1e-4, 50), one=st.floats(1e-3, 10))
def test_quantiles_are_finite_and_ascend(name, raw, linear, spread, one):
    values, where = value_distribution(name, LEVELS), unit(-1.0, one)
    parameters = parameters_of(values, raw, linear, spread, where)
    quantiles = values.quantiles(parameters, where)
    assert torch.isfinite(quantiles).all()
    assert (quantiles.diff() >= 0).all()
    assert torch.isfinite(values.losses(parameters, torch.ones(1, 1, 1), where)).all()


@pytest.mark.parametrize(
    ("name", "true"),
    [
        ("normal", stats.norm(3.0, 2.0)),
        ("student-t", stats.t(3.0, -1.0, 0.5)),
        (COUNTS, stats.nbinom(2.0, 2.0 / 9.0)),  # mean 7, variance 7 + 7² / 2
        ("quantiles", stats.expon(1.0, 2.0)),
    ],
)
def test_training_finds_the_distribution_of_the_data(name, true):
    """The numbers of the network alone, by the loss, on values that are drawn."""
    values, where = value_distribution(name, LEVELS), (torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    drawn = torch.tensor(true.rvs(3000, random_state=1), dtype=torch.float32)[:, None, None]
    raw = torch.zeros(1, 1, 1, values.size, requires_grad=True)
    optimizer = torch.optim.LBFGS([raw], max_iter=40, line_search_fn="strong_wolfe")

    def parameters():
        return values.parameters(raw, torch.full((1, 1, 1), 2.0), torch.ones(1, 1, 1), where)

    def closure():
        optimizer.zero_grad()
        loss = values.losses(parameters(), drawn, where).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    quantiles = values.quantiles(parameters().detach(), where).squeeze().numpy()
    np.testing.assert_allclose(quantiles, true.ppf(LEVELS), atol=1.0 if name == COUNTS else 0.15)
    if name == COUNTS:
        assert parameters().squeeze().tolist() == pytest.approx([7.0, np.sqrt(24.5)], rel=0.05)


def test_missing_scipy_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    value_distribution("normal", LEVELS)
    with pytest.raises(NlprnnError, match=r'pip install "nlprnn\[forecasting\]"'):
        value_distribution("student-t", LEVELS)
