"""Weighted automata over tokens, which a search follows: closed word lists, and hotwords that get a bonus.

A prefix of the output has one state, and its next token is an index into a table: the cost of a step does not depend on
the number of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_AFTER_SEPARATOR = -1
"""Node from which words begin, as from the root of the trie, but where no text ends."""


@dataclass(frozen=True)
class TokenAutomaton:
    """Deterministic automaton with scores; its start is state 0.

    Attributes:
        next_state: (states, V) int32, the state after a token; that of a token with score -inf is arbitrary.
        scores: (states, V) float32, added to the score of a hypothesis for a token; -inf = not allowed.
        final_scores: (states,) float32, added at the end; -inf = no hypothesis may end here.
    """

    next_state: np.ndarray
    scores: np.ndarray
    final_scores: np.ndarray


def word_list(
    words: Iterable[Sequence[int]], vocab_size: int, *, separator: int | None = None, one_word: bool = False
) -> TokenAutomaton:
    """Return the automaton of a closed grammar: any number of words of a list, none too, and nothing else.

    Args:
        words: token ids of each word, one or more.
        vocab_size: V.
        separator: token between two words, such as the space; None = words follow each other directly.
        one_word: at most one word.

    Raises:
        ValueError: there are no words, or one is empty or holds the separator.
    """
    trie = _Trie()
    for word in words:
        if not len(word) or separator in word:
            raise ValueError(f"a word of the list has at least one token, and none is the separator: {list(word)}")
        trie.insert(word)
    if not trie.ends:
        raise ValueError("the list has no words")

    def following(nodes: frozenset[int]) -> dict[int, set[int]]:
        """The nodes after each possible token: words may be the beginnings of others, so there can be several."""
        targets: dict[int, set[int]] = {}
        ended = bool(nodes & trie.ends) and not one_word
        roots = {0} if separator is None and ended else set()
        for node in nodes | roots:
            for token, target in trie.children[max(node, 0)].items():
                targets.setdefault(token, set()).add(target)
        if separator is not None and ended:
            targets.setdefault(separator, set()).add(_AFTER_SEPARATOR)
        return targets

    index = {frozenset({0}): 0}
    rows: list[dict[int, int]] = []
    for nodes in (subsets := list(index)):  # grows
        row = {}
        for token, targets in following(nodes).items():
            subset = frozenset(targets)
            if subset not in index:
                index[subset] = len(subsets)
                subsets.append(subset)
            row[token] = index[subset]
        rows.append(row)
    scores = np.full((len(rows), vocab_size), -np.inf, np.float32)
    next_state = np.zeros((len(rows), vocab_size), np.int32)
    for state, row in enumerate(rows):
        for token, following_state in row.items():
            next_state[state, token], scores[state, token] = following_state, 0.0
    ends = [bool(nodes & (trie.ends | {0})) for nodes in subsets]
    return TokenAutomaton(next_state, scores, np.where(ends, 0.0, -np.inf).astype(np.float32))


def hotwords(
    phrases: Iterable[Sequence[int]], vocab_size: int, *, bonus: float, separator: int | None = None
) -> TokenAutomaton:
    """Return the automaton that gives a bonus for each token of some phrases, and takes it back where one is left.

    It is that of Aho & Corasick 1975, "Efficient String Matching". Each of two phrases that overlap gets its bonus.

    Args:
        phrases: token ids of each phrase.
        vocab_size: V.
        bonus: of a token, in nats.
        separator: token after which alone a phrase may begin, such as the space; None = it may begin anywhere.

    Raises:
        ValueError: a phrase is empty.
    """
    trie = _Trie()
    for phrase in phrases:
        if not len(phrase):
            raise ValueError("a hotword has at least one token")
        trie.insert(phrase)
    outside = len(trie.children)  # within a word in which no phrase begins
    next_state = np.zeros((outside + 1, vocab_size), np.int32)
    potential, reward = np.zeros(outside + 1), np.zeros(outside + 1)
    depth, kept = trie.depths()
    potential[:outside] = bonus * (depth - kept)
    for node, parent in trie.parents.items():
        reward[node] = bonus * (depth[node] - kept[parent]) if node in trie.ends else 0.0
    if separator is not None:
        next_state[:] = outside
        next_state[:, separator] = 0
    failure = [0] * outside
    for node in trie.breadth_first():
        if separator is None and node:
            next_state[node] = next_state[failure[node]]
        for token, target in trie.children[node].items():
            if separator is None and node:
                failure[target] = int(next_state[failure[node], token])
            next_state[node, token] = target
    scores = potential[next_state] - potential[:, None] + reward[next_state]
    return TokenAutomaton(next_state, scores.astype(np.float32), -potential.astype(np.float32))


def combine(first: TokenAutomaton, second: TokenAutomaton) -> TokenAutomaton:
    """Return the automaton whose scores are the sums of two: of the pairs of states that can be reached."""
    index = {(0, 0): 0}
    next_rows, score_rows = [], []
    for one, other in (pairs := list(index)):  # grows
        scores = first.scores[one] + second.scores[other]
        row = np.zeros(len(scores), np.int32)
        for token in np.flatnonzero(np.isfinite(scores)).tolist():
            pair = (int(first.next_state[one, token]), int(second.next_state[other, token]))
            if pair not in index:
                index[pair] = len(pairs)
                pairs.append(pair)
            row[token] = index[pair]
        next_rows.append(row)
        score_rows.append(scores)
    final = np.array([first.final_scores[one] + second.final_scores[other] for one, other in pairs], np.float32)
    return TokenAutomaton(np.stack(next_rows), np.stack(score_rows), final)


class _Trie:
    """Prefix tree: the children of each node by their tokens, and the nodes at which a sequence ends."""

    def __init__(self) -> None:
        self.children: list[dict[int, int]] = [{}]
        self.parents: dict[int, int] = {}
        self.ends: set[int] = set()

    def insert(self, tokens: Sequence[int]) -> None:
        node = 0
        for token in map(int, tokens):
            if token not in self.children[node]:
                self.children[node][token] = len(self.children)
                self.parents[len(self.children)] = node
                self.children.append({})
            node = self.children[node][token]
        self.ends.add(node)

    def breadth_first(self) -> list[int]:
        nodes = [0]
        for node in nodes:  # grows
            nodes += self.children[node].values()
        return nodes

    def depths(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the depth of each node, and that of the last end on the way to it, (nodes,) float64."""
        depth, kept = np.zeros(len(self.children)), np.zeros(len(self.children))
        for node, parent in self.parents.items():  # parents come first
            depth[node] = depth[parent] + 1
            kept[node] = depth[node] if node in self.ends else kept[parent]
        return depth, kept
