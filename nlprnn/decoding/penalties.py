"""Length and coverage penalties of beam search.

A finished hypothesis scores log-probability / length penalty + coverage penalty (Wu et al. 2016, "Google's Neural
Machine Translation System").
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

LengthPenalty = Callable[[Tensor], Tensor]
"""Lengths (...) float, 1 or more -> divisors (...) float above 0. The end token counts."""

CoveragePenalty = Callable[[Tensor], Tensor]
"""Attention on each source position, summed over a hypothesis, (N, S) float -> (N,) float, 0 or less."""


def wu_length_penalty(alpha: float) -> LengthPenalty:
    """Divide by ((5 + length) / 6)^alpha (Wu et al. 2016, where 0.6 to 0.7 was best); 0 = no penalty.

    Raises:
        ValueError: alpha is negative, infinite or not a number.
    """
    _check("alpha", alpha)
    return lambda lengths: ((5.0 + lengths) / 6.0) ** alpha


def average_length_penalty(alpha: float = 1.0) -> LengthPenalty:
    """Divide by length^alpha; 1 = the mean log-probability of a token, 0 = no penalty.

    Raises:
        ValueError: alpha is negative, infinite or not a number.
    """
    _check("alpha", alpha)
    return lambda lengths: lengths**alpha


def coverage_penalty(beta: float) -> CoveragePenalty:
    """Add beta * sum over source positions of log(min(attention, 1)) (Wu et al. 2016, where 0.2 was best).

    Positions that never received any attention do not count: they are padding.

    Raises:
        ValueError: beta is negative, infinite or not a number.
    """
    _check("beta", beta)

    def apply(coverage: Tensor) -> Tensor:
        return beta * torch.where(coverage > 0, coverage.clamp(max=1.0), 1.0).log().sum(dim=1)

    return apply


def _check(name: str, value: float) -> None:
    if not 0.0 <= value < torch.inf:
        raise ValueError(f"{name} must be 0 or more and finite, got {value}")
