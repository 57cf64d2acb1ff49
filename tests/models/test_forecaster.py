from __future__ import annotations

import pytest
import torch

from nlprnn.models import RecurrentForecaster
from nlprnn.modules import OutputHead, RecurrentEncoder

HORIZON, TARGETS, LEVELS, SIZE, LINEAR = 4, 2, (0.1, 0.3, 0.5, 0.7, 0.9), 9, 5


def make(cell="lstm", strategy="direct", *, numbers=5, **options):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(SIZE, 6, cell=cell, num_layers=2)
    head = OutputHead(6, TARGETS * numbers, hidden_size=6)
    sizes = {"horizon": HORIZON, "num_targets": TARGETS, "linear_size": LINEAR, "levels": LEVELS} | options
    return RecurrentForecaster(encoder=encoder, head=head, strategy=strategy, **sizes).eval()


NUMBERS = {"quantiles": len(LEVELS), "normal": 2, "student-t": 3, "negative-binomial": 2}
UNIT = torch.tensor([[[-3.0, -2.0], [0.01, 0.5]]]).expand(3, 2, 2)


@pytest.fixture
def batch():
    torch.manual_seed(1)
    return torch.randn(3, 10, SIZE), torch.randn(3, LINEAR)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("distribution", NUMBERS)
def test_quantiles_never_cross(distribution, strategy, batch):
    model = make("gru", strategy, distribution=distribution, numbers=NUMBERS[distribution])
    model.calibrate(torch.rand(len(LEVELS), HORIZON, TARGETS) * 3)
    quantiles = model.forecast(*batch, UNIT)
    assert quantiles.shape == (3, HORIZON, TARGETS, len(LEVELS))
    assert (quantiles.diff(dim=-1) >= 0).all()


def test_output_is_a_correction_of_the_linear_forecast(batch):
    model = make()
    weights, spread = torch.randn(LINEAR + 1, HORIZON * TARGETS), torch.rand(HORIZON, TARGETS)
    plain = model(*batch)[..., model.middle]
    model.set_linear(weights, spread)
    linear = (batch[1] @ weights[:-1] + weights[-1]).view(3, HORIZON, TARGETS)
    torch.testing.assert_close(model(*batch)[..., model.middle], linear + spread * plain)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "mingru", "minlstm"])
def test_step_by_step_equals_one_pass_over_its_medians(cell, batch):
    model, (inputs, linear) = make(cell, "recursive"), batch
    quantiles = model.forecast(inputs, linear)
    fed = inputs.clone()
    medians = quantiles[..., model.middle]
    fed[:, -HORIZON + 1 :, :TARGETS] = medians[:, :-1]
    fed[:, -HORIZON + 1 :, TARGETS : 2 * TARGETS] = 1
    fed[:, -HORIZON + 1 :, 2 * TARGETS : 3 * TARGETS] = 0
    torch.testing.assert_close(model.values.quantiles(model(fed, linear), None), quantiles, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("distribution", NUMBERS)
def test_shift_moves_the_linear_forecast(distribution, batch):
    model, shift = make(distribution=distribution, numbers=NUMBERS[distribution]), torch.randn(3, HORIZON, TARGETS)
    shifted = model(*batch, UNIT, shift)
    model.set_linear(torch.cat([model.linear[:-1], shift[:1].flatten()[None]]), model.spread)
    torch.testing.assert_close(model(*batch, UNIT)[0], shifted[0])


def test_direct_forecast_is_one_pass(batch):
    torch.testing.assert_close(make().forecast(*batch), make()(*batch))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levels": (0.1, 0.5, 0.9)}, "head takes"),
        ({"levels": (0.1, 0.2, 0.4, 0.7, 0.9)}, "0.5 in their middle"),
        ({"num_targets": 3}, "head takes"),
        ({"horizon": 0}, "horizon"),
        ({"strategy": "both"}, "unknown strategy"),
        ({"distribution": "gamma"}, "unknown distribution 'gamma': choose one of quantiles, normal"),
    ],
)
def test_wrong_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_folder_keeps_linear_forecast_and_calibration(tmp_path, batch):
    model = make()
    model.set_linear(torch.randn(LINEAR + 1, HORIZON * TARGETS), torch.rand(HORIZON, TARGETS))
    model.calibrate(torch.rand(len(LEVELS), HORIZON, TARGETS))
    model.save_pretrained(tmp_path)
    torch.testing.assert_close(RecurrentForecaster.from_pretrained(tmp_path).forecast(*batch), model.forecast(*batch))
