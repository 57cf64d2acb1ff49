"""Search in the outputs of connectionist temporal classification (CTC): greedy, and prefix beam search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nlprnn.decoding.token_automaton import TokenAutomaton

_HASH_FACTOR = np.int64(6364136223846793005)  # odd, of Knuth's linear congruential generator


@dataclass(frozen=True)
class CTCHypothesis:
    """Text of a clip with its score.

    Attributes:
        tokens: ids, without blanks.
        log_prob: log-probability in nats: of the best alignment in greedy search, of all alignments that the beam kept
            in prefix beam search.
        score: what hypotheses are ranked by: `log_prob`, and what a language model and an automaton add.
    """

    tokens: tuple[int, ...]
    log_prob: float
    score: float


class TokenScorer(Protocol):
    """Language model that scores the next token of hypotheses. Its state has a row for each hypothesis."""

    def start(self, rows: int) -> tuple[np.ndarray, object]:
        """Return log-probabilities (rows, V) of the first token, and the state."""

    def advance(self, state: object, parents: np.ndarray, tokens: np.ndarray) -> tuple[np.ndarray, object]:
        """Return the log-probabilities (N, V) after tokens.

        Args:
            state: with a row for each of the former hypotheses.
            parents: (N,) int64, the row that each hypothesis continues.
            tokens: (N,) int64, its new token; -1 = none.
        """

    def end_scores(self, state: object) -> np.ndarray:
        """Return the log-probability (N,) that each hypothesis ends."""


@dataclass(frozen=True, kw_only=True)
class CTCSearch:
    """Options of prefix beam search.

    Attributes:
        blank: id of the blank.
        beam_size: K, prefixes kept for each clip.
        n_best: hypotheses returned for each clip, at most K.
        automaton: word list or hotwords; None = all texts.
        scorer: language model; None = none.
        alpha: weight of the language model's log-probabilities (shallow fusion).
        beta: bonus of each token, in nats; it makes up for what the language model takes.

    Raises:
        ValueError: a number is out of range.
    """

    blank: int = 0
    beam_size: int = 16
    n_best: int = 1
    automaton: TokenAutomaton | None = None
    scorer: TokenScorer | None = None
    alpha: float = 0.5
    beta: float = 0.0

    def __post_init__(self) -> None:
        if self.beam_size < 1 or not 1 <= self.n_best <= self.beam_size:
            raise ValueError(f"n_best must be from 1 to beam_size, got {self.n_best} and {self.beam_size}")


def greedy_search(log_probs: np.ndarray, lengths: np.ndarray, *, blank: int = 0) -> list[CTCHypothesis]:
    """Return the text of the most likely alignment of each clip: repetitions merged, blanks removed.

    Args:
        log_probs: (B, T, V) float, of each frame; arbitrary after the end of a clip.
        lengths: (B,) int64, frames of each clip.
        blank: id of the blank.
    """
    hypotheses = []
    for row, length in zip(log_probs, np.asarray(lengths).tolist(), strict=True):
        best = row[:length].argmax(axis=1) if length else np.zeros(0, np.int64)
        starts = np.ones(length, bool)
        starts[1:] = best[1:] != best[:-1]
        total = float(row[np.arange(length), best].sum())
        hypotheses.append(CTCHypothesis(tuple(best[starts & (best != blank)].tolist()), total, total))
    return hypotheses


def prefix_beam_search(
    log_probs: np.ndarray, lengths: np.ndarray, options: CTCSearch | None = None
) -> list[list[CTCHypothesis]]:
    """Return the most likely texts of each clip, each with the probabilities of all its alignments.

    Prefix beam search (Hannun et al. 2014, "First-Pass Large Vocabulary Continuous Speech Recognition using
    Bi-Directional Recurrent DNNs") for many clips in parallel. A beam as large as the number of prefixes gives the
    exact sums. Results depend neither on the other clips of the batch nor on padding.

    Args:
        log_probs: (B, T, V) float, of each frame; arbitrary after the end of a clip.
        lengths: (B,) int64, frames of each clip.
        options: of the search; None = defaults.

    Returns:
        of each clip at most `n_best` hypotheses, the best first; none where no text of the automaton fits.
    """
    options = options or CTCSearch()
    order = np.argsort(-np.asarray(lengths), kind="stable")  # clips that have ended are the last ones
    ends = np.asarray(lengths)[order]
    beams = _Beams(len(order), log_probs.shape[2], options)
    for frame in range(int(ends.max(initial=0))):
        active = int(np.count_nonzero(ends > frame))
        beams.step(log_probs[order[:active], frame].astype(np.float64))
    results: list[list[CTCHypothesis]] = [[] for _ in order]
    for place, hypotheses in zip(order.tolist(), beams.finish(), strict=True):
        results[place] = hypotheses
    return results


class _Beams:
    """Prefixes of all clips, K each; arrays are (B, K), and a slot without a prefix has probability 0.

    Attributes:
        blank, token: log-probability of the alignments that end with a blank, or with the prefix's last token.
        extra: what automaton and language model have added.
        last: last token, -1 of the empty prefix.
        hashes, parents: identity of the prefix, and of the prefix without its last token.
        node: place of the last token in `history`, a tree of (node of the token before, token).
    """

    def __init__(self, clips: int, vocab_size: int, options: CTCSearch) -> None:
        shape = (clips, options.beam_size)
        self.options = options
        self.vocab_size = vocab_size
        self.blank, self.token, self.extra = np.full(shape, -np.inf), np.full(shape, -np.inf), np.zeros(shape)
        self.blank[:, 0] = 0.0
        self.last, self.node = np.full(shape, -1), np.full(shape, -1)
        self.hashes, self.parents = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.hashes[:, 1:] = -np.arange(1, options.beam_size)  # no two slots are the same prefix
        self.states = np.zeros(shape, np.int64)
        self.history: list[tuple[int, int]] = []
        self._lm: object = None
        if options.scorer is not None:
            scores, self._lm = options.scorer.start(shape[0] * shape[1])
            self.next_scores = scores.reshape(*shape, vocab_size)

    def step(self, log_probs: np.ndarray) -> None:
        """Read one frame (A, V) float64 of the first A clips, those that have not ended."""
        clips, beam, blank = len(log_probs), self.options.beam_size, self.options.blank
        rows = np.arange(clips)[:, None]
        last, hashes, extra = self.last[:clips], self.hashes[:clips], self.extra[:clips]
        total = np.logaddexp(self.blank[:clips], self.token[:clips])
        stay_blank = total + log_probs[:, blank, None]
        known = last >= 0
        stay_token = np.where(known, self.token[:clips] + log_probs[rows, np.maximum(last, 0)], -np.inf)
        added = self._added(clips)  # (A, K, V)
        grown = total[:, :, None] + log_probs[:, None, :]
        # A repetition needs a blank between.
        repeated = self.blank[:clips] + log_probs[rows, np.maximum(last, 0)]
        slots = np.arange(beam)[None]
        grown[rows, slots, np.maximum(last, 0)] = np.where(known, repeated, grown[rows, slots, np.maximum(last, 0)])
        grown[:, :, blank] = -np.inf
        grown[~np.isfinite(added)] = -np.inf
        # A prefix that grows into one which the beam has already adds to it.
        is_parent = (self.parents[:clips, :, None] == hashes[:, None, :]) & known[:, :, None]  # (A, child, parent)
        if is_parent.any():
            clip, child, parent = np.nonzero(is_parent)
            symbol = last[clip, child]
            stay_token[clip, child] = np.logaddexp(stay_token[clip, child], grown[clip, parent, symbol])
            grown[clip, parent, symbol] = -np.inf
        ranked = np.concatenate(
            [np.logaddexp(stay_blank, stay_token) + extra, (grown + extra[:, :, None] + added).reshape(clips, -1)], 1
        )
        chosen = _largest(ranked, beam)  # (A, K)
        self._keep(chosen, stay_blank, stay_token, grown, added)

    def _added(self, clips: int) -> np.ndarray:
        """Return what automaton and language model add for each next token, (A, K, V)."""
        options = self.options
        shape = (clips, options.beam_size, self.vocab_size)
        added = np.zeros(shape) if options.automaton is None else options.automaton.scores[self.states[:clips]]
        if options.scorer is not None:
            added = added + options.alpha * self.next_scores[:clips] + options.beta
        return added

    def _keep(
        self, chosen: np.ndarray, stay_blank: np.ndarray, stay_token: np.ndarray, grown: np.ndarray, added: np.ndarray
    ) -> None:
        """Replace the prefixes by those chosen: numbers below K stay as they are, others have one more token."""
        clips, beam = chosen.shape
        rows = np.arange(clips)[:, None]
        grows = chosen >= beam
        source = np.where(grows, (chosen - beam) // self.vocab_size, chosen)
        symbol = np.where(grows, (chosen - beam) % self.vocab_size, -1)
        safe = np.maximum(symbol, 0)
        last, node = self.last[:clips][rows, source], self.node[:clips][rows, source]
        hashes, parents = self.hashes[:clips][rows, source], self.parents[:clips][rows, source]
        states, extra = self.states[:clips][rows, source], self.extra[:clips][rows, source]
        self.blank[:clips] = np.where(grows, -np.inf, stay_blank[rows, source])
        self.token[:clips] = np.where(grows, grown[rows, source, safe], stay_token[rows, source])
        self.extra[:clips] = extra + np.where(grows, added[rows, source, safe], 0.0)
        # Slots of probability 0 can never be a parent or child of another one.
        dead = ~np.isfinite(np.logaddexp(self.blank[:clips], self.token[:clips]))
        self.extra[:clips][dead] = 0.0
        with np.errstate(over="ignore"):
            new_hashes = (hashes + 1) * _HASH_FACTOR + symbol + 1
        self.parents[:clips] = np.where(grows, hashes, parents)
        self.hashes[:clips] = np.where(dead, -1 - np.arange(beam), np.where(grows, new_hashes, hashes))
        self.last[:clips] = np.where(dead, -1, np.where(grows, symbol, last))
        if self.options.automaton is not None:
            self.states[:clips] = np.where(grows, self.options.automaton.next_state[states, safe], states)
        for clip, slot in zip(*np.nonzero(grows & ~dead), strict=True):
            self.history.append((int(node[clip, slot]), int(symbol[clip, slot])))
            node[clip, slot] = len(self.history) - 1
        self.node[:clips] = node
        if self.options.scorer is not None and bool((grows | (source != np.arange(beam))).any()):
            self._advance_scorer(source, symbol)

    def _advance_scorer(self, source: np.ndarray, symbol: np.ndarray) -> None:
        clips, beam = source.shape
        assert self.options.scorer is not None
        parents = np.arange(self.blank.size)
        parents[: source.size] = (source + beam * np.arange(clips)[:, None]).ravel()
        tokens = np.full(self.blank.size, -1)
        tokens[: symbol.size] = symbol.ravel()
        scores, self._lm = self.options.scorer.advance(self._lm, parents, tokens)
        self.next_scores = scores.reshape(*self.blank.shape, self.vocab_size)

    def finish(self) -> list[list[CTCHypothesis]]:
        """Return the best hypotheses of each clip."""
        log_prob = np.logaddexp(self.blank, self.token)
        score = log_prob + self.extra
        if self.options.automaton is not None:
            score = score + self.options.automaton.final_scores[self.states]
        if self.options.scorer is not None:
            score = score + self.options.alpha * self.options.scorer.end_scores(self._lm).reshape(score.shape)
        results = []
        for clip in range(len(score)):
            best = np.argsort(-score[clip], kind="stable")[: self.options.n_best]
            results.append(
                [
                    CTCHypothesis(self._tokens(int(self.node[clip, slot])), *map(float, (log_prob[clip, slot], rank)))
                    for slot, rank in zip(best, score[clip, best], strict=True)
                    if np.isfinite(rank)
                ]
            )
        return results

    def _tokens(self, node: int) -> tuple[int, ...]:
        tokens: list[int] = []
        while node >= 0:
            node, token = self.history[node]
            tokens.append(token)
        return tuple(reversed(tokens))


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Return the indices (A, count) of the largest values of each row, which has at least as many; ties by index."""
    if values.shape[1] > 4 * count:
        candidates = np.sort(np.argpartition(-values, count - 1, axis=1)[:, :count], axis=1)
    else:
        candidates = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    order = np.argsort(-np.take_along_axis(values, candidates, 1), axis=1, kind="stable")[:, :count]
    return np.take_along_axis(candidates, order, 1)
