"""Drawing as in `sampling`, for few rows on a CPU: on arrays, whose operations cost a fraction of those on tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlprnn.decoding.gumbel import gumbel_noise
from nlprnn.decoding.sampling import NO_TOKEN
from nlprnn.decoding.step import State

ArrayStep = Callable[[NDArray[np.int64], State], tuple[NDArray[np.float32], State]]
"""(tokens (N,), state) -> (logits (N, V) of the next token, which may be written to, and the state)."""


def sample_arrays(
    step: ArrayStep[State],
    tokens: Tensor,
    state: State,
    *,
    length: int,
    temperature: float,
    forbidden: Sequence[int] = (),
    generator: torch.Generator | None = None,
) -> Iterator[NDArray[np.int64]]:
    """Draw what `sample` draws with the filters `forbid` and `temperature`, but for rounding.

    Args:
        step: the model.
        tokens: (N,) int64, the last token of each row's prompt.
        state: what the model knows of the tokens before.
        length: how many tokens to draw for each row.
        temperature: 0 or more; 0 = always the likeliest.
        forbidden: tokens never to draw.
        generator: the source of chance; None = torch's global one.

    Yields:
        (N,) int64, the next token of each row.

    Raises:
        ValueError: all tokens are forbidden, or the model gives no numbers.
    """
    last, noise = tokens.numpy(), None
    for _ in range(length):
        scores, state = step(last, state)
        if noise is None:
            blocks = gumbel_noise(scores.shape, temperature=temperature, never=forbidden, generator=generator)
            noise = chain.from_iterable(block.numpy() for block in blocks)
        scores += next(noise)
        last = scores.argmax(axis=1)
        if not all(math.isfinite(scores.item(place)) for place in enumerate(last.tolist())):
            raise ValueError(NO_TOKEN)
        yield last
