from __future__ import annotations

import pytest
import torch

from nlprnn.decoding import History
from nlprnn.decoding.copied_runs import copied_run_penalty, runs_of
from nlprnn.decoding.recent_text import RecentText

TOKENS = ["\n", " one", " two", " three", "ty", ".", " One", "'s"]
TEXT = "One two. Three one two, three one two three one"


def penalised(prompt, tokens, runs, penalty=1.5):
    process = copied_run_penalty(runs, RecentText(TOKENS, [prompt]), penalty)
    scores = process(torch.zeros(1, len(TOKENS)), History(torch.tensor([tokens], dtype=torch.int64), torch.arange(1)))
    assert set(scores[0].tolist()) <= {0.0, -penalty}
    return [token for token, score in zip(TOKENS, scores[0].tolist(), strict=True) if score]


def test_runs_are_lower_case_words_without_signs():
    assert list(runs_of("A b-c, d's! E f\n\ng h. I")) == ["a b-c d's e f g h i"]
    assert list(runs_of("a b c d e f g")) == []


@pytest.mark.parametrize("tokens", range(4))
def test_exactly_the_tokens_that_end_a_run_are_penalised(tokens):
    words = TEXT.split(" ")
    ids = [TOKENS.index(f" {word.strip('.,').lower()}") for word in words]
    for size in range(7, len(words)):
        prompt, written = " ".join(words[: size - tokens]), ids[size - tokens : size]
        expected = [f" {word}" for word in ("one", "two", "three") if words[size].lower().strip(".,") == word]
        assert [token.lower() for token in penalised(prompt, written, set(runs_of(TEXT)))] == (
            expected * (2 if expected == [" one"] else 1)
        )


def test_a_piece_of_the_last_word_counts_with_its_word():
    assert penalised("a b c d e f g three", [], {"a b c d e f g threety"}) == ["ty"]
    assert penalised("a b c d e f g three", [], {"a b c d e f g three's"}) == ["'s"]
    assert penalised("a b c d e f g three", [], {"a b c d e f g three"}) == []


def test_unlikely_tokens_are_left_as_they_are():
    process = copied_run_penalty({"a b c d e f g one"}, RecentText([*TOKENS, "x"], ["a b c d e f g"]), 1.0)
    scores = torch.zeros(1, len(TOKENS) + 1)
    scores[0, 1] = -1.0  # 9 tokens, of which the 8 most likely are looked at
    assert process(scores, History(torch.empty(1, 0, dtype=torch.int64), torch.arange(1)))[0].tolist() == [
        0,
        -1,
        0,
        0,
        0,
        0,
        -1,
        0,
        0,
    ]


@pytest.mark.parametrize("penalty", [-1.0, float("nan")])
def test_odd_penalties_are_refused(penalty):
    with pytest.raises(ValueError, match="0 or more"):
        copied_run_penalty(set(), RecentText(TOKENS, [""]), penalty)
