"""Class weights from inverse class frequencies."""

from __future__ import annotations

import torch
from torch import Tensor

CLASS_WEIGHTS = {"none": 0.0, "root": 0.5, "balanced": 1.0}
"""Name -> power of a class's inverse frequency in the weight of its texts."""


def inverse_frequency(counts: Tensor, kind: str) -> Tensor | None:
    """Weigh classes by how rare they are, so that the mean weight of a text is 1.

    Args:
        counts: (C,) int64, texts of each class. A class without any weighs nothing.
        kind: "balanced" lets all classes count alike (King & Zeng 2001, "Logistic Regression in Rare Events Data"),
            "root" takes the square root of these weights, for where few texts would count too much; "none".

    Returns:
        (C,) float32, or None for "none".

    Raises:
        ValueError: the kind is unknown.
    """
    if kind not in CLASS_WEIGHTS:
        raise ValueError(f"unknown class weights {kind!r}: choose one of {', '.join(CLASS_WEIGHTS)}")
    if kind == "none":
        return None
    there = counts > 0
    weights = torch.where(there, counts.clamp(min=1).double() ** -CLASS_WEIGHTS[kind], 0.0)
    return (weights * counts.sum() / (weights * counts).sum()).float()
