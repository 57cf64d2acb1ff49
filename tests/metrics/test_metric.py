from __future__ import annotations

import math

import pytest

from nlprnn.metrics import ACCURACY, LOSS, Metric


def test_direction_of_metrics():
    assert ACCURACY.improves(91.0, 90.0)
    assert not ACCURACY.improves(89.0, 90.0)
    assert LOSS.improves(0.4, 0.5)
    assert not LOSS.improves(0.6, 0.5)


@pytest.mark.parametrize("higher", [True, False])
def test_first_score_improves_equal_score_and_nan_do_not(higher):
    metric = Metric("score", higher_is_better=higher)
    assert metric.improves(3.0, None)
    assert not metric.improves(3.0, 3.0)
    assert not metric.improves(math.nan, 3.0)
    assert not metric.improves(math.nan, None)
