"""The best continuations of a beam, without sorting whole vocabularies."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

_CHUNKS = 256
"""Chunks a vocabulary is cut into; a multiple of 64, which lets the CPU take their maxima at the speed of reading."""

_FEW = 1 << 17
"""Scores up to which looking at them all takes less time than looking for where to look."""


class Candidates(NamedTuple):
    """The best continuations of each sentence, best first.

    Attributes:
        log_probabilities: (B, count) float; -inf where there are not so many.
        beams: (B, count) int64, the row among those of its sentence that each continues.
        tokens: (B, count) int64, what it continues with.
    """

    log_probabilities: Tensor
    beams: Tensor
    tokens: Tensor


def best_candidates(scores: Tensor, log_probabilities: Tensor, count: int, *, excluded: int) -> Candidates:
    """Find the best continuations of each sentence by any token but one, exactly.

    Args:
        scores: (B * k, V) float, log-probabilities of the next token.
        log_probabilities: (B, k) float, of the hypotheses so far.
        count: how many continuations to find for each sentence.
        excluded: the token that must not come.

    Returns:
        the candidates; NaN counts as the highest number.
    """
    search = _of_rows if scores.numel() <= _FEW else _of_chunks
    return search(scores, log_probabilities, count, excluded)


def _of_rows(scores: Tensor, log_probabilities: Tensor, count: int, excluded: int) -> Candidates:
    """Rank the best continuations of each row, among which are the best of all."""
    scores = scores.clone()
    scores[:, excluded] = -torch.inf
    best, tokens = scores.topk(min(count, scores.size(1)), dim=1)
    values = best.view(*log_probabilities.shape, -1) + log_probabilities.unsqueeze(2)
    found, places = _top(values.flatten(1), count)
    return Candidates(found, places // best.size(1), tokens.view(len(values), -1).gather(1, places))


def _of_chunks(scores: Tensor, log_probabilities: Tensor, count: int, excluded: int) -> Candidates:
    """Rank some continuations, those that can be among the best; several times as fast where they are many.

    The vocabulary is cut into chunks. A token that is among the best n lies in one of the n chunks with the highest
    maxima, since every chunk with a higher maximum holds a better token. Only those chunks are looked into. The
    excluded token may raise one chunk of each row, so as many chunks more are taken as there are rows.
    """
    sentences, beams = log_probabilities.shape
    vocabulary = scores.size(1)
    chunks = min(_CHUNKS, vocabulary)
    # Chunk c holds the tokens c, c + chunks, c + 2 * chunks, ...
    maxima = _chunk_maxima(scores, chunks).view(sentences, beams, chunks) + log_probabilities.unsqueeze(2)
    chosen = maxima.flatten(1).topk(min(count + beams, beams * chunks), dim=1, sorted=False).indices  # (B, M)
    beam = chosen // chunks
    starts = torch.arange(0, vocabulary, chunks, device=scores.device)
    tokens = (chosen - beam * chunks).unsqueeze(2) + starts  # (B, M, V / chunks)
    absent = tokens == excluded
    if vocabulary % chunks:
        absent |= tokens >= vocabulary
        tokens.clamp_(max=vocabulary - 1)
    places = tokens + (beam * vocabulary).unsqueeze(2)  # in the scores of a sentence, (B, k * V)
    values = scores.reshape(sentences, -1).gather(1, places.flatten(1)).view_as(tokens)
    values = values + log_probabilities.gather(1, beam).unsqueeze(2)
    best, indices = _top(values.masked_fill_(absent, -torch.inf).flatten(1), count)
    return Candidates(best, beam.gather(1, indices // len(starts)), tokens.flatten(1).gather(1, indices))


def _chunk_maxima(scores: Tensor, chunks: int) -> Tensor:
    """(N, V) -> (N, chunks)."""
    vocabulary = scores.size(1)
    rest = vocabulary % chunks
    maxima = scores[:, : vocabulary - rest].unflatten(1, (-1, chunks)).amax(dim=1)
    if rest:
        maxima[:, :rest] = torch.maximum(maxima[:, :rest], scores[:, vocabulary - rest :])
    return maxima


def _top(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The best of each row and their places, (B, count); -inf at place 0 where a row has not so many."""
    best, indices = values.topk(min(count, values.size(1)), dim=1)
    missing = count - best.size(1)
    if missing:
        best = torch.nn.functional.pad(best, (0, missing), value=-torch.inf)
        indices = torch.nn.functional.pad(indices, (0, missing))
    return best, indices
