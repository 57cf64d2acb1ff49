"""Schedules of the learning rate, or of dropout: functions from training progress to a factor.

Progress runs from 0 to 1, whether the length of training is given in epochs or in minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(progress: float) -> float:
    """Return 1 throughout."""
    return 1.0


def linear(progress: float) -> float:
    """Decay linearly to zero."""
    return max(0.0, 1.0 - progress)


def cosine(progress: float) -> float:
    """Decay along half a cosine wave to zero (Loshchilov & Hutter 2017, "SGDR", one period)."""
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, progress)))


def slanted_triangular(progress: float) -> float:
    """Rise over the first tenth, then decay slowly, from 1/32 to 1/32 (Howard & Ruder 2018, "ULMFiT").

    For fine-tuning: the weights reach the right region early, then are refined.
    """
    lowest, peak = 1 / 32, 0.1
    height = progress / peak if progress < peak else (1.0 - min(1.0, progress)) / (1.0 - peak)
    return lowest + (1.0 - lowest) * height


def linear_after(end: float) -> Schedule:
    """Return a schedule that is 1 over the first half of training, then decays linearly to `end`.

    Raises:
        ValueError: `end` is not in [0, 1].
    """
    if not 0.0 <= end <= 1.0:
        raise ValueError(f"the end of a schedule must be from 0 to 1, got {end}")

    def scheduled(progress: float) -> float:
        return 1.0 - (1.0 - end) * min(1.0, max(0.0, 2.0 * progress - 1.0))

    return scheduled


def with_warmup(schedule: Schedule, warmup: float) -> Schedule:
    """Return a schedule that rises linearly from zero, then follows `schedule` over the rest of training.

    Args:
        schedule: follows the rise.
        warmup: fraction of the training in which the factor rises, in [0, 1).

    Raises:
        ValueError: `warmup` is out of range.
    """
    if not 0.0 <= warmup < 1.0:
        raise ValueError(f"warmup must be at least 0 and below 1, got {warmup}")

    def warmed(progress: float) -> float:
        if progress < warmup:
            return progress / warmup
        return schedule((progress - warmup) / (1.0 - warmup))

    return warmed
