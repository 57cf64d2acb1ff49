from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.decoding import (
    BeamOptions,
    History,
    beam_search,
    forbid,
    forced_prefix,
    minimum_length,
    no_repeat_ngram,
    repetition_penalty,
    temperature,
    top_k,
    top_p,
)

logits = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).normal(scale=4, size=(3, np.random.default_rng(seed).integers(1, 12)))
)
EOS = 3
histories = st.integers(1, 4).flatmap(
    lambda rows: st.integers(0, 9).flatmap(
        lambda length: st.lists(
            st.lists(st.integers(0, 4), min_size=length, max_size=length), min_size=rows, max_size=rows
        )
    )
)
quick = settings(max_examples=60, deadline=None)
UNUSED = History(torch.empty(0, 0, dtype=torch.int64), torch.empty(0, dtype=torch.int64))


def log_probabilities(values):
    return torch.from_numpy(values).log_softmax(dim=1)


def softmax(values):
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def probabilities(scores):
    result = scores.softmax(dim=1).numpy()
    assert np.isfinite(result).all()
    return result


@quick
@given(values=logits, heat=st.floats(0.01, 100))
def test_temperature_divides_the_logits(values, heat):
    np.testing.assert_allclose(
        probabilities(temperature(heat)(log_probabilities(values), UNUSED)), softmax(values / heat), atol=1e-9
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("heat", [0, 1e-300, 1e-8, 1e-4, 1e8, 1e300])
def test_no_temperature_gives_nan(heat, dtype):
    scores = torch.tensor([[-1e-6, -1e4, -1e30, -torch.inf, 0.0], [-5.0, -5.0, -6.0, -torch.inf, -7.0]], dtype=dtype)
    result = probabilities(temperature(heat)(scores, UNUSED))
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)
    assert (result[:, 3] == 0).all()
    if heat < 1e-6:
        np.testing.assert_allclose(result, [[0, 0, 0, 0, 1], [0.5, 0.5, 0, 0, 0]])
    if heat == 1e8:
        np.testing.assert_allclose(result[1], [0.25, 0.25, 0.25, 0, 0.25], atol=1e-6)


@quick
@given(values=logits)
def test_temperature_0_keeps_the_most_likely_token(values):
    result = probabilities(temperature(0)(log_probabilities(values), UNUSED))
    np.testing.assert_allclose(result, np.eye(values.shape[1])[values.argmax(axis=1)])


@quick
@given(values=logits, k=st.integers(1, 15))
def test_top_k_keeps_the_k_most_likely_tokens(values, k):
    kept = np.argsort(-values, axis=1)[:, :k]
    expected = softmax(values)
    left_out = np.ones_like(values, dtype=bool)
    np.put_along_axis(left_out, kept, False, axis=1)
    expected[left_out] = 0
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities(top_k(k)(log_probabilities(values), UNUSED)), expected, atol=1e-12)


def test_top_k_keeps_k_of_equal_tokens():
    assert (top_k(2)(torch.zeros(3, 6), UNUSED) == 0).sum(dim=1).tolist() == [2, 2, 2]


@quick
@given(values=logits, p=st.floats(0.001, 0.999))
def test_top_p_keeps_the_fewest_tokens_that_reach_p(values, p):
    result = probabilities(top_p(p)(log_probabilities(values), UNUSED))
    for row, full_row in zip(result, softmax(values), strict=True):
        kept = row > 0
        assert full_row[kept].sum() >= p - 1e-9
        if kept.sum() > 1:
            assert full_row[kept].sum() - full_row[kept].min() < p + 1e-9
        assert full_row[kept].min() >= full_row[~kept].max(initial=0)
        np.testing.assert_allclose(row, np.where(kept, full_row, 0) / full_row[kept].sum(), atol=1e-12)


@quick
@given(values=logits)
def test_top_k_1_and_tiny_top_p_are_greedy(values):
    scores = log_probabilities(values)
    greedy = probabilities(temperature(0)(scores, UNUSED))
    np.testing.assert_allclose(probabilities(top_k(1)(scores, UNUSED)), greedy)
    for p in (1e-9, 1e-300):
        np.testing.assert_allclose(probabilities(top_p(p)(scores, UNUSED)), greedy)
    assert torch.equal(top_p(1.0)(scores, UNUSED), scores)


def test_top_p_1_keeps_tokens_lost_in_rounding():
    scores = torch.tensor([[0.0, *[-20.0] * 50, -90.0]]).log_softmax(dim=1)
    assert top_p(1.0)(scores, UNUSED).isfinite().all()


@quick
@given(values=logits, data=st.data())
def test_forbid_leaves_other_scores_unchanged(values, data):
    ids = data.draw(st.lists(st.integers(0, values.shape[1] - 1), max_size=values.shape[1]))
    scores = log_probabilities(values)
    before = scores.clone()
    result = forbid(ids)(scores, UNUSED)
    assert torch.equal(scores, before)
    others = [index for index in range(values.shape[1]) if index not in ids]
    assert torch.equal(result[:, others], scores[:, others])
    assert (result[:, ids] == -torch.inf).all()


@quick
@given(values=logits, heat=st.sampled_from([0, 1e-8, 0.7, 1e8]), k=st.integers(1, 12), p=st.floats(0.01, 1))
def test_processors_in_sequence_leave_a_distribution(values, heat, k, p):
    values = np.concatenate([values, values[:, :1] - 1], axis=1)
    scores = log_probabilities(values).float()
    for apply in (forbid([0]), temperature(heat), top_k(k), top_p(p)):
        scores = apply(scores, UNUSED)
    result = probabilities(scores)
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)
    assert (result[:, 0] == 0).all()
    assert ((result > 0).sum(axis=1) <= k).all()


def history_of(tokens, rows=None):
    rows = list(range(len(tokens))) if rows is None else rows
    return History(torch.tensor(tokens, dtype=torch.int64), torch.tensor(rows))


def random_scores(rows, vocabulary=5):
    return torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(0)).log_softmax(dim=1)


def forbidden(before, after):
    """The tokens of each row that became impossible; all others must be unchanged."""
    blocked = after == -torch.inf
    assert torch.equal(after[~blocked], before[~blocked])
    return [row.nonzero().flatten().tolist() for row in blocked]


@settings(max_examples=50, deadline=None)
@given(tokens=histories, n=st.integers(1, 4))
def test_no_repeat_ngram_forbids_exactly_the_repeats(tokens, n):
    scores = random_scores(len(tokens))
    before = scores.clone()
    blocked_tokens = forbidden(scores, no_repeat_ngram(n)(scores, history_of(tokens)))
    assert torch.equal(scores, before)
    for row, blocked in zip(tokens, blocked_tokens, strict=True):
        ngrams = [row[i : i + n] for i in range(len(row) - n + 1)]
        assert blocked == [token for token in range(5) if [*row, token][-n:] in ngrams and len(row) >= n]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_beam_search_repeats_no_ngram(toy, n):
    model = toy.ToyModel(0, vocabulary=4, end=-9.0)

    def repeats(processors):
        options = BeamOptions(eos_id=toy.EOS, max_length=12, n_best=5, logits_processors=processors)
        found = beam_search(model.step, *model.start([0, 1, 2]), options=options)
        texts = [one.tokens for each in found for one in each]
        ngrams = [[tuple(text[i : i + n]) for i in range(len(text) - n + 1)] for text in texts]
        return sum(len(set(each)) < len(each) for each in ngrams)

    assert repeats([])
    assert not repeats([no_repeat_ngram(n)])


@pytest.mark.parametrize("length", [0, 1, 3])
def test_minimum_length_forbids_an_early_end(length):
    scores = random_scores(2)
    for t in range(5):
        blocked_tokens = forbidden(scores, minimum_length(length, EOS)(scores, history_of([[EOS] * t] * 2)))
        assert blocked_tokens == [[EOS] if t < length else []] * 2


def test_forced_prefix_follows_the_row_of_each_sentence():
    apply = forced_prefix(torch.tensor([[1, 2, -1], [-1, -1, -1], [4, 0, EOS]]), padding_id=-1)
    rows = [2, 2, 0, 1]  # sentences leave and have several rows each
    for t, required in enumerate([[4, 4, 1, None], [0, 0, 2, None], [EOS, EOS, None, None], [None] * 4, [None] * 4]):
        scores = random_scores(4)
        blocked_tokens = forbidden(scores, apply(scores, history_of([[0] * t] * 4, rows)))
        assert blocked_tokens == [[] if r is None else [token for token in range(5) if token != r] for r in required]


def test_impossible_prefix_leaves_no_token():
    scores = torch.tensor([[0.0, -torch.inf]])
    assert (forced_prefix(torch.tensor([[1]]), 0)(scores, history_of([[]])) == -torch.inf).all()


@settings(max_examples=50, deadline=None)
@given(tokens=histories, value=st.floats(1, 5))
def test_repetition_penalty_lowers_only_seen_tokens(tokens, value):
    scores = random_scores(len(tokens)).double()
    result = repetition_penalty(value)(scores, history_of(tokens))
    for row, (seen, before, after) in enumerate(zip(tokens, scores.tolist(), result.tolist(), strict=True)):
        for token in range(5):
            assert after[token] == (before[token] * value if token in seen else before[token]), row
            assert after[token] <= before[token]


def test_repetition_penalty_keeps_impossible_tokens():
    scores = torch.tensor([[-torch.inf, 0.0]])
    assert torch.equal(repetition_penalty(3.0)(scores, history_of([[0, 1]])), scores)


@pytest.mark.parametrize(
    ("build", "values", "words"),
    [
        (temperature, (-0.1,), "temperature.*-0.1"),
        (temperature, (float("nan"),), "temperature.*nan"),
        (temperature, (float("inf"),), "temperature.*inf"),
        (top_k, (0,), "top-k.*0"),
        (top_p, (0.0,), "top-p.*0.0"),
        (top_p, (1.1,), "top-p.*1.1"),
        (top_p, (float("nan"),), "top-p.*nan"),
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
def test_values_out_of_range_are_an_error(build, values, words):
    with pytest.raises(ValueError, match=words):
        build(*values)
