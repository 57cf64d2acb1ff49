"""R-Drop: consistency between two forward passes under different dropout masks (Liang et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from nlprnn.batching.row_lengths import repeat_rows
from nlprnn.training.losses.widened import widened
from nlprnn.training.protocols import ComputeLoss, LossOutput


def labelled_loss(
    loss: Callable[[Tensor, Tensor], Tensor], divergence: Callable[[Tensor, Tensor], Tensor], r_drop: float
) -> ComputeLoss:
    """Return a loss on a `LabelledBatch`, with R-Drop where its weight is above 0.

    Args:
        loss: (outputs (B, C), labels (B, ...)) -> mean loss ().
        divergence: (outputs (B, C), outputs (B, C) of another pass) -> mean divergence ().
        r_drop: weight of the divergence; 0 = one forward pass.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        inputs, mask, labels = twice(batch) if r_drop else batch
        outputs = widened(model(inputs, mask))  # (B, C), or (2 * B, C)
        total = loss(outputs, labels)
        if r_drop:
            first, second = outputs.chunk(2)
            total = total + r_drop * divergence(first, second)
        return LossOutput(total, batch.mask.numel())

    return compute


def twice(batch: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return each tensor (B, ...) of a batch repeated to (2 * B, ...)."""
    return tuple(map(repeat_rows, batch))


def symmetric_divergence(first: Tensor, second: Tensor) -> Tensor:
    """Return the mean over the rows of the halved sum of both Kullback-Leibler divergences.

    Args:
        first: (B, C) float, logits of one distribution a row.
        second: (B, C) float, logits of the other.

    Returns:
        () float, in nats.
    """
    p, q = first.log_softmax(dim=1), second.log_softmax(dim=1)
    return 0.5 * ((p.exp() - q.exp()) * (p - q)).sum(dim=1).mean()
