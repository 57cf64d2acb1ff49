"""Linear layer for few rows, as in a step of beam search."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_FEW_ROWS = 64
"""Rows up to which many BLAS libraries compute W x^T faster than x W^T; with MKL, three times as fast at five rows."""


class FewRowLinear(nn.Module):
    """A linear layer that computes (W x^T)^T for few rows.

    Args:
        weight: (M, K) float.
        bias: (M,) float.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = weight
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, K) float times the weight, plus the bias: (N, M) float."""
        if not 1 < len(x) <= _FEW_ROWS:
            return functional.linear(x, self.weight, self.bias)
        # Contiguous rows on the way in, for the kernel, and on the way out, for the next one.
        return torch.mm(self.weight, x.contiguous().t()).t().add(self.bias).contiguous()
