from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.batching import LabelledBatch
from nlprnn.training.losses import regression_loss


class Mean(nn.Module):
    """The mean of a row's ids, with dropout."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids, mask):
        return self.dropout((ids * mask).sum(dim=1, keepdim=True) / mask.sum(dim=1, keepdim=True))


BATCH = LabelledBatch(
    torch.tensor([[1, 2, 3], [4, 6, 0]]), torch.tensor([[True] * 3, [True, True, False]]), torch.tensor([2.5, 4.0])
)


def test_loss_is_the_mean_squared_error():
    output = regression_loss()(Mean(), BATCH, None)
    assert float(output.loss) == pytest.approx((0.5**2 + 1) / 2)
    assert output.tokens == 6


def test_r_drop_adds_the_squared_difference_of_two_passes():
    model = Mean(dropout=0.5)
    torch.manual_seed(0)
    output = regression_loss(r_drop=3.0)(model, BATCH, None)
    torch.manual_seed(0)
    first, second = model(torch.cat([BATCH.inputs] * 2), torch.cat([BATCH.mask] * 2)).squeeze(1).chunk(2)
    error = ((first - BATCH.labels) ** 2).mean() / 2 + ((second - BATCH.labels) ** 2).mean() / 2
    assert not torch.equal(first, second)
    torch.testing.assert_close(output.loss, error + 3.0 * ((first - second) ** 2).mean())
