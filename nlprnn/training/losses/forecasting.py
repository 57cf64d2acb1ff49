"""Pinball loss of a forecaster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nlprnn.training.protocols import ComputeLoss, LossOutput


def pinball_loss(quantiles: Tensor, levels: Sequence[float], targets: Tensor, mask: Tensor) -> Tensor:
    """Return the mean pinball loss (Koenker & Bassett 1978) over levels and observed targets, () float.

    Args:
        quantiles: (B, H, C, Q) float.
        levels: Q probabilities.
        targets: (B, H, C) float.
        mask: (B, H, C) bool, True = observed.
    """
    error = targets[..., None] - quantiles
    level = torch.tensor(levels, device=error.device, dtype=error.dtype)
    losses = torch.maximum(level * error, (level - 1.0) * error).mean(-1)
    return (losses * mask).sum() / mask.sum().clamp(min=1)


def forecasting_loss(levels: Sequence[float]) -> ComputeLoss:
    """Return the pinball loss of a forecaster, in scaled units, on batches of windows.

    Args:
        levels: of the model's quantiles.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        quantiles = model(batch.inputs, batch.linear).float()
        loss = pinball_loss(quantiles, levels, batch.targets, batch.mask)
        return LossOutput(loss, batch.inputs.size(0) * batch.inputs.size(1))

    return compute
