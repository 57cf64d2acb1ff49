from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.decoding.logits_processors import History, forbid, temperature, top_k, top_p

logits = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).normal(scale=4, size=(3, np.random.default_rng(seed).integers(1, 12)))
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
def test_no_temperature_gives_nan_whatever_the_scores(heat, dtype):
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
def test_temperature_0_leaves_the_likeliest_token(values):
    result = probabilities(temperature(0)(log_probabilities(values), UNUSED))
    np.testing.assert_allclose(result, np.eye(values.shape[1])[values.argmax(axis=1)])


@quick
@given(values=logits, k=st.integers(1, 15))
def test_top_k_keeps_the_k_likeliest_tokens(values, k):
    kept = np.argsort(-values, axis=1)[:, :k]
    expected = softmax(values)
    left_out = np.ones_like(values, dtype=bool)
    np.put_along_axis(left_out, kept, False, axis=1)
    expected[left_out] = 0
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities(top_k(k)(log_probabilities(values), UNUSED)), expected, atol=1e-12)


def test_top_k_keeps_k_tokens_even_of_equal_ones():
    assert (top_k(2)(torch.zeros(3, 6), UNUSED) == 0).sum(dim=1).tolist() == [2, 2, 2]


@quick
@given(values=logits, p=st.floats(0.001, 0.999))
def test_top_p_keeps_the_fewest_tokens_that_reach_p(values, p):
    result = probabilities(top_p(p)(log_probabilities(values), UNUSED))
    for row, given_row in zip(result, softmax(values), strict=True):
        kept = row > 0
        assert given_row[kept].sum() >= p - 1e-9
        if kept.sum() > 1:
            assert given_row[kept].sum() - given_row[kept].min() < p + 1e-9
        assert given_row[kept].min() >= given_row[~kept].max(initial=0)
        np.testing.assert_allclose(row, np.where(kept, given_row, 0) / given_row[kept].sum(), atol=1e-12)


@quick
@given(values=logits)
def test_top_k_1_and_a_tiny_top_p_are_greedy_and_top_p_1_keeps_all(values):
    scores = log_probabilities(values)
    greedy = probabilities(temperature(0)(scores, UNUSED))
    np.testing.assert_allclose(probabilities(top_k(1)(scores, UNUSED)), greedy)
    np.testing.assert_allclose(probabilities(top_p(1e-9)(scores, UNUSED)), greedy)
    assert torch.equal(top_p(1.0)(scores, UNUSED), scores)


def test_top_p_1_keeps_tokens_whose_probability_is_lost_in_the_rounding_of_sums():
    scores = torch.tensor([[0.0, *[-20.0] * 50, -90.0]]).log_softmax(dim=1)
    assert top_p(1.0)(scores, UNUSED).isfinite().all()


@quick
@given(values=logits, data=st.data())
def test_forbidden_tokens_never_come_and_the_rest_keep_their_proportions(values, data):
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
def test_filters_in_a_row_leave_a_distribution(values, heat, k, p):
    values = np.concatenate([values, values[:, :1] - 1], axis=1)
    scores = log_probabilities(values).float()
    for apply in (forbid([0]), temperature(heat), top_k(k), top_p(p)):
        scores = apply(scores, UNUSED)
    result = probabilities(scores)
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)
    assert (result[:, 0] == 0).all()
    assert ((result > 0).sum(axis=1) <= k).all()


@pytest.mark.parametrize(
    ("build", "value", "words"),
    [
        (temperature, -0.1, "temperature.*-0.1"),
        (temperature, float("nan"), "temperature.*nan"),
        (temperature, float("inf"), "temperature.*inf"),
        (top_k, 0, "top-k.*0"),
        (top_p, 0.0, "top-p.*0.0"),
        (top_p, 1.1, "top-p.*1.1"),
        (top_p, float("nan"), "top-p.*nan"),
    ],
)
def test_values_out_of_range_are_refused(build, value, words):
    with pytest.raises(ValueError, match=words):
        build(value)
