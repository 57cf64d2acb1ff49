"""Schedules: progress of the training -> factor of the learning rate, or of dropout.

Progress runs from 0 to 1, whether training is planned in epochs or in minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(progress: float) -> float:
    """The full rate all along."""
    return 1.0


def linear(progress: float) -> float:
    """Straight down to zero."""
    return max(0.0, 1.0 - progress)


def cosine(progress: float) -> float:
    """Half a cosine wave down to zero (Loshchilov & Hutter 2017, "SGDR", one period)."""
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, progress)))


def slanted_triangular(progress: float) -> float:
    """Up over the first tenth, then slowly down, from 1/32 to 1/32 (Howard & Ruder 2018, "ULMFiT").

    It is how a pretrained model is tuned: soon in the right region, then little by little.
    """
    lowest, peak = 1 / 32, 0.1
    part = progress / peak if progress < peak else (1.0 - min(1.0, progress)) / (1.0 - peak)
    return lowest + (1.0 - lowest) * part


def linear_after(end: float) -> Schedule:
    """Nothing changes over the first half of the training; over the second it goes straight down to `end`.

    Raises:
        ValueError: `end` is not in [0, 1].
    """
    if not 0.0 <= end <= 1.0:
        raise ValueError(f"the end of a schedule must be from 0 to 1, got {end}")

    def scheduled(progress: float) -> float:
        return 1.0 - (1.0 - end) * min(1.0, max(0.0, 2.0 * progress - 1.0))

    return scheduled


def with_warmup(schedule: Schedule, warmup: float) -> Schedule:
    """Rise from zero over the first part of the training, then follow `schedule` over the rest.

    Args:
        schedule: what follows the rise.
        warmup: the part of the training that rises, in [0, 1).

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
