from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.training.losses import sampled_softmax_loss


def example(rows=40, vocabulary=30, width=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    vectors, weight = (torch.randn(size, width, generator=generator) for size in (rows, vocabulary))
    bias = torch.randn(vocabulary, generator=generator)
    targets = torch.randint(9, (rows,), generator=generator)
    return [leaf.requires_grad_() for leaf in (vectors, weight, bias)], targets


@settings(max_examples=10, deadline=None)
@given(rows=st.integers(1, 30), vocabulary=st.integers(9, 40), seed=st.integers(0, 9))
def test_full_sample_is_the_exact_loss_with_gradients(rows, vocabulary, seed):
    leaves, targets = example(rows, vocabulary, seed=seed)
    loss = sampled_softmax_loss(*leaves, targets, samples=vocabulary)
    exact = functional.cross_entropy(functional.linear(*leaves), targets)
    torch.testing.assert_close(loss, exact, rtol=1e-5, atol=1e-5)
    for one, other in zip(torch.autograd.grad(loss, leaves), torch.autograd.grad(exact, leaves), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_estimate_is_unbiased():
    """The sum under the softmax is unbiased, and so is the mean of exp(loss) of a row."""
    leaves, targets = example(rows=1, vocabulary=200, seed=3)
    torch.manual_seed(0)
    drawn = torch.stack([sampled_softmax_loss(*leaves, targets, samples=20).detach() for _ in range(600)])
    exact = functional.cross_entropy(functional.linear(*leaves), targets).detach()
    assert drawn.exp().mean() == pytest.approx(float(exact.exp()), rel=0.04)
    assert float(drawn.std()) > 0.05  # it is a sample


def test_words_outside_the_sample_get_no_gradient():
    leaves, targets = example(vocabulary=300)
    sampled_softmax_loss(*leaves, targets, samples=10).backward()
    touched = leaves[1].grad.abs().sum(dim=1) > 0
    assert int(touched.sum()) == len(targets.unique()) + 10


def test_samples_below_1_are_an_error():
    leaves, targets = example()
    with pytest.raises(ValueError, match="samples 0"):
        sampled_softmax_loss(*leaves, targets, samples=0)
