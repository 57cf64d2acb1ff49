from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.modules.cpu import linear
from nlprnn.modules.cpu.linear import FewRowLinear, packed_linear


@pytest.mark.parametrize("dtype", [torch.float, torch.double])  # double has no packed kernels
@pytest.mark.parametrize("packs", [True, False])
@pytest.mark.parametrize("rows", [0, 1, 2, 64, 65])
def test_equals_pytorch_for_any_number_of_rows(rows, packs, dtype, monkeypatch):
    if not packs:
        monkeypatch.setattr(linear, "packed_linear", lambda weight, bias: None)
    x, weight, bias = (torch.randn(*size, dtype=dtype) for size in ((rows, 5), (7, 5), (7,)))
    torch.testing.assert_close(FewRowLinear(weight, bias)(x), functional.linear(x, weight, bias))


def test_packed_weights_are_a_copy_and_have_the_precision_of_float32():
    weight, x = torch.randn(70, 300), torch.randn(40, 2, 300)[:, 1]
    multiply = packed_linear(weight, None)
    expected = functional.linear(x.double(), weight.double())
    weight.zero_()
    assert multiply is not None
    assert (multiply(x) - expected).abs().max() < 1e-4  # a product in bfloat16 has 0.1


def test_weights_that_are_not_on_a_cpu_are_not_packed():
    assert packed_linear(torch.empty(7, 5, device="meta"), None) is None
