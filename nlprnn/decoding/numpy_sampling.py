"""Sampling for few rows on a CPU: NumPy arrays, whose operations take a fraction of the time of those on tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from nlprnn.decoding.gumbel import Generators, gumbel_noise
from nlprnn.decoding.sampling import NO_TOKEN
from nlprnn.decoding.step import State

NumpyStep = Callable[[NDArray[np.int64], State], tuple[NDArray[np.float32], State]]
"""(tokens (N,), state) -> (logits (N, V) of the next token, which may be written to, and the state)."""


def sample_numpy(
    step: NumpyStep[State],
    tokens: Tensor,
    state: State,
    *,
    length: int,
    temperature: float,
    forbidden: Sequence[int] = (),
    generator: Generators = None,
) -> Iterator[NDArray[np.int64]]:
    """Sample as `sample` does with the processors `forbid` and `temperature`, up to rounding.

    Args:
        step: the model.
        tokens: (N,) int64, the last token of each row's prompt.
        state: of the model after the tokens before.
        length: number of tokens to sample for each row.
        temperature: 0 or more; 0 = always the most likely token.
        forbidden: tokens never to sample.
        generator: random number generator, or one for each row; None = torch's global one.

    Yields:
        (N,) int64, the next token of each row.

    Raises:
        ValueError: all tokens are forbidden, or the logits are NaN.
    """
    last, noise = tokens.numpy(), None
    for _ in range(length):
        scores, state = step(last, state)
        if noise is None:
            blocks = gumbel_noise(scores.shape, temperature=temperature, forbidden=forbidden, generator=generator)
            noise = chain.from_iterable(block.numpy() for block in blocks)
        scores += next(noise)
        last = scores.argmax(axis=1)
        if not all(math.isfinite(scores.item(index)) for index in enumerate(last.tolist())):
            raise ValueError(NO_TOKEN)
        yield last
