"""Sums that half precision is too coarse for."""

from __future__ import annotations

import torch
from torch import Tensor


def widened(tensor: Tensor) -> Tensor:
    """Return a floating-point tensor in at least float32, for a loss sums over many small terms."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
