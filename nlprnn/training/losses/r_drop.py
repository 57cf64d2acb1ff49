"""R-Drop: consistency between two forward passes under different dropout masks."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def twice(batch: Any) -> tuple[Tensor, ...]:
    """Each part of a batch twice, for R-Drop."""
    return tuple(torch.cat([part, part]) for part in batch)


def symmetric_divergence(first: Tensor, second: Tensor) -> Tensor:
    """Mean over the rows of the Kullback-Leibler divergences of two distributions from each other, halved.

    Args:
        first: (B, C) float, logits.
        second: the same.

    Returns:
        () float, in nats.
    """
    p, q = first.log_softmax(dim=1), second.log_softmax(dim=1)
    return 0.5 * ((p.exp() - q.exp()) * (p - q)).sum(dim=1).mean()
