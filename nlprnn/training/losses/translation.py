"""Cross-entropy of a sequence-to-sequence model."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy
from nlprnn.training.losses.r_drop import twice
from nlprnn.training.protocols import ComputeLoss, LossOutput


def translation_loss(*, label_smoothing: float = 0.0, r_drop: float = 0.0) -> ComputeLoss:
    """Cross-entropy of the next target token on batches with `source`, `target` and their masks.

    Args:
        label_smoothing: probability spread over the whole vocabulary (Szegedy et al. 2016).
        r_drop: weight of the divergence between two readings of each pair (Liang et al. 2021); 0 = one reading.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        source, source_mask, target, target_mask = twice(batch) if r_drop else batch
        read = target_mask[:, 1:]  # one token shorter: what follows the end is not asked
        vectors = model(source, source_mask, target[:, :-1], read)  # (P, O), or (2 * P, O)
        layer = extract_model_from_parallel(model).output_layer
        loss = linear_cross_entropy(
            vectors, *layer, target[:, 1:][read], label_smoothing=label_smoothing, r_drop=r_drop
        )
        return LossOutput(loss, int(batch.target_mask.sum()))

    return compute
