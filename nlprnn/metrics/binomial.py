"""Confidence bounds of a share: how sure one can be of a precision that was seen on a number of texts."""

from __future__ import annotations

import math

import numpy as np

_HALVINGS = 40


def binomial_tail(successes: int, trials: int, probability: float) -> float:
    """Return the probability of at least this many successes.

    Args:
        successes: 0 to `trials`.
        trials: number of independent trials.
        probability: of a success, 0 to 1.
    """
    if successes <= 0 or probability >= 1.0:
        return 1.0
    if probability <= 0.0:
        return 0.0
    # The logarithms of the ratios of each term to the one before it, and of the first.
    counts = np.arange(successes + 1, trials + 1)
    ratios = np.log((trials - counts + 1) / counts) + math.log(probability) - math.log1p(-probability)
    first = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    first += successes * math.log(probability) + (trials - successes) * math.log1p(-probability)
    logs = np.concatenate([[0.0], np.cumsum(ratios)]) + first
    return min(1.0, float(np.exp(logs).sum()))


def lower_bound(successes: int, trials: int, *, doubt: float) -> float:
    """Return the one-sided Clopper-Pearson bound below a probability of success (Clopper & Pearson 1934).

    Args:
        successes: that were seen.
        trials: number of independent trials.
        doubt: probability that the bound is above the true probability, at most; 0.05 for 95 % confidence.
    """
    low, high = 0.0, successes / trials if trials else 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(successes, trials, middle) <= doubt else (low, middle)
    return low
