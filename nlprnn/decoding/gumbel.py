"""The chance in sampling, drawn ahead for many steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

_BLOCK = 1 << 16
"""Numbers drawn at once: a draw for each step alone would cost more than a step of a small model."""

_SOONEST, _HOTTEST = 1e-30, 1e30
"""The logarithm of zero is no number, and neither is a product beyond single precision."""


def gumbel_noise(
    shape: Sequence[int],
    *,
    temperature: float = 1.0,
    never: Sequence[int] = (),
    device: torch.device | str = "cpu",
    generator: torch.Generator | None = None,
) -> Iterator[Tensor]:
    """Yield noise without end: the argmax of scores plus noise is a sample of softmax(scores / temperature).

    This is the Gumbel-max trick (Gumbel 1954; Maddison et al. 2014, "A* Sampling"). It needs no sum of probabilities,
    and nothing overflows at any temperature, as it is the noise that is multiplied: with 0 there is none.

    Args:
        shape: N and V of the scores.
        temperature: 0 or more.
        never: tokens whose noise is -inf.
        device: where the noise is.
        generator: the source of chance; None = torch's global one.

    Yields:
        (steps, N, V) float32, independent numbers for so many steps.
    """
    rows, vocabulary = shape
    steps, barred = max(1, _BLOCK // max(1, rows * vocabulary)), list(never)
    while True:
        clocks = torch.empty(steps, rows, vocabulary, device=device).exponential_(generator=generator)
        noise = clocks.clamp_(min=_SOONEST).log_().mul_(-min(temperature, _HOTTEST))
        noise[:, :, barred] = -torch.inf
        yield noise
