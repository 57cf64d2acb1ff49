"""CTC search: equal to sums over all alignments, and independent of batch, padding and the place of the blank."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.decoding.ctc import CTCSearch, greedy_search, prefix_beam_search
from nlprnn.decoding.ctc_alignment import align_ctc, ctc_log_likelihood, frames_needed
from nlprnn.decoding.token_automaton import combine, hotwords, word_list

FULL = 400
"""Beam that holds every prefix of the tiny cases."""


def random_log_probs(shape, seed=0, scale=1.5):
    logits = np.random.default_rng(seed).normal(size=shape) * scale
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def collapsed(path, blank):
    return tuple(token for token, _ in itertools.groupby(path) if token != blank)


def exhaustive(log_probs, blank):
    """Log-likelihood of each text, the sum over all alignments, and the best alignment of each."""
    sums, best = defaultdict(lambda: -math.inf), {}
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        log_prob = sum(row[token] for row, token in zip(log_probs, path, strict=True))
        text = collapsed(path, blank)
        sums[text] = np.logaddexp(sums[text], log_prob)
        if text not in best or log_prob > best[text][0]:
            best[text] = (log_prob, path)
    return sums, best


CASES = st.tuples(st.integers(0, 5), st.integers(2, 3), st.integers(0, 10_000), st.data())


@settings(max_examples=40)
@given(CASES)
def test_beam_sums_equal_exhaustive_sums(case):
    frames, vocabulary, seed, data = case
    blank = data.draw(st.integers(0, vocabulary - 1))
    log_probs = random_log_probs((frames, vocabulary), seed)
    sums, best = exhaustive(log_probs, blank)
    options = CTCSearch(blank=blank, beam_size=FULL, n_best=FULL)
    (hypotheses,) = prefix_beam_search(log_probs[None], np.array([frames]), options)
    assert {one.tokens: one.log_prob for one in hypotheses} == pytest.approx(dict(sums))
    scores = [one.score for one in hypotheses]
    assert scores == sorted(scores, reverse=True)
    (greedy,) = greedy_search(log_probs[None], np.array([frames]), blank=blank)
    top = max(best.values(), key=lambda one: one[0])
    assert (greedy.tokens, greedy.log_prob) == (collapsed(top[1], blank), pytest.approx(top[0]))


def test_likelihood_equals_exhaustive_sum_and_torch():
    log_probs = random_log_probs((5, 3), 7)
    sums, _ = exhaustive(log_probs, 1)
    for text, log_prob in sums.items():
        assert ctc_log_likelihood(log_probs, text, blank=1) == pytest.approx(log_prob)
        loss = functional.ctc_loss(
            torch.from_numpy(log_probs)[:, None], torch.tensor([text]), [5], [len(text)], blank=1, reduction="sum"
        )
        assert loss.item() == pytest.approx(-log_prob, abs=1e-5)
    assert ctc_log_likelihood(log_probs, (0,) * 4, blank=1) == -math.inf


def test_alignment_is_the_best_one():
    log_probs = random_log_probs((5, 3), 3)
    _, best = exhaustive(log_probs, 0)
    for text, (log_prob, path) in best.items():
        aligned = align_ctc(log_probs, text)
        assert [one.token for one in aligned] == list(text)
        frames = np.zeros(5, int)
        for one in aligned:
            frames[one.start : one.end] = one.token
        assert frames.tolist() == list(path)
        blanks = log_probs[frames == 0, 0].sum()
        assert blanks + sum(one.log_prob * (one.end - one.start) for one in aligned) == pytest.approx(log_prob)
    with pytest.raises(ValueError, match="need 5 frames"):
        align_ctc(log_probs[:4], (1, 1, 1))


@pytest.mark.parametrize(("text", "frames"), [((), 0), ((1, 2), 2), ((1, 1), 3), ((1, 1, 1, 2), 6)])
def test_frames_needed_count_repetitions(text, frames):
    assert frames_needed(text) == frames


OPTIONS = [
    CTCSearch(beam_size=4, n_best=3),
    CTCSearch(beam_size=5, n_best=2, automaton=word_list([(1, 2), (3,), (1, 2, 4)], 6, separator=5)),
]


@pytest.mark.parametrize("options", OPTIONS, ids=["free", "words"])
def test_batch_and_padding_change_nothing(options):
    lengths = np.array([7, 0, 12, 1, 12])
    log_probs = random_log_probs((5, 12, 6), 1)
    padded = np.concatenate([log_probs, np.full((5, 4, 6), np.nan)], axis=1)
    for row, length in enumerate(lengths):
        padded[row, length:] = np.nan
    together = prefix_beam_search(padded, lengths, options)
    greedy = greedy_search(padded, lengths)
    for row, length in enumerate(lengths):
        alone = prefix_beam_search(log_probs[row : row + 1, :length], np.array([length]), options)
        assert [one.tokens for one in together[row]] == [one.tokens for one in alone[0]]
        assert [one.score for one in together[row]] == pytest.approx([one.score for one in alone[0]], abs=1e-9)
        assert greedy[row] == greedy_search(log_probs[row : row + 1, :length], np.array([length]))[0]


@settings(max_examples=20)
@given(st.integers(0, 4), st.integers(0, 10_000))
def test_place_of_the_blank_changes_nothing(blank, seed):
    log_probs = random_log_probs((2, 9, 5), seed)
    lengths = np.array([9, 6])
    moved = np.insert(log_probs[..., 1:], blank, log_probs[..., 0], axis=2)
    first = prefix_beam_search(log_probs, lengths, CTCSearch(beam_size=6, n_best=3))
    second = prefix_beam_search(moved, lengths, CTCSearch(blank=blank, beam_size=6, n_best=3))
    for one, other in zip(itertools.chain(*first), itertools.chain(*second), strict=True):
        assert one.log_prob == pytest.approx(other.log_prob)
        assert tuple(token if token > blank else token - 1 for token in one.tokens) == other.tokens


def accepted(automaton, text):
    """Score that an automaton adds to a text, -inf = not allowed."""
    state, total = 0, 0.0
    for token in text:
        total += automaton.scores[state, token]
        if total == -math.inf:
            return total
        state = automaton.next_state[state, token]
    return total + automaton.final_scores[state]


def texts(vocabulary, length):
    return itertools.chain.from_iterable(itertools.product(range(vocabulary), repeat=n) for n in range(length + 1))


def test_word_list_accepts_sequences_of_its_words_alone():
    words = [(1,), (1, 2), (2, 3), (3, 1, 2)]
    sequences = {()}
    for _ in range(5):
        sequences |= {one + word for one in sequences for word in words if len(one) + len(word) <= 5}
    direct = word_list(words, 4)
    assert {text for text in texts(4, 5) if accepted(direct, text) == 0} == sequences
    separated = {()} | set(words)
    for _ in range(3):
        separated |= {(*one, 0, *word) for one in separated if one for word in words if len(one) + len(word) < 5}
    assert {text for text in texts(4, 5) if accepted(word_list(words, 4, separator=0), text) == 0} == separated
    single = word_list(words, 4, separator=0, one_word=True)
    assert {text for text in texts(4, 4) if accepted(single, text) == 0} == {(), *words}


def reward(text, phrases, bonus, separator):
    """Bonus of a text by definition: of the longest matches that end, each token counted once per match."""
    total, at = 0.0, 0
    while at < len(text):
        starts = separator is None or at == 0 or text[at - 1] == separator
        lengths = [len(one) for one in phrases if starts and tuple(text[at : at + len(one)]) == one]
        total += bonus * max(lengths, default=0)
        at += max(lengths, default=1)
    return total


@pytest.mark.parametrize("separator", [None, 0])
def test_hotwords_reward_their_tokens_alone(separator):
    phrases = [(1, 2, 1, 3), (2, 3)] if separator is None else [(1, 2, 3), (2, 2), (2,)]
    automaton = hotwords(phrases, 4, bonus=1.5, separator=separator)
    for text in texts(4, 6):
        assert accepted(automaton, text) == pytest.approx(reward(text, phrases, 1.5, separator)), text


def test_combined_automata_add_their_scores():
    words, hot = word_list([(1, 2), (2,), (1, 3)], 4, separator=0), hotwords([(1, 3)], 4, bonus=2.0, separator=0)
    both = combine(words, hot)
    for text in texts(4, 5):
        assert accepted(both, text) == pytest.approx(accepted(words, text) + accepted(hot, text))


def test_search_with_words_equals_the_exhaustive_best():
    automaton = word_list([(1, 2), (2,)], 4, separator=3)
    for seed in range(5):
        log_probs = random_log_probs((5, 4), seed)
        sums, _ = exhaustive(log_probs, 0)
        allowed = {text: value for text, value in sums.items() if accepted(automaton, text) == 0}
        options = CTCSearch(beam_size=FULL, n_best=FULL, automaton=automaton)
        (hypotheses,) = prefix_beam_search(log_probs[None], np.array([5]), options)
        assert {one.tokens: one.log_prob for one in hypotheses} == pytest.approx(allowed)


class Bigrams:
    """A language model of pairs of tokens, as a search reads it."""

    def __init__(self, vocabulary, seed=0):
        self.first = random_log_probs((vocabulary + 1,), seed)  # the last column is the end
        self.table = random_log_probs((vocabulary, vocabulary + 1), seed + 1)

    def start(self, rows):
        scores = np.tile(self.first, (rows, 1))
        return scores[:, :-1], scores

    def advance(self, state, parents, tokens):
        scores = np.where((tokens >= 0)[:, None], self.table[np.maximum(tokens, 0)], state[parents])
        return scores[:, :-1], scores

    def end_scores(self, state):
        return state[:, -1]

    def score(self, text):
        rows = [self.first, *(self.table[token] for token in text)]
        return sum(row[token] for row, token in zip(rows, (*text, -1), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_fusion_equals_exhaustive_fusion(seed):
    scorer, log_probs = Bigrams(3, seed), random_log_probs((2, 5, 3), seed)
    options = CTCSearch(beam_size=FULL, n_best=FULL, scorer=scorer, alpha=0.7, beta=0.3)
    results = prefix_beam_search(log_probs, np.array([5, 4]), options)
    for row, (length, hypotheses) in enumerate(zip((5, 4), results, strict=True)):
        sums, _ = exhaustive(log_probs[row, :length], 0)
        expected = {text: value + 0.7 * scorer.score(text) + 0.3 * len(text) for text, value in sums.items()}
        assert {one.tokens: one.score for one in hypotheses} == pytest.approx(expected)


def test_odd_options_are_refused():
    with pytest.raises(ValueError, match="n_best"):
        CTCSearch(beam_size=2, n_best=3)
    with pytest.raises(ValueError, match="no words"):
        word_list([], 3)
    with pytest.raises(ValueError, match="separator"):
        word_list([(1, 0)], 3, separator=0)
    with pytest.raises(ValueError, match="at least one token"):
        hotwords([()], 3, bonus=1.0)
