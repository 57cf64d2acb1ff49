"""Cross-entropy of a classifier."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.training.losses.r_drop import labelled_loss, symmetric_divergence
from nlprnn.training.protocols import ComputeLoss


def classification_loss(
    *, weights: Tensor | None = None, label_smoothing: float = 0.0, r_drop: float = 0.0
) -> ComputeLoss:
    """Return the cross-entropy of a classifier, on a `LabelledBatch` with labels (B,) int64.

    Args:
        weights: (C,) float, weight of each class in the mean over a batch; None = 1.
        label_smoothing: probability mass spread over all classes (Szegedy et al. 2016).
        r_drop: weight of the divergence between two forward passes under different dropout masks (Liang et al. 2021,
            "R-Drop"); 0 = one pass. It takes twice the time and helps on small data sets.
    """

    placed = weights  # on the device of the model, once

    def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
        nonlocal placed
        if placed is not None and placed.device != logits.device:
            placed = placed.to(logits.device)
        return functional.cross_entropy(logits, labels, weight=placed, label_smoothing=label_smoothing)

    return labelled_loss(cross_entropy, symmetric_divergence, r_drop)


def multi_label_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Return the binary cross-entropy of each label, on a `LabelledBatch` with labels (B, C) float, 1 = has the label.

    Args:
        r_drop: weight of the divergence, the mean over the labels, between two forward passes under different dropout
            masks (Liang et al. 2021, "R-Drop"); 0 = one pass.
    """

    def divergence(first: Tensor, second: Tensor) -> Tensor:
        return symmetric_divergence(_two_classes(first), _two_classes(second))

    return labelled_loss(functional.binary_cross_entropy_with_logits, divergence, r_drop)


def _two_classes(logits: Tensor) -> Tensor:
    """Return the logits (B * C, 2) of "has the label" and "does not have it" from those of labels (B, C)."""
    return torch.stack([logits, torch.zeros_like(logits)], dim=-1).flatten(0, 1)
