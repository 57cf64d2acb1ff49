from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.modules.cpu.linear import FewRowLinear


@pytest.mark.parametrize("rows", [0, 1, 2, 64, 65])
def test_equals_pytorch_for_any_number_of_rows(rows):
    x, weight, bias = (torch.randn(*size, dtype=torch.double) for size in ((rows, 5), (7, 5), (7,)))
    torch.testing.assert_close(FewRowLinear(weight, bias)(x), functional.linear(x, weight, bias))
