from __future__ import annotations

import re
from itertools import product

import pytest
import torch

from nlprnn.decoding import History, sample
from nlprnn.decoding.known_words import WordList, known_words, words_of
from nlprnn.decoding.recent_text import TEXT_END, RecentText

TOKENS = [TEXT_END, " ", "a", "b", "ab", " a", " b", "Ba", "B", " ab", "a b", "1", ".", "\ufffd", "a\ufffd"]
WORDS = ["ab", "ba", "bab", "a", "bé"]


def history(rows):
    return History(torch.tensor(rows, dtype=torch.int64), torch.arange(len(rows)))


def is_made_of(text, words):
    """Whether all words of a text but the last are known, and the last is begun."""
    known = {*words, *(word.capitalize() for word in words)}
    *whole, last = re.split(r"[^A-Za-z\ufffd]+", text)
    return all(word in known for word in whole if word) and any(word.startswith(last) for word in known)


@pytest.mark.parametrize("prompt", ["", "ab ", "b", "so B"])
def test_exactly_the_texts_of_known_words_can_be_written(prompt):
    process = known_words([WordList(WORDS, TOKENS)], RecentText(TOKENS, [prompt]))
    written = {()}
    for length in range(4):
        last = [tokens for tokens in written if len(tokens) == length]
        for tokens in last:
            scores = process(torch.zeros(1, len(TOKENS)), history([tokens]))
            written |= {(*tokens, token) for token in torch.nonzero(scores[0] == 0).flatten().tolist()}
    begin = prompt.rpartition(" ")[2]
    expected = {
        tokens
        for length in range(5)
        for tokens in product(range(len(TOKENS)), repeat=length)
        if is_made_of(begin + "".join(TOKENS[token] for token in tokens), WORDS[:4])
    }
    assert written == expected


def test_a_word_of_the_prompt_that_is_not_known_may_end_but_not_go_on():
    process = known_words([WordList(WORDS, TOKENS)], RecentText(TOKENS, ["bb"]))
    scores = process(torch.zeros(1, len(TOKENS)), history([[]]))[0]
    assert [token for token, score in zip(TOKENS, scores, strict=True) if score == 0] == [
        *(TEXT_END, " ", " a", " b", " ab", "1", ".")
    ]


def test_words_are_those_of_the_row():
    lists = [WordList(["a"], TOKENS), WordList(["b"], TOKENS)]
    process = known_words(lists, RecentText(TOKENS, ["", ""]))
    scores = process(torch.zeros(2, len(TOKENS)), History(torch.zeros(2, 1, dtype=torch.int64), torch.tensor([1, 0])))
    assert scores[:, 2].tolist() == [-torch.inf, 0.0]
    assert scores[:, 3].tolist() == [0.0, -torch.inf]


def test_random_texts_hold_known_words_alone():
    process = known_words([WordList(WORDS, TOKENS)] * 20, RecentText(TOKENS, [""] * 20))
    step = lambda tokens, state: (torch.zeros(len(tokens), len(TOKENS)), state)  # noqa: E731
    tokens = sample(step, torch.zeros(20, dtype=torch.int64), None, length=150, logits_processors=[process])
    for row in torch.stack(list(tokens), dim=1).tolist():
        words = words_of("".join(TOKENS[token] for token in row))
        assert len(words) > 20
        assert {word.lower() for word in words[:-1]} <= set(WORDS)
