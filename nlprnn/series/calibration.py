"""Conformal calibration of quantiles on held-out windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FEWEST = 200
"""Targets of a step from which it has factors of its own; of fewer, all steps of the horizon share them."""

_SMALLEST, _LARGEST = 0.05, 20.0

_STEP = 0.05
"""Change of the logarithm of a width for each whole share of values that were missed, at each step of time."""

_LOG_LIMITS = (-3.0, 3.0)


def calibration_factors(
    quantiles: NDArray[np.floating], levels: Sequence[float], targets: NDArray[np.floating], mask: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the factors by which the distance of each quantile from the median covers its share of held-out targets.

    Conformalised quantile regression (Romano et al. 2019) with scores relative to the predicted distance, so that a
    band stays wide where the model is unsure.

    Args:
        quantiles: (n, H, C, Q) float, of held-out windows.
        levels: Q probabilities, the middle one the median's.
        targets: (n, H, C) float.
        mask: (n, H, C) bool, True = observed.

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
                    share = max(level, 1.0 - level) * (1.0 + 1.0 / len(ratios))
                    factor = float(np.quantile(ratios, min(1.0, share)))
                    factors[index, steps, target] = min(max(factor, _SMALLEST), _LARGEST)
    return factors


def tracked_quantiles(
    quantiles: NDArray[np.floating],
    levels: Sequence[float],
    targets: NDArray[np.floating],
    mask: NDArray[np.bool_],
    positions: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Widen or narrow the quantiles of each cutoff by how often earlier ones, whose truth it knows, were missed.

    Quantile tracking (Angelopoulos et al. 2023, "Conformal PID Control for Time Series Prediction"): after each step a
    quantile moves away from the median if too many values lay beyond it, else towards it. So the coverage is right in
    the long run even where the errors grow or shrink after training.

    Args:
        quantiles: (n, H, C, Q) float.
        levels: Q probabilities, the middle one the median's.
        targets: (n, H, C) float.
        mask: (n, H, C) bool, True = observed; values that are not are no evidence.
        positions: (n,) int64, of the cutoffs on the grid, in any order.

    Returns:
        (n, H, C, Q) float.
    """
    middle, horizon = len(levels) // 2, targets.shape[1]
    median = quantiles[..., middle : middle + 1]
    distances = quantiles - median
    side = np.sign(np.asarray(levels) - 0.5)  # of the quantile, seen from the median
    tail = np.minimum(levels, 1.0 - np.asarray(levels))
    errors = np.where(mask, targets - median[..., 0], np.nan)[..., None]  # (n, H, C, 1)
    logs = np.zeros(len(levels))
    order = np.argsort(positions, kind="stable")
    times, starts = np.unique(positions[order], return_index=True)
    groups = np.split(order, starts[1:])
    result, known = np.array(quantiles, dtype=np.float64), 0
    for time, rows in zip(times, groups, strict=True):
        while times[known] + horizon <= time:
            before = groups[known]
            beyond = side * errors[before] > side * (result[before] - median[before])
            observed = ~np.isnan(errors[before])
            if observed.any():
                missed = (beyond & observed).sum(axis=(0, 1, 2)) / observed.sum()
                logs += _STEP * (missed - tail) * (side != 0)
            known += 1
        result[rows] = median[rows] + distances[rows] * np.exp(np.clip(logs, *_LOG_LIMITS))
    return np.sort(result, axis=-1)
