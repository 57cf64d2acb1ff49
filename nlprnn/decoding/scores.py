"""Small functions from log-probabilities to log-probabilities, used one after the other by search and sampling.

Each takes (N, V) float and the history of the rows, and returns (N, V) float; -inf marks what must not come. None
changes what it was given. Those that look at the history are in `constraints`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class History(NamedTuple):
    """What has been chosen so far.

    Attributes:
        tokens: (N, t) int64, the tokens of each row, without what it began with (a prompt, the mark of a beginning).
        rows: (N,) int64, the row of the first batch that each row belongs to: search drops sentences that are
            finished and keeps several rows for each of the others.
    """

    tokens: Tensor
    rows: Tensor


ScoreFilter = Callable[[Tensor, History], Tensor]

_COLD = 0.01  # above, log-probabilities of single precision stay finite when they are divided by it
_HOTTEST = 1e30  # all tokens alike; what single precision cannot hold would make NaN of -inf


def forbid(ids: Sequence[int]) -> ScoreFilter:
    """Never choose these tokens."""
    index = torch.tensor(list(ids), dtype=torch.int64)
    walls: dict[tuple[int, torch.dtype, torch.device], Tensor] = {}

    def apply(scores: Tensor, history: History) -> Tensor:
        key = scores.size(1), scores.dtype, scores.device
        if key not in walls:  # adding a row is quicker than filling by index, by the time of a small step
            walls[key] = scores.new_zeros(scores.size(1)).index_fill_(0, index.to(scores.device), -torch.inf)
        return scores + walls[key]

    return apply


def temperature(value: float) -> ScoreFilter:
    """Sharpen (below 1) or flatten (above 1) the distribution; 0 leaves the likeliest token alone.

    Raises:
        ValueError: the value is negative, infinite or not a number.
    """
    if not 0.0 <= value < torch.inf:
        raise ValueError(f"temperature must be 0 or more and finite, got {value}")

    def apply(scores: Tensor, history: History) -> Tensor:
        if _COLD < value < _HOTTEST:
            return scores / value
        scores = scores - scores.amax(dim=1, keepdim=True)  # the likeliest at 0: no overflow at any temperature
        if value < 1e-4:
            return scores.masked_fill(scores < 0, -torch.inf)
        return scores / min(value, _HOTTEST)

    return apply


def top_k(k: int) -> ScoreFilter:
    """Keep the k likeliest tokens (Fan et al. 2018, "Hierarchical Neural Story Generation").

    Raises:
        ValueError: k is not positive.
    """
    if k < 1:
        raise ValueError(f"top-k must be at least 1, got {k}")

    def apply(scores: Tensor, history: History) -> Tensor:
        kept = scores.topk(min(k, scores.size(1)), dim=1)
        return torch.full_like(scores, -torch.inf).scatter(1, kept.indices, kept.values)

    return apply


def top_p(p: float) -> ScoreFilter:
    """Keep the likeliest tokens whose probabilities just reach p (Holtzman et al. 2020, nucleus sampling).

    Raises:
        ValueError: p is not in (0, 1].
    """
    if not 0.0 < p <= 1.0:
        raise ValueError(f"top-p must be above 0 and at most 1, got {p}")

    def apply(scores: Tensor, history: History) -> Tensor:
        if p == 1.0:  # rounded sums can reach 1 before the last token
            return scores
        ordered, order = scores.sort(dim=1, descending=True)
        probabilities = ordered.softmax(dim=1)
        before = probabilities.cumsum(dim=1) - probabilities  # what the likelier tokens have together
        kept = ordered.masked_fill(before >= p, -torch.inf)
        return torch.full_like(scores, -torch.inf).scatter(1, order, kept)

    return apply
