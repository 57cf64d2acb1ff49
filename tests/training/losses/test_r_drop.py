from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from nlprnn.training.losses.r_drop import symmetric_divergence


def test_symmetric_divergence_matches_torch():
    first, second = torch.randn(2, 5, 4).unbind()
    p, q = first.log_softmax(dim=1), second.log_softmax(dim=1)
    both = functional.kl_div(p, q, reduction="batchmean", log_target=True) + functional.kl_div(
        q, p, reduction="batchmean", log_target=True
    )
    torch.testing.assert_close(symmetric_divergence(first, second), both / 2)
    torch.testing.assert_close(symmetric_divergence(second, first), both / 2)
    assert float(symmetric_divergence(first, first)) == 0.0
    # By hand: (1/2, 1/2) and (1/4, 3/4).
    coin, bent = torch.zeros(1, 2), torch.tensor([[1.0, 3.0]]).log()
    assert float(symmetric_divergence(coin, bent)) == pytest.approx(math.log(3) / 8)
