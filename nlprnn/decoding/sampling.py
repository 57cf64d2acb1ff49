"""Drawing one token after the other from a step function."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from nlprnn.decoding.scores import History, ScoreFilter
from nlprnn.decoding.step import State, Step

_COLUMNS = 256
"""Tokens that the history has room for at first; it doubles when they are used up."""

SOONEST = 1e-30
"""A clock never rings at once: zero over zero is no number."""

NO_TOKEN = "no token is left to choose: the filters forbid all, or the model gives no numbers"


def sample(
    step: Step[State],
    tokens: Tensor,
    state: State,
    *,
    length: int,
    filters: Sequence[ScoreFilter] = (),
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
    for position in range(length):
        with torch.inference_mode():
            scores, state = step(tokens, state)
            history = History(drawn[:, :position], rows)
            for apply in filters:
                scores = apply(scores, history)
            probabilities = scores.softmax(dim=1)
            if math.isnan(float(probabilities.sum())):
                raise ValueError(NO_TOKEN)
            # The first of independent exponential clocks to ring, each as fast as its token is probable. This is
            # what torch.multinomial does, without its checks, which cost more than a step of a small model.
            clocks = torch.empty_like(probabilities).exponential_(generator=generator).clamp_(min=SOONEST)
            tokens = (probabilities / clocks).argmax(dim=1)
            if position == drawn.size(1):
                drawn = torch.cat([drawn, torch.empty_like(drawn)], dim=1)
            drawn[:, position] = tokens
        yield tokens
