"""Binomial tails and confidence bounds, against the definitions."""

from __future__ import annotations

from math import comb

import pytest

from nlprnn.metrics.binomial import binomial_tail, lower_bound


@pytest.mark.parametrize("successes", [0, 1, 7, 12])
@pytest.mark.parametrize("probability", [0.0, 0.01, 0.5, 0.93, 1.0])
def test_tail_is_the_sum_of_its_terms(successes, probability):
    terms = (comb(12, k) * probability**k * (1 - probability) ** (12 - k) for k in range(successes, 13))
    assert binomial_tail(successes, 12, probability) == pytest.approx(sum(terms), abs=1e-12)


def test_bound_is_where_the_tail_is_the_doubt():
    for successes, trials, doubt in ((590, 600, 0.05), (3, 40, 0.001), (9_500, 10_000, 0.01)):
        bound = lower_bound(successes, trials, doubt=doubt)
        assert binomial_tail(successes, trials, bound) == pytest.approx(doubt, rel=1e-6)
    assert lower_bound(59, 59, doubt=0.05) == pytest.approx(0.05 ** (1 / 59))  # all right
    assert lower_bound(0, 10, doubt=0.05) == lower_bound(0, 0, doubt=0.05) == 0
