"""Gradient check: analytic gradients against differences of the loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nlprnn.reference.cells import Weights


def central_differences(loss: Callable[[Weights], float], weights: Weights, *, step: float = 1e-5) -> Weights:
    """Compute dL/dw = (L(w + epsilon) - L(w - epsilon)) / (2 epsilon) + O(epsilon^2), one weight after the other.

    The error is about epsilon^2 from the formula and 1e-16 L / epsilon from rounding; both are small for 1e-5.

    Args:
        loss: L.
        weights: w.
        step: epsilon.
    """
    gradients = {}
    for name, w in weights.items():
        gradient = gradients[name] = np.zeros_like(w)
        for index in np.ndindex(w.shape):
            losses = []
            for sign in (1.0, -1.0):
                moved = w.copy()
                moved[index] += sign * step
                losses.append(loss({**weights, name: moved}))
            gradient[index] = (losses[0] - losses[1]) / (2.0 * step)
    return gradients


def relative_error(gradients: Weights, expected: Weights) -> float:
    """Return |g - e| / max(|g|, |e|) over the components of all weights; 0 where both are zero."""
    names = sorted(expected)
    g, e = (np.concatenate([arrays[name].ravel() for name in names]) for arrays in (gradients, expected))
    scale = max(np.linalg.norm(g), np.linalg.norm(e))
    return float(np.linalg.norm(g - e) / scale) if scale > 0.0 else 0.0
