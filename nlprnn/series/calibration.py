"""Conformal calibration of quantiles on held-out windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FEWEST = 200
"""Targets of a step from which it has factors of its own; of fewer, all steps of the horizon share them."""

_SMALLEST, _LARGEST = 0.05, 20.0


def calibration_factors(
    quantiles: NDArray[np.floating],
    levels: Sequence[float],
    targets: NDArray[np.floating],
    mask: NDArray[np.bool_],
    *,
    observed: int | None = None,
) -> NDArray[np.float64]:
    """Return the factors by which the distance of each quantile from the median covers its share of held-out targets.

    Conformalised quantile regression (Romano et al. 2019) with scores relative to the predicted distance, so that a
    band stays wide where the model is unsure.

    Args:
        quantiles: (n, H, C, Q) float, of held-out windows.
        levels: Q probabilities, the middle one the median's.
        targets: (n, H, C) float.
        mask: (n, H, C) bool, True = observed.
        observed: number of different steps in the windows, of which each may be in several; the fewer, the farther out
            is a quantile. None = no step is in two windows.

    Returns:
        (Q, H, C) float; 1 of the median, and where nothing is observed.
    """
    middle = len(levels) // 2
    factors = np.ones((len(levels), *targets.shape[1:]))
    distance = quantiles - quantiles[..., middle : middle + 1]
    error = targets - quantiles[..., middle]
    for target in range(targets.shape[2]):
        counts = mask[:, :, target].sum(axis=0)
        shared = counts.min() < _FEWEST
        for index, level in enumerate(levels):
            if index == middle:
                continue
            for step in range(1 if shared else targets.shape[1]):
                steps = slice(None) if shared else slice(step, step + 1)
                chosen = mask[:, steps, target]
                if chosen.any():
                    spread = distance[:, steps, target, index][chosen]
                    ratios = error[:, steps, target][chosen] / (spread + np.copysign(1e-12, level - 0.5))
                    share = max(level, 1.0 - level) * (1.0 + 1.0 / min(len(ratios), observed or len(ratios)))
                    factor = float(np.quantile(ratios, min(1.0, share)))
                    factors[index, steps, target] = min(max(factor, _SMALLEST), _LARGEST)
    return factors
