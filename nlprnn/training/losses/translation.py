"""Cross-entropy of a sequence-to-sequence model."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.batching.row_lengths import count_tokens, drop_first, real_positions
from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy
from nlprnn.training.losses.r_drop import twice
from nlprnn.training.protocols import ComputeLoss, LossOutput


def translation_loss(*, label_smoothing: float = 0.0, r_drop: float = 0.0) -> ComputeLoss:
    """Return the cross-entropy of the next target token (teacher forcing), on a `PairBatch`.

    Args:
        label_smoothing: probability mass spread over the whole vocabulary (Szegedy et al. 2016).
        r_drop: weight of the divergence between two forward passes under different dropout masks (Liang et al. 2021,
            "R-Drop"); 0 = one pass.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        source, source_mask, target, target_mask = twice(batch) if r_drop else batch
        inputs, inputs_mask = target[:, :-1], drop_first(target_mask)  # nothing is predicted after the last token
        vectors = model(source, source_mask, inputs, inputs_mask)  # (P, O), or (2 * P, O)
        weight, bias = extract_model_from_parallel(model).output_layer
        targets = target[:, 1:].flatten().index_select(0, real_positions(inputs_mask))
        loss = linear_cross_entropy(vectors, weight, bias, targets, label_smoothing=label_smoothing, r_drop=r_drop)
        return LossOutput(loss, count_tokens(batch.target_mask))

    return compute
