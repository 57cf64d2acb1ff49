from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.modules import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling
from nlprnn.modules.pooling import POOLINGS

H = 4


def last_two_way(row, pooling):
    return [*row[-1][: H // 2], *row[0][H // 2 :]]


def last_one_way(row, pooling):
    return row[-1]


def mean(row, pooling):
    return [sum(column) / len(row) for column in zip(*row, strict=True)]


def largest(row, pooling):
    return [max(column) for column in zip(*row, strict=True)]


def attention(row, pooling):
    scores = []
    for vector in row:
        hidden = [
            math.tanh(sum(w * v for w, v in zip(weights, vector, strict=True)) + bias)
            for weights, bias in zip(pooling.hidden.weight.tolist(), pooling.hidden.bias.tolist(), strict=True)
        ]
        scores.append(sum(w * h for w, h in zip(pooling.score.weight[0].tolist(), hidden, strict=True)))
    total = sum(math.exp(score) for score in scores)
    return [
        sum(math.exp(s) / total * v for s, v in zip(scores, column, strict=True)) for column in zip(*row, strict=True)
    ]


KINDS = {
    "last-one-way": (lambda: LastPooling(H), last_one_way),
    "last-two-way": (lambda: LastPooling(H, bidirectional=True), last_two_way),
    "mean": (lambda: MeanPooling(H), mean),
    "max": (lambda: MaxPooling(H), largest),
    "concat-one-way": (
        lambda: ConcatPooling(H),
        lambda row, pooling: [*last_one_way(row, pooling), *largest(row, pooling), *mean(row, pooling)],
    ),
    "concat-two-way": (
        lambda: ConcatPooling(H, bidirectional=True),
        lambda row, pooling: [*last_two_way(row, pooling), *largest(row, pooling), *mean(row, pooling)],
    ),
    "attention": (lambda: AttentionPooling(H, attention_size=3), attention),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
@settings(max_examples=20, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    extra=st.integers(0, 3),
    garbage=st.sampled_from([0.0, 1e6, -1e6]),
    seed=st.integers(0, 100),
)
def test_equals_a_loop_over_real_tokens(kind, lengths, extra, garbage, seed):
    build, loop = KINDS[kind]
    torch.manual_seed(seed)
    pooling = build().double()
    mask = torch.arange(max(1, *lengths) + extra) < torch.tensor(lengths)[:, None]
    outputs = torch.randn(*mask.shape, H, dtype=torch.double)
    outputs[~mask] = garbage
    pooled = pooling(outputs, mask)
    assert pooled.shape == (len(lengths), pooling.output_size)
    for row, length in enumerate(lengths):
        expected = loop(outputs[row, :length].tolist(), pooling) if length else [0.0] * pooling.output_size
        torch.testing.assert_close(pooled[row], torch.tensor(expected, dtype=torch.double), rtol=0, atol=1e-9)


@every_kind
def test_empty_row_gives_zeros(kind):
    pooling = KINDS[kind][0]()
    outputs = torch.randn(2, 3, H, requires_grad=True)
    mask = torch.tensor([[False, False, False], [True, True, False]])
    pooled = pooling(outputs, mask)
    assert not pooled[0].any()
    pooled.sum().backward()
    assert outputs.grad.isfinite().all()
    assert not outputs.grad[~mask].any()
    assert outputs.grad[1, :2].any()
    assert all(p.grad.isfinite().all() for p in pooling.parameters())


def test_attention_weights_are_a_distribution():
    pooling = AttentionPooling(H)
    mask = torch.tensor([[True, True, False], [False, False, False], [True, True, True]])
    weights = pooling.weights(torch.randn(3, 3, H), mask)
    torch.testing.assert_close(weights.sum(dim=1), torch.tensor([1.0, 0.0, 1.0]))
    assert (weights >= 0).all()
    assert not weights[~mask].any()


@pytest.mark.parametrize("name", POOLINGS)
def test_named_poolings_of_bidirectional_outputs(name):
    pooling = POOLINGS[name](H)
    assert getattr(pooling, "bidirectional", True)
    assert pooling(torch.randn(2, 3, H), torch.ones(2, 3, dtype=torch.bool)).shape == (2, pooling.output_size)
