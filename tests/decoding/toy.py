"""Random step functions, and searches over them so plain that they are seen to be right."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
import torch

from nlprnn.decoding import History

EOS = 0
BOS = 1


class ToyState(NamedTuple):
    """What a toy model remembers: which sentence a row belongs to, a number that depends on all its tokens."""

    sentences: torch.Tensor
    keys: torch.Tensor
    attention: torch.Tensor

    def select(self, indices):
        return ToyState(*(part.index_select(0, indices) for part in self))


class ToyModel:
    """Scores that depend on the sentence and on all tokens so far.

    Args:
        seed: of the table.
        sentences: B; each has another table.
        vocabulary: V, with EOS.
        impossible: the share of the table that is -inf.
        end: added to the logit of EOS.
        dtype: of the scores.
    """

    KEYS = 61

    def __init__(self, seed, *, sentences=3, vocabulary=5, impossible=0.0, end=0.0, dtype=torch.float64):
        chance = np.random.default_rng(seed)
        logits = chance.normal(scale=1.5, size=(sentences, self.KEYS, vocabulary))
        logits[..., EOS] += end
        table = torch.from_numpy(logits).log_softmax(dim=2)
        table[torch.from_numpy(chance.random(table.shape) < impossible)] = -torch.inf
        self.table = table.to(dtype)
        weights = torch.from_numpy(chance.normal(scale=2, size=(sentences, self.KEYS, 4)))
        lengths = torch.from_numpy(chance.integers(1, 5, size=sentences))
        padding = torch.arange(4) >= lengths[:, None]
        self.attention = weights.masked_fill(padding[:, None], -torch.inf).softmax(dim=2).to(dtype)
        self.vocabulary = vocabulary
        self.seen = []

    def start(self, sentences):
        """The first tokens and the state before them."""
        rows = torch.tensor(sentences, dtype=torch.int64)
        return torch.full_like(rows, BOS), ToyState(rows, torch.zeros_like(rows), torch.zeros(len(rows), 4))

    def step(self, tokens, state):
        self.seen.append(state.sentences.tolist())
        keys = (state.keys * 7 + tokens * 3 + 1) % self.KEYS
        at = state.sentences, keys
        return self.table[at], ToyState(state.sentences, keys, self.attention[at])

    def after(self, sentence, tokens):
        """The scores (1, V) and attention (S,) after the begin mark and tokens."""
        at = sentence, self._key(tokens)
        return self.table[at].unsqueeze(0), self.attention[at]

    def set(self, sentence, tokens, probabilities):
        """Say how likely each next token is after the begin mark and tokens."""
        self.table[sentence, self._key(tokens)] = torch.tensor(probabilities, dtype=self.table.dtype).log()

    def _key(self, tokens):
        key = 0
        for token in [BOS, *tokens]:
            key = (key * 7 + token * 3 + 1) % self.KEYS
        return key


class Plain(NamedTuple):
    """A hypothesis, and the probability and score that it turned out to have."""

    tokens: list[int]
    score: float
    log_probability: float
    ended: bool


class PlainSearch:
    """Everything about the sentences of a toy model that a list and a loop can tell.

    Args:
        model: the toy.
        options: of beam search; max_length is an int.
        divisor: length -> what the log-probability is divided by, as a formula of its own.
        beta: of the coverage penalty.
    """

    def __init__(self, model, options, *, divisor=lambda length: 1.0, beta=0.0):
        self.model, self.options, self.divisor, self.beta = model, options, divisor, beta

    def next_scores(self, sentence, tokens):
        """What each next token scores, -inf left out."""
        scores, _ = self.model.after(sentence, tokens)
        history = History(torch.tensor([tokens], dtype=torch.int64), torch.tensor([sentence]))
        for apply in self.options.logits_processors:
            scores = apply(scores, history)
        allowed = [EOS] if len(tokens) == self.options.max_length else range(self.model.vocabulary)
        return {token: float(scores[0, token]) for token in allowed if scores[0, token] > -math.inf}

    def finish(self, sentence, tokens, log_probability, *, ended):
        """Score a finished hypothesis."""
        score = log_probability / self.divisor(max(len(tokens) + ended, 1))
        if self.beta:
            steps = [self.model.after(sentence, tokens[:i])[1] for i in range(len(tokens) + ended)]
            covered = [float(sum(weights)) for weights in zip(*steps, strict=True)]
            score += self.beta * sum(math.log(min(cover, 1.0)) for cover in covered if cover > 0)
        return Plain(tokens, score, log_probability, ended)

    def beam(self, sentence):
        """Beam search to the very end, or to K ends with early stopping."""
        size, finished, live = self.options.beam_size, [], [([], 0.0)]
        for _ in range(self.options.max_length + 1):
            following = [
                (tokens, token, total + score)
                for tokens, total in live
                for token, score in self.next_scores(sentence, tokens).items()
            ]
            following.sort(key=lambda one: -one[2])
            ends = [one for one in following[:size] if one[1] == EOS]
            finished += [self.finish(sentence, tokens, total, ended=True) for tokens, _, total in ends]
            going = [([*tokens, token], total) for tokens, token, total in following if token != EOS][:size]
            if not going or (self.options.early_stopping and len(finished) >= size):
                break
            live = going
        return self.best(finished or [self.finish(sentence, tokens, total, ended=False) for tokens, total in live])

    def exhaustive(self, sentence):
        """Look at every sequence there is."""
        finished = []
        others = [token for token in range(self.model.vocabulary) if token != EOS]
        for length in range(self.options.max_length + 1):
            for tokens in itertools.product(others, repeat=length):
                total = 0.0
                for i, token in enumerate([*tokens, EOS]):
                    total += self.next_scores(sentence, list(tokens[:i])).get(token, -math.inf)
                if total > -math.inf:
                    finished.append(self.finish(sentence, list(tokens), total, ended=True))
        return self.best(finished)

    def greedy(self, sentence):
        """The most likely token until it is the end."""
        tokens, total = [], 0.0
        while scores := self.next_scores(sentence, tokens):
            token = max(scores, key=scores.get)
            total += scores[token]
            if token == EOS:
                return self.finish(sentence, tokens, total, ended=True)
            tokens = [*tokens, token]
        return self.finish(sentence, tokens, total, ended=False)

    def best(self, finished):
        return sorted(finished, key=lambda one: -one.score)[: self.options.n_best]
