"""What training makes small: functions from (model, batch, carried state) to a loss."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.training.losses.r_drop import symmetric_divergence, twice
from nlprnn.training.protocols import ComputeLoss, LossOutput


def classification_loss(
    *, weights: Tensor | None = None, label_smoothing: float = 0.0, r_drop: float = 0.0
) -> ComputeLoss:
    """Cross-entropy of a classifier on batches with `ids`, `mask` and `labels`.

    Args:
        weights: (C,) float, how much a text of each class counts in the mean over a batch; None = all alike.
        label_smoothing: probability spread over all classes (Szegedy et al. 2016).
        r_drop: weight of the divergence between two readings of each text under different dropout (Liang et al.
            2021, "R-Drop"); 0 = one reading. It takes twice the time and helps where texts are few.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, labels = twice(batch) if r_drop else batch
        logits = model(ids, mask)  # (B, C), or (2 * B, C)
        own = None if weights is None else weights.to(logits.device)
        loss = functional.cross_entropy(logits, labels, weight=own, label_smoothing=label_smoothing)
        if r_drop:
            loss = loss + r_drop * symmetric_divergence(*logits.chunk(2))
        return LossOutput(loss, batch.mask.numel())

    return compute


def multi_label_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Binary cross-entropy of each label on batches with `ids`, `mask` and `labels` (B, C) float, 1 = has the label.

    Args:
        r_drop: as for `classification_loss`; the divergence is the mean over the labels.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, labels = twice(batch) if r_drop else batch
        logits = model(ids, mask)
        loss = functional.binary_cross_entropy_with_logits(logits, labels)
        if r_drop:
            # Two classes a label, "has it" and "has it not", whose logits are the label's and 0.
            pairs = torch.stack([logits, torch.zeros_like(logits)], dim=-1).flatten(0, 1)  # (2 * B * C, 2)
            loss = loss + r_drop * symmetric_divergence(*pairs.chunk(2))
        return LossOutput(loss, batch.mask.numel())

    return compute
