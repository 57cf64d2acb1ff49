"""Temperature scaling: one divisor of the logits that makes the probabilities of a classifier honest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST = 20.0
"""Largest temperature; its inverse is the least."""

_HALVINGS = 50


def fit_temperature(logits: NDArray[Any], targets: NDArray[Any]) -> float | None:
    """Return the temperature with the least mean negative log-likelihood (Guo et al. 2017).

    The likelihood is convex in the inverse temperature, so that its slope has one root, which bisection finds.

    Args:
        logits: (rows, C) float, before any temperature.
        targets: (rows,) integer, one label a text; or (rows, C) bool, several labels a text.

    Returns:
        between 0.05 and 20; None where the texts do not determine it, as where every text is right.
    """
    logits = logits.astype(np.float64)
    low, high = -math.log(_LARGEST), math.log(_LARGEST)  # logarithm of the inverse temperature
    if _slope(logits, targets, math.exp(low)) >= 0 or _slope(logits, targets, math.exp(high)) <= 0:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(logits, targets, math.exp(middle)) < 0 else (low, middle)
    return math.exp(-low)


def _slope(logits: NDArray[np.float64], targets: NDArray[Any], inverse: float) -> float:
    """Derivative of the mean negative log-likelihood with respect to the inverse temperature."""
    scaled = logits * inverse
    if targets.ndim == 2:
        return float(((0.5 + 0.5 * np.tanh(scaled / 2) - targets) * logits).mean())  # a sigmoid that does not overflow
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    means = (weights * logits).sum(axis=1) / weights.sum(axis=1)
    return float((means - logits[np.arange(len(logits)), targets]).mean())
