from __future__ import annotations

from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.training.losses import linear_cross_entropy
from nlprnn.training.losses.r_drop import symmetric_divergence

module = import_module("nlprnn.training.losses.linear_cross_entropy")


def example(rows, vocabulary, *, width=4, seed=0, scale=1.0, dtype=torch.float):
    """Vectors, weight and bias as leaves with gradients, and targets."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (rows, width), (vocabulary, width), (vocabulary,)
    leaves = [(scale * torch.randn(shape, generator=generator)).to(dtype).requires_grad_() for shape in shapes]
    return leaves, torch.randint(vocabulary, (rows,), generator=generator)


def plain(vectors, weight, bias, targets, *, label_smoothing=0.0, r_drop=0.0):
    """The same loss the usual way, in double precision, with all logits at once."""
    logits = functional.linear(vectors.double(), weight.double(), bias.double())
    loss = functional.cross_entropy(logits, targets, label_smoothing=label_smoothing)
    return loss + r_drop * symmetric_divergence(*logits.chunk(2)) if r_drop else loss


def assert_equal_in_value_and_gradients(leaves, targets, *, outer=1.0, rtol=1e-4, atol=2e-5, **options):
    loss, expected = linear_cross_entropy(*leaves, targets, **options), plain(*leaves, targets, **options)
    assert loss.dtype == torch.float
    assert loss.shape == ()
    torch.testing.assert_close(loss.double(), expected, rtol=rtol, atol=atol)
    actual = torch.autograd.grad(outer * loss, leaves)
    expected_gradients = torch.autograd.grad(outer * expected, leaves)
    for leaf, one, other in zip(leaves, actual, expected_gradients, strict=True):
        assert one.dtype == leaf.dtype
        torch.testing.assert_close(one.double(), other.double(), rtol=rtol, atol=abs(outer) * atol)


@pytest.fixture
def chunks_of_six(monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 6)


@settings(max_examples=40, deadline=None)
@given(
    pairs=st.integers(1, 13),
    odd=st.booleans(),
    vocabulary=st.integers(2, 9),
    width=st.integers(1, 5),
    label_smoothing=st.sampled_from([0.0, 0.1, 0.9]),
    r_drop=st.sampled_from([0.0, 0.5, 5.0]),
    scale=st.sampled_from([0.1, 1.0, 4.0]),
    seed=st.integers(0, 99),
)
def test_matches_plain_loss_in_value_and_gradients(pairs, odd, vocabulary, width, label_smoothing, r_drop, scale, seed):
    rows = 2 * pairs - (odd and not r_drop)
    leaves, targets = example(rows, vocabulary, width=width, seed=seed, scale=scale)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK", 6)  # so that few rows are many chunks, the last one short
        assert_equal_in_value_and_gradients(
            leaves, targets, label_smoothing=label_smoothing, r_drop=r_drop, rtol=1e-4, atol=1e-4 * scale**2
        )


@pytest.mark.parametrize("rows", [1, 2, 255, 256, 257, 600])
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"label_smoothing": 0.1, "r_drop": 2.0}], ids=str)
def test_matches_plain_loss_with_real_chunk_size(rows, options):
    rows += rows % 2 if "r_drop" in options else 0
    assert_equal_in_value_and_gradients(*example(rows, 50), **options)


@pytest.mark.parametrize("outer", [-3.0, 0.0, 65_536.0])
def test_gradient_is_scaled_by_the_outer_gradient(outer):
    assert_equal_in_value_and_gradients(*example(10, 5), outer=outer, label_smoothing=0.1, r_drop=1.0)


def test_two_backward_passes_double_the_gradient():
    leaves, targets = example(8, 5)
    loss = linear_cross_entropy(*leaves, targets)
    loss.backward(retain_graph=True)
    once = [leaf.grad.clone() for leaf in leaves]
    loss.backward()
    for leaf, gradient in zip(leaves, once, strict=True):
        torch.testing.assert_close(leaf.grad, 2 * gradient)


def test_second_derivative_is_an_error():
    leaves, targets = example(8, 5)
    (gradient,) = torch.autograd.grad(linear_cross_entropy(*leaves, targets).square(), leaves[0], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


@pytest.mark.parametrize("constant", range(3))
def test_constant_input_leaves_other_gradients_unchanged(constant):
    leaves, targets = example(9, 5)
    expected_gradients = torch.autograd.grad(plain(*leaves, targets), leaves)
    leaves[constant].requires_grad_(requires_grad=False)
    linear_cross_entropy(*leaves, targets).backward()
    for index, leaf in enumerate(leaves):
        if index == constant:
            assert leaf.grad is None
        else:
            torch.testing.assert_close(leaf.grad, expected_gradients[index])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.half, torch.double], ids=str)
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1, "r_drop": 2.0}], ids=str)
def test_vectors_of_another_dtype_than_the_weights(chunks_of_six, dtype, options):
    leaves, targets = example(20, 7)
    leaves[0] = leaves[0].detach().to(dtype).requires_grad_()
    rough = {torch.bfloat16: 2e-2, torch.half: 2e-3, torch.double: 1e-5}[dtype]
    assert_equal_in_value_and_gradients(leaves, targets, rtol=rough, atol=rough, **options)


def test_double_precision(chunks_of_six):
    assert_equal_in_value_and_gradients(*example(20, 7, dtype=torch.double), label_smoothing=0.1, r_drop=1.0)


def test_autocast_computes_in_half_precision():
    leaves, targets = example(20, 7)
    expected = torch.autograd.grad(linear_cross_entropy(*leaves, targets), leaves)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = linear_cross_entropy(*leaves, targets)
        assert loss.dtype == torch.float
    for one, other in zip(torch.autograd.grad(loss, leaves), expected, strict=True):
        assert one.dtype == torch.float
        assert not torch.equal(one, other)
        torch.testing.assert_close(one, other, rtol=2e-2, atol=2e-3)


def test_gradients_under_autocast():
    torch.manual_seed(0)
    layer, (leaves, targets) = torch.nn.Linear(4, 4), example(20, 7)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = layer(leaves[0])
        assert vectors.dtype == torch.bfloat16
        loss = linear_cross_entropy(vectors, *leaves[1:], targets)
    loss.backward()
    expected_gradients = torch.autograd.grad(plain(layer(leaves[0]), *leaves[1:], targets), [layer.weight, *leaves[1:]])
    for leaf, other in zip([layer.weight, *leaves[1:]], expected_gradients, strict=True):
        assert leaf.grad.dtype == torch.float
        torch.testing.assert_close(leaf.grad, other.float(), rtol=0.05, atol=0.02)


def test_large_logits_stay_finite():
    leaves, targets = example(6, 5, scale=1e3)
    loss = linear_cross_entropy(*leaves, targets, label_smoothing=0.1, r_drop=1.0)
    assert loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(loss, leaves))


@pytest.mark.parametrize("r_drop", [0.0, 1.0])
def test_no_rows_give_loss_and_gradients_0(r_drop):
    leaves, targets = example(0, 5)
    loss = linear_cross_entropy(*leaves, targets, r_drop=r_drop)
    assert loss == 0
    assert not any(gradient.any() for gradient in torch.autograd.grad(loss, leaves))


def test_equal_passes_have_divergence_0():
    (vectors, weight, bias), targets = example(8, 5)
    both = [torch.cat([vectors, vectors]), weight, bias, torch.cat([targets, targets])]
    torch.testing.assert_close(
        linear_cross_entropy(*both, r_drop=7.0), linear_cross_entropy(vectors, weight, bias, targets)
    )


def test_r_drop_with_odd_rows_is_an_error():
    leaves, targets = example(7, 5)
    with pytest.raises(ValueError, match="must be even, got 7"):
        linear_cross_entropy(*leaves, targets, r_drop=1.0)


def test_at_most_a_chunk_of_logits_exists(monkeypatch):
    heights = []

    def spy(logits, *others, real=module._cross_entropy):
        heights.append(len(logits))
        return real(logits, *others)

    monkeypatch.setattr(module, "_cross_entropy", spy)
    for r_drop in (0.0, 1.0):
        heights.clear()
        linear_cross_entropy(*example(1000, 3)[0], torch.zeros(1000, dtype=torch.long), r_drop=r_drop)
        assert sum(heights) == 1000
        assert max(heights) == module._CHUNK
