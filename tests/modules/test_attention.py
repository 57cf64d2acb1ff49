from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nlprnn.modules import AdditiveAttention, DotAttention, GeneralAttention, MultiHeadAttention
from nlprnn.modules.attention import ATTENTIONS, masked_softmax

H, M = 4, 6  # widths of a query and of the memory


def randn(*shape):
    return torch.randn(*shape, dtype=torch.double)


KINDS = {
    "dot": lambda: DotAttention(M, M),
    "scaled-dot": lambda: DotAttention(M, M, scaled=True),
    "general": lambda: GeneralAttention(H, M),
    "additive": lambda: AdditiveAttention(H, M),
    "additive-wide": lambda: AdditiveAttention(H, M, hidden_size=7),
    "multi-head": lambda: MultiHeadAttention(H, M, num_heads=2),
    "one-head": lambda: MultiHeadAttention(H, M, num_heads=1),
}
FORMULAS = {  # the score of one query and one position of the memory, as the papers have it
    "dot": lambda a, q, m: q @ m,
    "scaled-dot": lambda a, q, m: q @ m / math.sqrt(M),
    "general": lambda a, q, m: q @ a.key.weight @ m / math.sqrt(H),
    "additive": lambda a, q, m: a.score.weight[0] @ torch.tanh(a.query.weight @ q + a.key.weight @ m + a.key.bias),
}
FORMULAS["additive-wide"] = FORMULAS["additive"]
MASK = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=torch.bool)

every_kind = pytest.mark.parametrize("kind", KINDS)


def build(kind):
    return KINDS[kind]().double()


def example(attention, *, queries=3, mask=MASK):
    return randn(len(mask), queries, attention.query_size), randn(*mask.shape, M), mask


def assert_close(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", FORMULAS)
def test_equals_the_formula(kind):
    attention = build(kind)
    queries, encoded, mask = example(attention)
    contexts, weights = attention(queries, attention.memory(encoded, mask))
    assert contexts.shape == (4, 3, attention.output_size)
    for row in (0, 1, 3):
        for time in range(3):
            positions = [s for s in range(5) if mask[row, s]]
            powers = [FORMULAS[kind](attention, queries[row, time], encoded[row, s]).exp() for s in positions]
            expected = torch.zeros(5, dtype=torch.double)
            expected[positions] = torch.stack(powers) / sum(powers)
            assert_close(weights[row, time], expected)
            assert_close(contexts[row, time], sum(expected[s] * encoded[row, s] for s in range(5)))


@pytest.mark.parametrize("heads", [1, 2, 3, 6])
def test_multi_head_equals_pytorch(heads):
    attention = MultiHeadAttention(6, 6, num_heads=heads).double()
    reference = nn.MultiheadAttention(6, heads, bias=False, batch_first=True).double()
    with torch.no_grad():
        three = (attention.query, attention.key, attention.value)
        reference.in_proj_weight.copy_(torch.cat([layer.weight for layer in three]))
        reference.out_proj.weight.copy_(torch.eye(6))
    mask = MASK[[0, 1, 3]]  # PyTorch gives NaN for a row of padding alone
    queries, encoded, _ = example(attention, mask=mask)
    expected, expected_weights = reference(queries, encoded, encoded, key_padding_mask=~mask)
    contexts, weights = attention(queries, attention.memory(encoded, mask))
    assert_close(contexts, expected)
    assert_close(weights, expected_weights)


def test_heads_of_unequal_query_and_value_size():
    attention = build("multi-head")  # queries of 2 and values of 3 a head
    queries, encoded, mask = example(attention)
    contexts, weights = attention(queries, attention.memory(encoded, mask))
    q, k, v = attention.query(queries), attention.key(encoded), attention.value(encoded)
    seen = []
    for head in range(2):
        scores = q[..., 2 * head : 2 * head + 2] @ k[..., 2 * head : 2 * head + 2].transpose(1, 2) / math.sqrt(2)
        seen.append(scores.masked_fill(~mask[:, None], -math.inf).softmax(dim=2).nan_to_num())
        assert_close(contexts[..., 3 * head : 3 * head + 3], seen[-1] @ v[..., 3 * head : 3 * head + 3])
    assert_close(weights, (seen[0] + seen[1]) / 2)


@every_kind
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=4), size=st.floats(0, 300))
def test_weights_are_a_distribution_over_real_tokens(kind, rows, size):
    attention, mask = build(kind).float(), torch.tensor(rows)
    queries, encoded, _ = example(attention, queries=2, mask=mask)
    encoded = encoded.float()
    contexts, weights = attention(size * queries.float(), attention.memory(size * encoded, mask))
    assert (weights >= 0).all()
    assert not weights.masked_select(~mask[:, None]).any()
    torch.testing.assert_close(weights.sum(dim=2), mask.any(dim=1, keepdim=True).float().expand(-1, 2))
    assert contexts.isfinite().all()
    assert not contexts[~mask.any(dim=1)].any()


@every_kind
def test_row_of_padding_alone_has_no_gradient(kind):
    attention = build(kind)
    queries, encoded, mask = example(attention)
    queries.requires_grad_()
    encoded.requires_grad_()
    contexts, weights = attention(queries, attention.memory(encoded, mask))
    (contexts.square().sum() + weights.square().sum()).backward()
    assert not queries.grad[2].any()
    assert not encoded.grad[~mask].any()
    for gradient in (queries.grad[[0, 1, 3]], encoded.grad[mask], *(p.grad for p in attention.parameters())):
        assert gradient.isfinite().all()
        assert gradient.abs().sum() > 0


@every_kind
@pytest.mark.parametrize("garbage", [0.0, 1e30, -1e30])
def test_batch_and_padding_invariance(kind, garbage):
    attention = build(kind)
    queries, encoded, mask = example(attention)
    encoded[~mask] = 0.0
    contexts, weights = attention(queries, attention.memory(encoded, mask))
    longer = torch.cat([encoded.masked_fill(~mask[..., None], garbage), torch.full((4, 2, M), garbage).double()], dim=1)
    again, more = attention(queries, attention.memory(longer, torch.cat([mask, torch.zeros(4, 2).bool()], dim=1)))
    assert_close(again, contexts)
    assert_close(more, nn.functional.pad(weights, (0, 2)))
    for row in range(4):
        one = slice(row, row + 1)
        single, _ = attention(queries[one], attention.memory(encoded[one], mask[one]))
        assert_close(single, contexts[one])
    short, _ = attention(queries[:1], attention.memory(encoded[:1, :3], mask[:1, :3]))
    assert_close(short, contexts[:1])


@every_kind
@pytest.mark.parametrize("group", [1, 3])
def test_single_queries_equal_all_queries(kind, group):
    attention = build(kind)
    queries, encoded, mask = example(attention, queries=group)
    memory = attention.memory(encoded, mask)
    whole, whole_weights = attention(queries, memory)
    contexts, weights = attention(queries.flatten(0, 1), memory)
    assert_close(contexts, whole.flatten(0, 1))
    assert_close(weights, whole_weights.flatten(0, 1))
    repeated = memory.select(torch.arange(4).repeat_interleave(group))
    separate, separate_weights = attention(queries.flatten(0, 1), repeated)
    assert_close(contexts, separate)
    assert_close(weights, separate_weights)
    strided = torch.stack([queries.flatten(0, 1)] * 2, dim=2)[..., 0]  # not contiguous
    assert_close(attention(strided, memory)[0], contexts)


@every_kind
def test_empty_memory_and_empty_queries(kind):
    attention = build(kind)
    contexts, weights = attention(*empty(attention, rows=2, positions=0))
    assert not contexts.any()
    assert weights.shape == (2, 0)
    contexts, weights = attention(*empty(attention, rows=0, positions=3))
    assert (contexts.shape, weights.shape) == ((0, M), (0, 3))


def empty(attention, *, rows, positions):
    queries, encoded, mask = randn(rows, attention.query_size), randn(rows, positions, M), torch.ones(rows, positions)
    return queries, attention.memory(encoded, mask.bool())


def test_memory_selects_rows():
    attention = build("general")
    memory = attention.memory(randn(4, 5, M), MASK)
    for tensor, chosen in zip(memory, memory.select(torch.tensor([3, 0, 0])), strict=True):
        assert torch.equal(chosen, tensor[[3, 0, 0]])


@pytest.mark.parametrize("dtype", [torch.half, torch.bfloat16, torch.float])
def test_masked_softmax_has_no_nan(dtype):
    scores = torch.tensor([[3.0, -60_000.0, 60_000.0], [1.0, 2.0, 3.0]], dtype=dtype)
    weights = masked_softmax(scores, torch.tensor([[True, True, False], [False] * 3]))
    assert weights.tolist() == [[1, 0, 0], [0, 0, 0]]
    assert weights.dtype == dtype


@every_kind
@pytest.mark.parametrize(
    ("encoded", "mask"),
    [((4, 5, M + 1), (4, 5)), ((4, 5), (4, 5)), ((4, 5, M), (4, 6)), ((4, 5, M), (5,))],
    ids=["width", "dimensions", "length-of-mask", "dimensions-of-mask"],
)
def test_mismatched_memory_is_refused(kind, encoded, mask):
    with pytest.raises(ValueError, match=rf"\(B, S, {M}\).*got \({', '.join(map(str, encoded))}\) with"):
        build(kind).memory(randn(*encoded), torch.ones(mask, dtype=torch.bool))


@every_kind
@pytest.mark.parametrize("shape", [(3, 2, 0), (2, 1, -1), (7, 0), (2, 0), (8, 1), (0,), (4, 1, 1, 0)], ids=str)
def test_mismatched_queries_are_refused(kind, shape):
    attention = build(kind)
    shape = (*shape[:-1], shape[-1] + attention.query_size)  # the last number is what the width is wrong by
    memory = attention.memory(randn(4, 5, M), MASK)
    with pytest.raises(ValueError, match=rf"do not fit a memory of 4 rows and query_size {attention.query_size}"):
        attention(randn(*shape), memory)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DotAttention(4, 6), "query_size 4, memory_size 6: use general"),
        (lambda: GeneralAttention(0, 6), "query_size 0"),
        (lambda: AdditiveAttention(4, -1), "memory_size -1"),
        (lambda: AdditiveAttention(4, 6, hidden_size=0), "hidden_size 0"),
        (lambda: MultiHeadAttention(4, 6, num_heads=4), "query_size 4 and memory_size 6.*num_heads 4"),
        (lambda: MultiHeadAttention(6, 4, num_heads=3), "num_heads 3"),
        (lambda: MultiHeadAttention(4, 4, num_heads=0), "num_heads 0"),
    ],
)
def test_invalid_sizes_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("name", sorted(ATTENTIONS.keys() - {"dot"}))
def test_initial_attention_is_soft(name):
    attention = ATTENTIONS[name](64, 64)
    queries, encoded, mask = torch.randn(50, 4, 64), torch.randn(50, 20, 64), torch.ones(50, 20).bool()
    _, weights = attention(queries, attention.memory(encoded, mask))
    assert 1.1 / 20 < weights.detach().amax(dim=2).mean() < 0.4
