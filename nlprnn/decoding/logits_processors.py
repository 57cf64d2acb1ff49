"""Logits processors: functions from log-probabilities to log-probabilities, applied in a list by search and sampling.

Each takes (N, V) float and the history of the rows, and returns (N, V) float; -inf marks what must not be chosen.
None changes its argument. `temperature`, `top_k` and `top_p` shape the distribution, `repetition_penalty` lowers
scores, the others forbid or force tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class History(NamedTuple):
    """The tokens chosen so far.

    Attributes:
        tokens: (N, t) int64, of each row, without the prompt or the begin token.
        rows: (N,) int64, each one's row in the first batch: search drops finished sentences and keeps several rows
            for each of the others.
    """

    tokens: Tensor
    rows: Tensor


LogitsProcessor = Callable[[Tensor, History], Tensor]

_COLDEST = 0.01  # log-probabilities of single precision divided by more than this stay finite
_HOTTEST = 1e30  # a uniform distribution; more would make NaN of -inf


def temperature(value: float) -> LogitsProcessor:
    """Sharpen (below 1) or flatten (above 1) the distribution; 0 keeps only the most likely token.

    Raises:
        ValueError: the value is negative, infinite or not a number.
    """
    if not 0.0 <= value < torch.inf:
        raise ValueError(f"temperature must be 0 or more and finite, got {value}")

    def apply(scores: Tensor, history: History) -> Tensor:
        if _COLDEST < value < _HOTTEST:
            return scores / value
        scores = scores - scores.amax(dim=1, keepdim=True)  # the most likely at 0: no overflow at any temperature
        if value < 1e-4:
            return scores.masked_fill(scores < 0, -torch.inf)
        return scores / min(value, _HOTTEST)

    return apply


def top_k(k: int) -> LogitsProcessor:
    """Keep the k most likely tokens (Fan et al. 2018, "Hierarchical Neural Story Generation").

    Raises:
        ValueError: k is not positive.
    """
    if k < 1:
        raise ValueError(f"top-k must be at least 1, got {k}")

    def apply(scores: Tensor, history: History) -> Tensor:
        kept = scores.topk(min(k, scores.size(1)), dim=1)
        return torch.full_like(scores, -torch.inf).scatter(1, kept.indices, kept.values)

    return apply


def top_p(p: float) -> LogitsProcessor:
    """Keep the fewest most likely tokens whose probabilities reach p (Holtzman et al. 2020, nucleus sampling).

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
        before = probabilities.cumsum(dim=1) - probabilities  # total probability of the more likely tokens
        beyond = before >= p
        beyond[:, 0] = False  # also where p is 0 in single precision
        kept = ordered.masked_fill(beyond, -torch.inf)
        return torch.full_like(scores, -torch.inf).scatter(1, order, kept)

    return apply


def repetition_penalty(value: float, *, window: int | None = None) -> LogitsProcessor:
    """Make tokens that a row already has less likely (Keskar et al. 2019, CTRL).

    The paper divides positive logits by the value. Log-probabilities are never positive, where division would raise
    the probability: they are multiplied, which takes the probability to the power of the value.

    Args:
        value: 1 = no penalty.
        window: number of last tokens that count; None = all.

    Raises:
        ValueError: the value is under 1, infinite or not a number, or the window is not positive.
    """
    if not 1.0 <= value < torch.inf:
        raise ValueError(f"repetition penalty must be 1 or more and finite, got {value}")
    if window is not None and window < 1:
        raise ValueError(f"the window of a repetition penalty must be at least 1, got {window}")

    def apply(scores: Tensor, history: History) -> Tensor:
        tokens = history.tokens if window is None else history.tokens[:, -window:]
        return scores.scatter(1, tokens, scores.gather(1, tokens) * value)

    return apply


def forbid(ids: Sequence[int]) -> LogitsProcessor:
    """Never choose these tokens."""
    index = torch.tensor(list(ids), dtype=torch.int64)
    masks: dict[tuple[int, torch.dtype, torch.device], Tensor] = {}

    def apply(scores: Tensor, history: History) -> Tensor:
        key = scores.size(1), scores.dtype, scores.device
        if key not in masks:  # adding a row is faster than filling by index, by the time of a small step
            masks[key] = scores.new_zeros(scores.size(1)).index_fill_(0, index.to(scores.device), -torch.inf)
        return scores + masks[key]

    return apply


def minimum_length(length: int, eos_id: int) -> LogitsProcessor:
    """Forbid the end token before a row has `length` tokens.

    Raises:
        ValueError: a number is negative.
    """
    if min(length, eos_id) < 0:
        raise ValueError(f"minimum length and eos_id must be 0 or more, got {length} and {eos_id}")
    forbid_end = forbid([eos_id])

    def apply(scores: Tensor, history: History) -> Tensor:
        return forbid_end(scores, history) if history.tokens.size(1) < length else scores

    return apply


def no_repeat_ngram(n: int) -> LogitsProcessor:
    """Forbid each token that would repeat an n-gram of its row (Paulus et al. 2018, with n = 3).

    Raises:
        ValueError: n is not positive.
    """
    if n < 1:
        raise ValueError(f"the n of n-grams must be at least 1, got {n}")

    def apply(scores: Tensor, history: History) -> Tensor:
        tokens = history.tokens
        if tokens.size(1) < n:
            return scores
        ngrams = tokens.unfold(1, n, 1)  # (N, t - n + 1, n)
        last = tokens[:, tokens.size(1) - n + 1 :].unsqueeze(1)  # (N, 1, n - 1), the start of the next n-gram
        repeats = (ngrams[..., :-1] == last).all(dim=2)
        # The minimum: a token may end one n-gram that repeats and another that does not.
        ceiling = torch.where(repeats, -torch.inf, torch.inf).to(scores.dtype)
        return scores.scatter_reduce(1, ngrams[..., -1], ceiling, reduce="amin")

    return apply


def forced_prefix(prefixes: Tensor, padding_id: int) -> LogitsProcessor:
    """Force each row to start with its prefix; the forced tokens keep the scores of the model.

    Args:
        prefixes: (B, P) int64, one for each row of the first batch, padded at the end.
        padding_id: padding of the prefixes; a row is free from its first padding on.

    Raises:
        ValueError: the prefixes are not a matrix of integers, or one continues after padding.
    """
    if prefixes.dim() != 2 or prefixes.dtype != torch.int64:
        raise ValueError(f"prefixes are (B, P) int64, got {tuple(prefixes.shape)} {prefixes.dtype}")
    real = prefixes != padding_id
    if bool((real[:, 1:] & ~real[:, :-1]).any()):
        raise ValueError("a prefix continues after padding: put the padding at the end")

    def apply(scores: Tensor, history: History) -> Tensor:
        position = history.tokens.size(1)
        if position >= prefixes.size(1):
            return scores
        required = prefixes[:, position].to(scores.device)[history.rows].unsqueeze(1)  # (N, 1)
        free = required == padding_id
        required = required.masked_fill(free, 0)  # the id of padding may be outside the vocabulary
        forced = torch.full_like(scores, -torch.inf).scatter(1, required, scores.gather(1, required))
        return torch.where(free, scores, forced)

    return apply
