from __future__ import annotations

import pytest
import torch

from nlprnn.training.ema import moving_average


@pytest.mark.parametrize("decay", [-0.1, 1.0])
def test_decay_out_of_range_is_an_error(decay):
    with pytest.raises(ValueError, match="decay"):
        moving_average(torch.nn.Linear(1, 1), decay)


def test_average_follows_closely_at_first_then_by_its_decay():
    model = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(model, 0.5)
    expected = 0.0
    for count, weight in enumerate([4.0, 8.0, 2.0, *[6.0] * 20]):
        torch.nn.init.constant_(model.weight, weight)
        average.update_parameters(model)
        keep = min(0.5, (1 + count) / (10 + count)) if count else 0.0  # the first replaces the average
        expected = keep * expected + (1 - keep) * weight
        assert float(average.module.weight.detach()) == pytest.approx(expected, rel=1e-6)
    assert keep == 0.5


def test_buffers_are_those_of_the_model():
    model = torch.nn.BatchNorm1d(2)
    average = moving_average(model, 0.5)
    model(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    average.update_parameters(model)
    assert model.running_mean.all()
    assert torch.equal(average.module.running_mean, model.running_mean)
