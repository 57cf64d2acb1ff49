"""Gumbel noise for sampling, drawn in blocks of many steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

_BLOCK = 1 << 16
"""Numbers in a block: one draw per step would take longer than the step of a small model."""

_ROW_BLOCK = 1 << 14
"""Numbers in a block of one row that has a generator of its own; however many rows there are, since it decides which
numbers a step gets."""

Generators = torch.Generator | Sequence[torch.Generator] | None
"""One random number generator for all rows, one for each row, or torch's global one."""

_SMALLEST, _HOTTEST = 1e-30, 1e30
"""Bounds that keep the logarithm, and the product with a temperature, finite in single precision."""


def gumbel_noise(
    shape: Sequence[int],
    *,
    temperature: float = 1.0,
    forbidden: Sequence[int] = (),
    device: torch.device | str = "cpu",
    generator: Generators = None,
) -> Iterator[Tensor]:
    """Yield endless noise such that the argmax of scores plus noise is a sample of softmax(scores / temperature).

    This is the Gumbel-max trick (Gumbel 1954; Maddison et al. 2014, "A* Sampling"). It needs no sum of probabilities
    and cannot overflow at any temperature, because the noise is multiplied instead of the scores divided.

    Args:
        shape: N and V of the scores.
        temperature: 0 or more; 0 = no noise.
        forbidden: tokens whose noise is -inf.
        device: of the noise.
        generator: random number generator, or one for each row; None = torch's global one. With one for each, the
            noise of a row does not depend on the other rows.

    Yields:
        (steps, N, V) float32, independent noise for a number of steps.
    """
    rows, vocabulary = shape
    each, masked = isinstance(generator, Sequence), list(forbidden)
    steps = max(1, (_ROW_BLOCK if each else _BLOCK) // max(1, vocabulary if each else rows * vocabulary))
    while True:
        if isinstance(generator, Sequence):
            blocks = [torch.empty(steps, vocabulary, device=device).exponential_(generator=one) for one in generator]
            exponential = torch.stack(blocks, dim=1)
        else:
            exponential = torch.empty(steps, rows, vocabulary, device=device).exponential_(generator=generator)
        noise = exponential.clamp_(min=_SMALLEST).log_().mul_(-min(temperature, _HOTTEST))
        noise[:, :, masked] = -torch.inf
        yield noise
