"""Drawing as in `sampling`, for few rows on a CPU: on arrays, whose operations cost a fraction of those on tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlprnn.decoding.sampling import NO_TOKEN, SOONEST
from nlprnn.decoding.step import State

ArrayStep = Callable[[NDArray[np.int64], State], tuple[NDArray[np.float32], State]]
"""(tokens (N,), state) -> (logits (N, V) of the next token, which may be written to, and the state)."""

_COLDEST, _HOTTEST = 1e-30, 1e30
"""Beyond, single precision would make no number of zero or of infinity."""


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
    colder = 1.0 / min(max(temperature, _COLDEST), _HOTTEST)
    last, wall = tokens.numpy(), None
    for _ in range(length):
        weights, state = step(last, state)
        if wall is None:
            wall = np.zeros(weights.shape[1], dtype=np.float32)
            wall[list(forbidden)] = -np.inf
            clocks = torch.empty(weights.shape)  # of PyTorch's chance, so that a seed gives the text of `sample`
            rings = clocks.numpy()
        weights += wall
        likeliest = weights.max(axis=1, keepdims=True)
        if not math.isfinite(likeliest.sum()):
            raise ValueError(NO_TOKEN)
        weights -= likeliest
        weights *= colder
        np.exp(weights, out=weights)
        clocks.exponential_(generator=generator)
        weights /= np.maximum(rings, SOONEST, out=rings)
        last = weights.argmax(axis=1)
        yield last
