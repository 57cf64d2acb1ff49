"""Hypotheses: the results of a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Hypothesis(NamedTuple):
    """One finished sequence.

    Attributes:
        tokens: ids, without the end token.
        score: ranks hypotheses: log_probability / length penalty + coverage penalty. The end token counts in both
            penalties.
        log_probability: sum of the scores of all tokens after the logits processors, the end token included.
        ended: whether it ends with the end token; False = it was truncated because that was forbidden.
        attention: (len(tokens), S) float if requested: row i is the attention when token i was chosen.
    """

    tokens: list[int]
    score: float
    log_probability: float
    ended: bool
    attention: Tensor | None = None


class FinishedHypotheses(NamedTuple):
    """m hypotheses of t tokens that finished in the same step.

    Attributes:
        sentences: (m,) int64, each one's sentence in the batch.
        scores: (m,) float.
        log_probabilities: (m,) float.
        tokens: (m, t) int64.
        attention_rows: (m, t) int64 if requested: the row of step i's attention that token i was chosen with.
        ended: whether they have the end token.
    """

    sentences: Tensor
    scores: Tensor
    log_probabilities: Tensor
    tokens: Tensor
    attention_rows: Tensor | None
    ended: bool

    def unbatch(self, attention: Sequence[Tensor]) -> list[tuple[int, Hypothesis]]:
        """Return the sentence and the hypothesis of each row.

        Args:
            attention: (N, S) float of each step, where N differs between steps.
        """
        weights: Sequence[Tensor | None] = [None] * len(self.tokens)
        if self.attention_rows is not None:
            steps = [step[rows] for step, rows in zip(attention, self.attention_rows.unbind(1), strict=False)]
            empty = attention[0].new_empty(len(weights), 0, attention[0].size(1))
            weights = list(torch.stack(steps, dim=1) if steps else empty)
        columns = (self.sentences, self.tokens, self.scores, self.log_probabilities)
        rows = zip(*(column.tolist() for column in columns), weights, strict=True)
        return [
            (sentence, Hypothesis(tokens, score, log_probability, self.ended, seen))
            for sentence, tokens, score, log_probability, seen in rows
        ]


def rank(
    finished: Sequence[FinishedHypotheses], sentences: int, n_best: int, attention: Sequence[Tensor]
) -> list[list[Hypothesis]]:
    """Return the best hypotheses of each sentence, best score first; of equal scores, the one that finished first.

    Args:
        finished: in the order in which they finished.
        sentences: B.
        n_best: hypotheses per sentence, at most.
        attention: (N, S) float of each step, where N differs between steps.
    """
    by_sentence: list[list[Hypothesis]] = [[] for _ in range(sentences)]
    for batch in finished:
        for sentence, hypothesis in batch.unbatch(attention):
            by_sentence[sentence].append(hypothesis)
    return [sorted(hypotheses, key=lambda hypothesis: -hypothesis.score)[:n_best] for hypotheses in by_sentence]
