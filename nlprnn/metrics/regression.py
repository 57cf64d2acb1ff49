"""Regression scores: errors and correlations."""

from __future__ import annotations

import numpy as np


def regression_scores(numbers: np.ndarray, gold: np.ndarray) -> dict[str, float]:
    """Score a regressor, in the unit of the data.

    Args:
        numbers: (rows,) float, what it says.
        gold: (rows,) float.

    Returns:
        rmse, the root of the mean squared error; mae, the mean absolute error; pearson and spearman, the correlations
        of values and of ranks, 0 where either side is constant; r2, the share of the variance that is explained.

    Raises:
        ValueError: there are no rows.
    """
    if len(gold) == 0:
        raise ValueError("there is nothing to score")
    numbers, gold = numbers.astype(np.float64), gold.astype(np.float64)
    squared, variance = float(np.square(numbers - gold).mean()), float(gold.var())
    return {
        "rmse": squared**0.5,
        "mae": float(np.abs(numbers - gold).mean()),
        "pearson": _correlation(numbers, gold),
        "spearman": _correlation(_ranks(numbers), _ranks(gold)),
        "r2": 1.0 - squared / variance if variance else 0.0,
    }


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt(np.square(first).sum() * np.square(second).sum()))
    return float((first * second).sum()) / scale if scale else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks (rows,) float, equal values with the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]
