"""The best continuations of a beam, without sorting whole vocabularies."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_CHUNKS = 256
"""Chunks of a vocabulary; a multiple of 64, for which the CPU takes their maxima at the speed of reading."""

_FEW = 1 << 17
"""Number of scores up to which ranking all rows is faster than selecting chunks first."""


class Candidates(NamedTuple):
    """The best continuations of each sentence, best first.

    Attributes:
        log_probabilities: (B, count) float; -inf where there are fewer.
        beams: (B, count) int64, the hypothesis, among those of its sentence, that each continues.
        tokens: (B, count) int64, the next token.
    """

    log_probabilities: Tensor
    beams: Tensor
    tokens: Tensor

    def select(self, indices: Tensor) -> Candidates:
        """Return the sentences `indices` (B',) int64."""
        return Candidates._make(column.index_select(0, indices) for column in self)


def best_candidates(scores: Tensor, log_probabilities: Tensor, count: int, *, excluded: int) -> Candidates:
    """Return the best continuations of each sentence by any token but one, exactly.

    Args:
        scores: (B * k, V) float, log-probabilities of the next token.
        log_probabilities: (B, k) float, of the hypotheses so far.
        count: number of continuations of each sentence.
        excluded: the token that must not be chosen.

    Returns:
        the candidates; NaN counts as the highest number.
    """
    search = _by_rows if scores.numel() <= _FEW else _by_chunks
    return search(scores, log_probabilities, count, excluded)


def _by_rows(scores: Tensor, log_probabilities: Tensor, count: int, excluded: int) -> Candidates:
    """Rank the best continuations of each row, which include the best of all."""
    scores = scores.clone()
    scores[:, excluded] = -torch.inf
    best, tokens = scores.topk(min(count, scores.size(1)), dim=1)
    values = best.view(*log_probabilities.shape, -1) + log_probabilities.unsqueeze(2)
    top, indices = _top(values.flatten(1), count)
    return Candidates(top, indices // best.size(1), tokens.view(len(values), -1).gather(1, indices))


def _by_chunks(scores: Tensor, log_probabilities: Tensor, count: int, excluded: int) -> Candidates:
    """Rank only the continuations that can be among the best; several times as fast for a large vocabulary.

    The vocabulary is split into chunks. A token that is among the best n is in one of the n chunks with the highest
    maxima, because every chunk with a higher maximum holds a better token. Only those chunks are ranked. The excluded
    token may raise one chunk of each row, so one more chunk is taken per row.
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
    positions = tokens + (beam * vocabulary).unsqueeze(2)  # in the scores of a sentence, (B, k * V)
    values = scores.reshape(sentences, -1).gather(1, positions.flatten(1)).view_as(tokens)
    values = values + log_probabilities.gather(1, beam).unsqueeze(2)
    best, indices = _top(values.masked_fill_(absent, -torch.inf).flatten(1), count)
    return Candidates(best, beam.gather(1, indices // len(starts)), tokens.flatten(1).gather(1, indices))


def _chunk_maxima(scores: Tensor, chunks: int) -> Tensor:
    """Return the maximum of each chunk, (N, chunks), of scores (N, V)."""
    vocabulary = scores.size(1)
    rest = vocabulary % chunks
    maxima = scores[:, : vocabulary - rest].unflatten(1, (-1, chunks)).amax(dim=1)
    if rest:
        maxima[:, :rest] = torch.maximum(maxima[:, :rest], scores[:, vocabulary - rest :])
    return maxima


def _top(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the best of each row and their indices, (B, count); -inf at index 0 where a row has fewer."""
    best, indices = values.topk(min(count, values.size(1)), dim=1)
    missing = count - best.size(1)
    if missing:
        best, indices = functional.pad(best, (0, missing), value=-torch.inf), functional.pad(indices, (0, missing))
    return best, indices
