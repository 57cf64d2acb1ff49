"""Class weights from inverse class frequencies."""

from __future__ import annotations

import torch
from torch import Tensor

CLASS_WEIGHTS = {"none": 0.0, "root": 0.5, "balanced": 1.0}
"""Name -> power of the inverse frequency of a class in its weight."""


def inverse_frequency(counts: Tensor, kind: str) -> Tensor | None:
    """Return weights that favour rare classes, with a mean of 1 over the rows.

    Args:
        counts: (C,) int64, rows of each class; a class without rows has weight 0.
        kind: "balanced" gives all classes the same total weight (King & Zeng 2001, "Logistic Regression in Rare
            Events Data"); "root" takes the square root of these weights, for classes of very few rows; "none".

    Returns:
        (C,) float32, or None for "none".

    Raises:
        ValueError: the kind is unknown.
    """
    if kind not in CLASS_WEIGHTS:
        raise ValueError(f"unknown class weights {kind!r}: choose one of {', '.join(CLASS_WEIGHTS)}")
    if kind == "none":
        return None
    weights = torch.where(counts > 0, counts.clamp(min=1).double() ** -CLASS_WEIGHTS[kind], 0.0)
    return (weights * counts.sum() / (weights * counts).sum()).float()
