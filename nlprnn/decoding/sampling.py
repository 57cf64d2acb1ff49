"""Sampling from a step function, token by token."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain

import torch
from torch import Tensor

from nlprnn.decoding.gumbel import Generators, gumbel_noise
from nlprnn.decoding.logits_processors import History, LogitsProcessor
from nlprnn.decoding.step import State, Step

_COLUMNS = 256
"""Initial capacity of the history, in tokens; it doubles when it is full."""

NO_TOKEN = "no token is left to choose: the logits processors forbid all, or the model's scores are NaN"


def sample(
    step: Step[State],
    tokens: Tensor,
    state: State,
    *,
    length: int,
    logits_processors: Sequence[LogitsProcessor] = (),
    generator: Generators = None,
) -> Iterator[Tensor]:
    """Sample tokens up to `length`, end tokens like any other; the caller stops when it likes.

    Args:
        step: the model.
        tokens: (N,) int64, the last token of each row's prompt.
        state: of the model after the tokens before.
        length: number of tokens to sample for each row.
        logits_processors: applied to the log-probabilities, in order.
        generator: random number generator, or one for each row; None = torch's global one.

    Yields:
        (N,) int64, the next token of each row.

    Raises:
        ValueError: the logits processors leave a row without any token.
    """
    rows = torch.arange(tokens.size(0), device=tokens.device)
    sampled = tokens.new_empty(tokens.size(0), min(length, _COLUMNS))
    noise: Iterator[Tensor] | None = None
    for position in range(length):
        with torch.inference_mode():
            scores, state = step(tokens, state)
            history = History(sampled[:, :position], rows)
            for process in logits_processors:
                scores = process(scores, history)
            if noise is None:
                blocks = gumbel_noise(scores.shape, device=scores.device, generator=generator)
                noise = chain.from_iterable(blocks)
            highest, tokens = (scores + next(noise)).max(dim=1)
            if not math.isfinite(float(highest.sum())):
                raise ValueError(NO_TOKEN)
            if position == sampled.size(1):
                sampled = torch.cat([sampled, torch.empty_like(sampled)], dim=1)
            sampled[:, position] = tokens
        yield tokens
