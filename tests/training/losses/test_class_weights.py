from __future__ import annotations

import pytest
import torch

from nlprnn.training.losses import CLASS_WEIGHTS, inverse_frequency

COUNTS = torch.tensor([90, 0, 9, 1])


def test_balanced_weights_give_all_classes_equal_totals():
    weights = inverse_frequency(COUNTS, "balanced")
    assert (weights * COUNTS).tolist() == pytest.approx([100 / 3, 0, 100 / 3, 100 / 3])
    assert weights[1] == 0


@pytest.mark.parametrize("kind", ["root", "balanced"])
def test_mean_weight_over_the_rows_is_1(kind):
    weights = inverse_frequency(COUNTS, kind)
    assert float((weights * COUNTS).sum()) == pytest.approx(100)
    assert float(weights[3] / weights[0]) == pytest.approx(90 ** CLASS_WEIGHTS[kind], rel=1e-5)


def test_kind_none_and_unknown_kind():
    assert inverse_frequency(COUNTS, "none") is None
    with pytest.raises(ValueError, match=r"'equal'.*none, root, balanced"):
        inverse_frequency(COUNTS, "equal")
