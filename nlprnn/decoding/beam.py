"""Beam search over any step function, all sentences of a batch in parallel."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from nlprnn.decoding.hypotheses import FinishedHypotheses, Hypothesis, rank
from nlprnn.decoding.logits_processors import History
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.step import Selected, Step
from nlprnn.decoding.topk import Candidates, best_candidates


def beam_search(
    step: Step[Selected],
    tokens: Tensor,
    state: Selected,
    *,
    options: BeamOptions,
    attention: Callable[[Selected], Tensor] | None = None,
) -> list[list[Hypothesis]]:
    """Return the best sequences that a beam finds (Sutskever et al. 2014; Wu et al. 2016).

    At each step all continuations of a sentence's K hypotheses are ranked together by log-probability. Those among
    the best K that end are finished; the best K that do not end stay live. A sentence is finished, and leaves the
    batch, when no live hypothesis can reach its n best any more: log-probabilities only fall, so the current one over
    the greatest divisor that the hypothesis can still reach bounds all that may follow (coverage penalties are never
    positive). This holds as long as logits processors return nothing above 0.

    After max_length tokens the end is the only continuation. A sentence in which nothing can end, because a logits
    processor forbids it, returns its live hypotheses as they are, marked as not ended; so does one in which nothing
    can continue.

    Args:
        step: the model. It first gets one row per sentence, then K, some of them irrelevant where there are fewer than
            K hypotheses.
        tokens: (B,) int64, begin token of each sentence; not part of the hypotheses.
        state: of the model before these tokens, B rows.
        options: beam size, lengths, penalties and logits processors.
        attention: returns (N, S) float from a state, the attention of the last step; S is constant.

    Returns:
        for each sentence at least one and at most n_best hypotheses, best score first.

    Raises:
        ValueError: options and arguments do not fit, or the step returns something other than log-probabilities.
    """
    if options.needs_attention and attention is None:
        raise ValueError("a coverage penalty or returning attention needs attention: say how to read it off a state")
    with torch.inference_mode():
        search = _Search(tokens, options)
        while search.live:
            scores, state = step(search.last, state)
            weights = attention(state) if attention is not None and options.needs_attention else None
            rows = search.advance(scores, weights)
            if rows is not None:
                state = state.select(rows)
    return search.result()


class _Search:
    """The state of a search between two steps; L sentences are live, with k hypotheses each: at first 1, then K.

    Attributes:
        live: L.
        last: (L * k,) int64, the last token of each hypothesis.
    """

    def __init__(self, tokens: Tensor, options: BeamOptions) -> None:
        count, device = tokens.size(0), tokens.device
        self._options = options
        self._count = self.live = count
        self.last = tokens
        self._tokens = tokens.new_empty(count, 0)  # (L * k, t), chosen so far
        self._rows = torch.arange(count, device=device)  # (L * k,), the sentence in the first batch
        self._log_probabilities = torch.zeros(count, 1, device=device)  # (L, k)
        self._coverage: Tensor | None = None  # (L * k, S), sum of attention
        self._attention: list[Tensor] = []  # (L * k, S) of each step
        self._attention_rows = tokens.new_empty(count, 0)  # (L * k, t), the row of each step's attention
        limits = options.limits(count, device)
        self._limits = limits  # (L,), maximum number of tokens
        self._lowest_limit = int(limits.min()) if count else 0  # of all sentences of the first batch
        self._divisors = options.divisors(int(limits.max()) + 1 if count else 1, device)  # by length
        self._greatest = self._divisors.cummax(dim=0).values[limits + 1]  # (L,), of those a sentence can reach
        self._best = torch.full((count, options.n_best), -torch.inf, device=device)  # (L, n), scores of ended ones
        self._ended = torch.zeros_like(limits)  # (L,), number of ended ones
        self._finished: list[FinishedHypotheses] = []

    def advance(self, scores: Tensor, attention: Tensor | None) -> Tensor | None:
        """Take one step.

        Args:
            scores: (L * k, V) float, log-probabilities of the next token.
            attention: (L * k, S) float, or None if it is not needed.

        Returns:
            the rows to continue with, int64; None = all of them, in their order.
        """
        self._check(scores)
        history = History(self._tokens, self._rows)
        for process in self._options.logits_processors:
            scores = process(scores, history)
        eos, size = self._options.eos_id, self._options.beam_size
        going = best_candidates(scores, self._log_probabilities, size, excluded=eos)
        if self._tokens.size(1) >= self._lowest_limit:
            at_limit = (self._limits == self._tokens.size(1)).unsqueeze(1)
            going = going._replace(log_probabilities=going.log_probabilities.masked_fill(at_limit, -torch.inf))
        ending = self._log_probabilities + scores[:, eos].view_as(self._log_probabilities)  # (L, k)
        best_ending = ending.amax(dim=1)
        broken = ~(torch.maximum(going.log_probabilities[:, 0], best_ending) < torch.inf)
        changed = (best_ending >= going.log_probabilities[:, -1]) | self._hopeless(going)
        coverage = self._add_attention(attention)
        kept = None
        # One synchronization with the device per step, more only when something may end.
        is_broken, is_changed = torch.stack([broken, changed]).any(dim=1).tolist()
        if is_broken:
            self._raise_broken(broken)
        if is_changed:
            best = torch.cat([going.log_probabilities, ending], dim=1).topk(size, dim=1).values
            self._end(ending, (ending >= best[:, -1:]) & (ending > -torch.inf))
            kept = self._finish(going, coverage)
        return self._continue(going, kept)

    def result(self) -> list[list[Hypothesis]]:
        """Return the n best hypotheses of each sentence."""
        return rank(self._finished, self._count, self._options.n_best, self._attention)

    def _check(self, scores: Tensor) -> None:
        """Check the shape of all scores, and the values of the first."""
        rows, eos = self.last.size(0), self._options.eos_id
        if scores.dim() != 2 or scores.size(0) != rows or scores.size(1) <= eos:
            raise ValueError(f"the step must score ({rows}, V) tokens, eos_id {eos} too, got {tuple(scores.shape)}")
        if self._tokens.size(1) == 0 and bool(scores.amax() > 0.01):
            raise ValueError("the step gives scores above 0: needed are log-probabilities, take log_softmax(dim=1)")

    def _raise_broken(self, broken: Tensor) -> None:
        """Raise an error that names a sentence with scores that are NaN or infinite."""
        sentence = int(self._rows.view_as(self._log_probabilities)[broken][0, 0])
        raise ValueError(
            f"token {self._tokens.size(1)} of sentence {sentence} has scores that are NaN or infinite: the model or a "
            "logits processor is broken"
        )

    def _add_attention(self, attention: Tensor | None) -> Tensor | None:
        """Add attention (L * k, S) to the coverage and return the coverage before."""
        if attention is None:
            return None
        before = self._coverage
        if before is None:
            before = self._log_probabilities.new_zeros(attention.shape)  # not of half precision, whose sums saturate
        self._coverage = before + attention
        if self._options.return_attention:
            self._attention.append(attention)
        return before

    def _hopeless(self, going: Candidates) -> Tensor:
        """Return whether no live hypothesis can reach the n best, (L,) bool; true also where none is live."""
        return self._best[:, -1] >= going.log_probabilities[:, 0] / self._greatest

    def _end(self, log_probabilities: Tensor, ended: Tensor) -> None:
        """Store the best of the hypotheses (L, k) that end with this step."""
        scores = self._scores(log_probabilities, self._tokens.size(1) + 1, self._coverage)
        scores = scores.masked_fill(~ended, -torch.inf)
        self._store(scores > self._best[:, -1:], scores, log_probabilities, ended=True)
        self._best = torch.cat([self._best, scores], dim=1).topk(self._options.n_best, dim=1).values
        self._ended = self._ended + ended.sum(dim=1)

    def _finish(self, going: Candidates, coverage: Tensor | None) -> Tensor | None:
        """Return the sentences to continue, None = all; truncate those that must finish although nothing has ended."""
        done = self._hopeless(going)
        if self._options.early_stopping:
            done = done | (self._ended >= self._options.beam_size)
        kept = (~done).nonzero().squeeze(1)
        if kept.size(0) == self.live:
            return None
        truncated = (done & (self._best[:, 0] == -torch.inf)).unsqueeze(1) & (self._log_probabilities > -torch.inf)
        scores = self._scores(self._log_probabilities, self._tokens.size(1), coverage)
        self._store(truncated, scores, self._log_probabilities, ended=False)
        return kept

    def _scores(self, log_probabilities: Tensor, length: int, coverage: Tensor | None) -> Tensor:
        """Return the scores by which hypotheses (L, k) of one length are ranked."""
        scores = log_probabilities / self._divisors[length]
        if self._options.coverage_penalty is None or coverage is None:
            return scores
        return scores + self._options.coverage_penalty(coverage).view_as(scores)

    def _store(self, chosen: Tensor, scores: Tensor, log_probabilities: Tensor, *, ended: bool) -> None:
        """Store the chosen ones of the hypotheses (L, k)."""
        rows = chosen.flatten().nonzero().squeeze(1)
        with_attention = self._options.return_attention
        self._finished.append(
            FinishedHypotheses(
                sentences=self._rows.index_select(0, rows),
                scores=scores.flatten().index_select(0, rows),
                log_probabilities=log_probabilities.flatten().index_select(0, rows),
                tokens=self._tokens.index_select(0, rows),
                attention_rows=self._attention_rows.index_select(0, rows) if with_attention else None,
                ended=ended,
            )
        )

    def _continue(self, going: Candidates, kept: Tensor | None) -> Tensor | None:
        """Continue the kept sentences (None = all) and return the rows that are continued, None = each one once."""
        width, size = self._log_probabilities.size(1), self._options.beam_size
        first = torch.arange(0, self.last.size(0), width, device=self.last.device)
        parents = going.beams + first.unsqueeze(1)  # (L, K)
        if kept is not None:
            self.live = kept.size(0)
            parents, going = parents.index_select(0, kept), going.select(kept)
            self._limits, self._greatest = self._limits.index_select(0, kept), self._greatest.index_select(0, kept)
            self._best, self._ended = self._best.index_select(0, kept), self._ended.index_select(0, kept)
        if self.live == 0:
            return None
        rows = parents.flatten()
        self._log_probabilities = going.log_probabilities
        self.last = going.tokens.flatten()
        self._tokens = torch.cat([self._tokens.index_select(0, rows), self.last.unsqueeze(1)], dim=1)
        self._rows = self._rows.index_select(0, rows)
        if self._coverage is not None:
            self._coverage = self._coverage.index_select(0, rows)
        if self._options.return_attention:
            attention_rows = self._attention_rows.index_select(0, rows)
            self._attention_rows = torch.cat([attention_rows, rows.unsqueeze(1)], dim=1)
        return None if width == size == 1 and kept is None else rows
