"""What a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Hypothesis(NamedTuple):
    """One finished sequence.

    Attributes:
        tokens: ids, without the mark of the end.
        score: what hypotheses are ranked by: log_probability / length penalty + coverage penalty. The mark of the
            end counts as a token of the length and of the coverage.
        log_probability: sum of the scores of all tokens after the filters, that of the end too.
        ended: whether it ends with the mark of the end. False where that was forbidden: it was cut.
        attention: (len(tokens), S) float where asked for: row i is what was attended to when token i was chosen.
    """

    tokens: list[int]
    score: float
    log_probability: float
    ended: bool
    attention: Tensor | None = None


class FinishedHypotheses(NamedTuple):
    """Hypotheses of t tokens that finished at the same time, m of them.

    Attributes:
        sentences: (m,) int64, the sentence of the first batch that each belongs to.
        scores: (m,) float.
        log_probabilities: (m,) float.
        tokens: (m, t) int64.
        attended: (m, t) int64, where asked for: the row of step i's attention that token i was chosen with.
        ended: whether they have the mark of the end.
    """

    sentences: Tensor
    scores: Tensor
    log_probabilities: Tensor
    tokens: Tensor
    attended: Tensor | None
    ended: bool


def rank(
    records: Sequence[FinishedHypotheses], sentences: int, n_best: int, attention: Sequence[Tensor]
) -> list[list[Hypothesis]]:
    """Sort what finished.

    Args:
        records: in the order in which they finished.
        sentences: B.
        n_best: hypotheses wanted of each sentence, at most.
        attention: (N, S) float of each step, N of its own; empty = not asked for.

    Returns:
        a list for each sentence, best score first; of equal scores, what finished first.
    """
    found: list[list[Hypothesis]] = [[] for _ in range(sentences)]
    for record in records:
        seen = [None] * len(record.tokens)
        if attention:
            read = [step[rows] for step, rows in zip(attention, record.attended.unbind(1), strict=False)]
            seen = torch.stack(read, dim=1) if read else attention[0].new_empty(len(seen), 0, attention[0].size(1))
        columns = (record.sentences, record.tokens, record.scores, record.log_probabilities)
        for sentence, *values, own in zip(*(column.tolist() for column in columns), seen, strict=True):
            tokens, score, log_probability = values
            found[sentence].append(Hypothesis(tokens, score, log_probability, record.ended, own))
    return [sorted(hypotheses, key=lambda one: -one.score)[:n_best] for hypotheses in found]
