"""Drawing one token after the other from a step function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from nlprnn.decoding.scores import ScoreFilter

State = TypeVar("State")
Step = Callable[[Tensor, State], tuple[Tensor, State]]
"""(tokens (N,) int64, state) -> (log-probabilities (N, V) float, state)."""


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
        filters: from log-probabilities to log-probabilities, in order.
        generator: the source of chance; None = torch's global one.

    Yields:
        (N,) int64, the next token of each row.

    Raises:
        ValueError: the filters leave a row without any token.
    """
    for _ in range(length):
        with torch.inference_mode():
            scores, state = step(tokens, state)
            for apply in filters:
                scores = apply(scores)
            probabilities = scores.softmax(dim=1)
            if not bool(torch.isfinite(probabilities).all()):
                raise ValueError("no token is left to choose: the filters forbid all, or the model gives no numbers")
            tokens = torch.multinomial(probabilities, 1, generator=generator).squeeze(1)
        yield tokens
