"""Drawing one token after the other from a step function."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain

import torch
from torch import Tensor

from nlprnn.decoding.gumbel import gumbel_noise
from nlprnn.decoding.logits_processors import History, LogitsProcessor
from nlprnn.decoding.step import State, Step

_COLUMNS = 256
"""Tokens that the history has room for at first; it doubles when they are used up."""

NO_TOKEN = "no token is left to choose: the filters forbid all, or the model gives no numbers"


def sample(
    step: Step[State],
    tokens: Tensor,
    state: State,
    *,
    length: int,
    filters: Sequence[LogitsProcessor] = (),
    generator: torch.Generator | None = None,
) -> Iterator[Tensor]:
    """Draw tokens without end marks or limits but `length`; the caller stops where it likes.

    Args:
        step: the model.
        tokens: (N,) int64, the last token of each row's prompt.
        state: what the model knows of the tokens before.
        length: how many tokens to draw for each row.
        filters: from log-probabilities and the tokens drawn so far to log-probabilities, in order.
        generator: the source of chance; None = torch's global one.

    Yields:
        (N,) int64, the next token of each row.

    Raises:
        ValueError: the filters leave a row without any token.
    """
    rows = torch.arange(tokens.size(0), device=tokens.device)
    drawn = tokens.new_empty(tokens.size(0), min(length, _COLUMNS))
    noise: Iterator[Tensor] | None = None
    for position in range(length):
        with torch.inference_mode():
            scores, state = step(tokens, state)
            history = History(drawn[:, :position], rows)
            for apply in filters:
                scores = apply(scores, history)
            if noise is None:
                blocks = gumbel_noise(scores.shape, device=scores.device, generator=generator)
                noise = chain.from_iterable(blocks)
            highest, tokens = (scores + next(noise)).max(dim=1)
            if not math.isfinite(float(highest.sum())):
                raise ValueError(NO_TOKEN)
            if position == drawn.size(1):
                drawn = torch.cat([drawn, torch.empty_like(drawn)], dim=1)
            drawn[:, position] = tokens
        yield tokens
