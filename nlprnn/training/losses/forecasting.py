"""Losses of a forecaster: pinball loss of quantiles, or the negative log-likelihood of a distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from nlprnn.series.value_distributions import ValueDistribution, pinball_losses
from nlprnn.training.protocols import ComputeLoss, LossOutput


def pinball_loss(quantiles: Tensor, levels: Sequence[float], targets: Tensor, mask: Tensor) -> Tensor:
    """Return the mean pinball loss (Koenker & Bassett 1978) over levels and observed targets, () float.

    Args:
        quantiles: (B, H, C, Q) float.
        levels: Q probabilities.
        targets: (B, H, C) float.
        mask: (B, H, C) bool, True = observed.
    """
    return _masked_mean(pinball_losses(quantiles, levels, targets), mask)


def forecasting_loss(values: ValueDistribution) -> ComputeLoss:
    """Return the loss of a forecaster, in scaled units, on batches of windows.

    Args:
        values: distribution of a value, the model's.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        parameters = model(batch.inputs, batch.linear, batch.unit, batch.shift).float()
        unit = batch.unit[:, :1], batch.unit[:, 1:]
        loss = _masked_mean(values.losses(parameters, batch.targets, unit), batch.mask)
        return LossOutput(loss, batch.inputs.size(0) * batch.inputs.size(1))

    return compute


def _masked_mean(losses: Tensor, mask: Tensor) -> Tensor:
    return (losses * mask).sum() / mask.sum().clamp(min=1)
