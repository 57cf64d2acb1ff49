"""Mean squared error of a regressor."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from nlprnn.training.losses.r_drop import labelled_loss
from nlprnn.training.protocols import ComputeLoss


def regression_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Return the mean squared error of a regressor, on a `LabelledBatch` with labels (B,) float, in standard units.

    Args:
        r_drop: weight of the mean squared difference between two forward passes under different dropout masks: R-Drop
            (Liang et al. 2021) for normal distributions of one width; 0 = one pass.
    """

    def squared_error(outputs: Tensor, labels: Tensor) -> Tensor:
        return functional.mse_loss(outputs.squeeze(1), labels)

    return labelled_loss(squared_error, functional.mse_loss, r_drop)
