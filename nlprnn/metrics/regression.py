"""Regression metrics: errors, correlations and explained variance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.f1 import check_rows


def regression_scores(predicted: NDArray[Any], target: NDArray[Any]) -> dict[str, float]:
    """Score a regressor, in the unit of the data.

    Args:
        predicted: (rows,) float.
        target: (rows,) float.

    Returns:
        rmse, the root of the mean squared error; mae, the mean absolute error; pearson and spearman, the correlations
        of values and of ranks, 0 where either side is constant; r2, the share of the variance that is explained.

    Raises:
        ValueError: there are no rows.
    """
    check_rows(target)
    predicted, target = predicted.astype(np.float64), target.astype(np.float64)
    squared, variance = float(np.square(predicted - target).mean()), float(target.var())
    return {
        "rmse": squared**0.5,
        "mae": float(np.abs(predicted - target).mean()),
        "pearson": _correlation(predicted, target),
        "spearman": _correlation(_ranks(predicted), _ranks(target)),
        "r2": 1.0 - squared / variance if variance else 0.0,
    }


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt(np.square(first).sum() * np.square(second).sum()))
    return float((first * second).sum()) / scale if scale else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks (rows,) float; equal values share the mean of their ranks."""
    _, indices, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[indices]
