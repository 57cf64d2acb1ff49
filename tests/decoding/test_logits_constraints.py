from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.logits_processors import (
    History,
    forced_prefix,
    minimum_length,
    no_repeat_ngram,
    repetition_penalty,
)
from nlprnn.decoding.options import BeamOptions

EOS = 3
histories = st.integers(1, 4).flatmap(
    lambda rows: st.integers(0, 9).flatmap(
        lambda length: st.lists(
            st.lists(st.integers(0, 4), min_size=length, max_size=length), min_size=rows, max_size=rows
        )
    )
)


def history_of(tokens, rows=None):
    rows = list(range(len(tokens))) if rows is None else rows
    return History(torch.tensor(tokens, dtype=torch.int64), torch.tensor(rows))


def random_scores(rows, vocabulary=5):
    return torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(0)).log_softmax(dim=1)


def forbidden(before, after):
    """The tokens of each row that have become impossible; all others must be as they were."""
    blocked = after == -torch.inf
    assert torch.equal(after[~blocked], before[~blocked])
    return [row.nonzero().flatten().tolist() for row in blocked]


@settings(max_examples=100, deadline=None)
@given(tokens=histories, n=st.integers(1, 4))
def test_exactly_the_tokens_that_would_repeat_an_ngram_are_forbidden(tokens, n):
    scores = random_scores(len(tokens))
    before = scores.clone()
    found = forbidden(scores, no_repeat_ngram(n)(scores, history_of(tokens)))
    assert torch.equal(scores, before)
    for row, blocked in zip(tokens, found, strict=True):
        ngrams = [row[i : i + n] for i in range(len(row) - n + 1)]
        assert blocked == [token for token in range(5) if [*row, token][-n:] in ngrams and len(row) >= n]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_what_beam_search_finds_repeats_no_ngram(toy, n):
    model = toy.ToyModel(0, vocabulary=4, end=-9.0)

    def repeats(filters):
        options = BeamOptions(eos_id=toy.EOS, max_length=12, n_best=5, filters=filters)
        found = beam_search(model.step, *model.start([0, 1, 2]), options=options)
        texts = [one.tokens for each in found for one in each]
        ngrams = [[tuple(text[i : i + n]) for i in range(len(text) - n + 1)] for text in texts]
        return sum(len(set(each)) < len(each) for each in ngrams)

    assert repeats([])
    assert not repeats([no_repeat_ngram(n)])


@pytest.mark.parametrize("length", [0, 1, 3])
def test_no_row_ends_before_its_minimum_length(length):
    scores = random_scores(2)
    for t in range(5):
        found = forbidden(scores, minimum_length(length, EOS)(scores, history_of([[EOS] * t] * 2)))
        assert found == [[EOS] if t < length else []] * 2


def test_each_row_begins_with_the_prefix_of_its_sentence_and_is_free_after_it():
    apply = forced_prefix(torch.tensor([[1, 2, -1], [-1, -1, -1], [4, 0, EOS]]), padding_id=-1)
    rows = [2, 2, 0, 1]  # sentences leave and have several rows each
    for t, wanted in enumerate([[4, 4, 1, None], [0, 0, 2, None], [EOS, EOS, None, None], [None] * 4, [None] * 4]):
        scores = random_scores(4)
        found = forbidden(scores, apply(scores, history_of([[0] * t] * 4, rows)))
        assert found == [[] if w is None else [token for token in range(5) if token != w] for w in wanted]


def test_a_prefix_that_the_model_thinks_impossible_leaves_nothing():
    scores = torch.tensor([[0.0, -torch.inf]])
    assert (forced_prefix(torch.tensor([[1]]), 0)(scores, history_of([[]])) == -torch.inf).all()


@settings(max_examples=50, deadline=None)
@given(tokens=histories, value=st.floats(1, 5))
def test_tokens_that_a_row_has_become_less_likely_and_others_stay(tokens, value):
    scores = random_scores(len(tokens)).double()
    result = repetition_penalty(value)(scores, history_of(tokens))
    for row, (seen, before, after) in enumerate(zip(tokens, scores.tolist(), result.tolist(), strict=True)):
        for token in range(5):
            assert after[token] == (before[token] * value if token in seen else before[token]), row
            assert after[token] <= before[token]


def test_the_impossible_stays_impossible_under_a_penalty():
    scores = torch.tensor([[-torch.inf, 0.0]])
    assert torch.equal(repetition_penalty(3.0)(scores, history_of([[0, 1]])), scores)


@pytest.mark.parametrize(
    ("build", "values", "words"),
    [
        (no_repeat_ngram, (0,), "n-grams.*0"),
        (minimum_length, (-1, 3), "minimum length.*-1"),
        (minimum_length, (1, -3), "eos_id.*-3"),
        (repetition_penalty, (0.9,), "repetition penalty.*0.9"),
        (repetition_penalty, (float("nan"),), "repetition penalty.*nan"),
        (repetition_penalty, (float("inf"),), "repetition penalty.*inf"),
        (forced_prefix, (torch.tensor([1, 2]), 0), r"\(2,\)"),
        (forced_prefix, (torch.tensor([[1.0]]), 0), "float32"),
        (forced_prefix, (torch.tensor([[1, 0, 2]]), 0), "after padding"),
    ],
)
def test_values_out_of_range_are_refused(build, values, words):
    with pytest.raises(ValueError, match=words):
        build(*values)
