"""Score filters that look at what each row has chosen so far."""

from __future__ import annotations

import torch
from torch import Tensor

from nlprnn.decoding.scores import History, ScoreFilter, forbid


def minimum_length(length: int, eos_id: int) -> ScoreFilter:
    """Let no row end before it has `length` tokens.

    Raises:
        ValueError: a number is negative.
    """
    if min(length, eos_id) < 0:
        raise ValueError(f"minimum length and eos_id must be 0 or more, got {length} and {eos_id}")
    no_end = forbid([eos_id])

    def apply(scores: Tensor, history: History) -> Tensor:
        return no_end(scores, history) if history.tokens.size(1) < length else scores

    return apply


def no_repeat_ngram(n: int) -> ScoreFilter:
    """Forbid each token that would repeat n successive tokens of its row (Paulus et al. 2018, there with n = 3).

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


def forced_prefix(prefixes: Tensor, padding_id: int) -> ScoreFilter:
    """Let each row begin with its prefix; the forced tokens keep the scores the model gives them.

    Args:
        prefixes: (B, P) int64, one for each row of the first batch, padded at the end.
        padding_id: what the prefixes are padded with; a row is free from its first padding on.

    Raises:
        ValueError: the prefixes are no matrix of integers, or one goes on after padding.
    """
    if prefixes.dim() != 2 or prefixes.dtype != torch.int64:
        raise ValueError(f"prefixes are (B, P) int64, got {tuple(prefixes.shape)} {prefixes.dtype}")
    real = prefixes != padding_id
    if bool((real[:, 1:] & ~real[:, :-1]).any()):
        raise ValueError("a prefix goes on after padding: put the padding at the end")

    def apply(scores: Tensor, history: History) -> Tensor:
        position = history.tokens.size(1)
        if position >= prefixes.size(1):
            return scores
        wanted = prefixes[:, position].to(scores.device)[history.rows].unsqueeze(1)  # (N, 1)
        free = wanted == padding_id
        wanted = wanted.masked_fill(free, 0)  # the id of padding may lie outside the vocabulary
        forced = torch.full_like(scores, -torch.inf).scatter(1, wanted, scores.gather(1, wanted))
        return torch.where(free, scores, forced)

    return apply


def repetition_penalty(value: float, *, window: int | None = None) -> ScoreFilter:
    """Make tokens that a row has already less likely (Keskar et al. 2019, CTRL).

    The paper divides positive logits by the value. Log-probabilities are never positive, where dividing would help
    a token rather than hinder it: they are multiplied, which takes the probability to the power of the value.

    Args:
        value: 1 = no penalty.
        window: only the last so many tokens count; None = all.

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
