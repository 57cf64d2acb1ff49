from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.modules.cpu.int8_linear import Int8Linear


@given(
    rows=st.integers(1, 9),
    width=st.integers(1, 40),
    outputs=st.integers(1, 40),
    scale=st.integers(-4, 4),
    data=st.data(),
)
@settings(max_examples=40, deadline=None)
def test_close_and_rows_are_independent(rows, width, outputs, scale, data):
    torch.manual_seed(data.draw(st.integers(0, 1000)))
    weight, bias = torch.randn(outputs, width), torch.randn(outputs)
    x = torch.randn(rows, width) * 10.0 ** torch.randint(-4, 5, (rows, 1)) * 10.0**scale
    layer = Int8Linear(weight, bias)
    outputs_int8 = layer(x)
    # Half a step of a weight and half a step of the input, over a whole row.
    steps = x.abs().amax(dim=1, keepdim=True) / 126 * weight.abs().sum(dim=1)
    steps = steps + weight.abs().amax(dim=1) / 254 * x.abs().sum(dim=1, keepdim=True)
    assert ((outputs_int8 - functional.linear(x, weight, bias)).abs() <= 1.1 * steps + 1e-5).all()
    for row in range(rows):
        assert torch.equal(layer(x[row : row + 1])[0], outputs_int8[row])


def test_zeros_and_outputs_of_any_scale():
    weight = torch.tensor([[0.0, 0.0], [1e-6, -1e-6], [1e6, 2e6]])
    outputs_int8 = Int8Linear(weight, torch.zeros(3))(torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert outputs_int8.isfinite().all()
    assert (outputs_int8[0] == 0).all()
    assert (outputs_int8[:, 0] == 0).all()
    assert outputs_int8[1, 2] == pytest.approx(3e6, rel=0.02)


def test_error_without_the_kernels(monkeypatch):
    monkeypatch.setattr(torch.backends, "quantized", type("Engines", (), {"supported_engines": ["none"]}))
    with pytest.raises(RuntimeError, match="int8"):
        Int8Linear(torch.ones(1, 1), torch.ones(1))


def test_known_input_range_only_changes_rounding():
    weight, bias = torch.randn(20, 30), torch.randn(20)
    x = torch.randn(6, 30).tanh()
    exact = x @ weight.T + bias
    for layer in (Int8Linear(weight, bias), Int8Linear(weight, bias, input_range=1.0)):
        outputs_int8 = layer(x)
        assert (outputs_int8 - exact).abs().max() < 0.3
        assert torch.equal(layer(x[2:3]), outputs_int8[2:3])
