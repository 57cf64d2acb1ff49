"""Mean squared error of a regressor."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.nn import functional

from nlprnn.training.losses.r_drop import twice
from nlprnn.training.protocols import ComputeLoss, LossOutput


def regression_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Mean squared error of a regressor on batches with `ids`, `mask` and `labels` (B,) float, in standard units.

    Args:
        r_drop: weight of the mean squared difference of two readings of each text under different dropout: R-Drop
            (Liang et al. 2021) for normal distributions of one width; 0 = one reading.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, numbers = twice(batch) if r_drop else batch
        outputs = model(ids, mask).squeeze(1)
        loss = functional.mse_loss(outputs, numbers)
        if r_drop:
            loss = loss + r_drop * functional.mse_loss(*outputs.chunk(2))
        return LossOutput(loss, batch.mask.numel())

    return compute
