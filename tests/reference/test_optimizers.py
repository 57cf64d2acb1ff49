"""Optimizers and clipping of the reference against those of PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.reference import Adam, GradientDescent, clip_by_norm, clip_by_value, global_norm

SHAPES = {"matrix": (3, 2), "bias": (4,)}


def arrays(rng):
    return {name: rng.normal(size=shape) for name, shape in SHAPES.items()}


def parameters(weights, gradients):
    tensors = [torch.from_numpy(w.copy()).requires_grad_() for w in weights.values()]
    for tensor, gradient in zip(tensors, gradients.values(), strict=True):
        tensor.grad = torch.from_numpy(gradient.copy())
    return tensors


@pytest.mark.parametrize("kind", ["gradient-descent", "adam"])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), rate=st.floats(1e-4, 1.0), l2=st.sampled_from([0.0, 0.1]))
def test_updates_equal_pytorch(kind, seed, rate, l2):
    rng = np.random.default_rng(seed)
    weights = arrays(rng)
    tensors = parameters(weights, weights)
    if kind == "adam":
        optimizer, expected = Adam(rate, l2=l2), torch.optim.Adam(tensors, rate, weight_decay=l2)
    else:
        optimizer, expected = GradientDescent(rate, l2=l2), torch.optim.SGD(tensors, rate, weight_decay=l2)
    for _ in range(4):
        gradients = arrays(rng)
        for tensor, gradient in zip(tensors, gradients.values(), strict=True):
            tensor.grad = torch.from_numpy(gradient)
        weights = optimizer.update(weights, gradients)
        expected.step()
    for w, tensor in zip(weights.values(), tensors, strict=True):
        np.testing.assert_allclose(w, tensor.detach().numpy(), rtol=1e-10, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), limit=st.floats(0.01, 10.0))
def test_clipping_equals_pytorch(seed, limit):
    gradients = arrays(np.random.default_rng(seed))
    tensors = parameters(gradients, gradients)
    norm = torch.nn.utils.clip_grad_norm_(tensors, limit)
    assert global_norm(gradients) == pytest.approx(norm.item(), rel=1e-12)
    for clipped, tensor in zip(clip_by_norm(gradients, limit).values(), tensors, strict=True):
        np.testing.assert_allclose(clipped, tensor.grad.numpy(), rtol=1e-5)  # PyTorch adds 1e-6 to the norm
    tensors = parameters(gradients, gradients)
    torch.nn.utils.clip_grad_value_(tensors, limit)
    for clipped, tensor in zip(clip_by_value(gradients, limit).values(), tensors, strict=True):
        np.testing.assert_array_equal(clipped, tensor.grad.numpy())


def test_clipped_norm_is_the_limit_and_short_gradients_stay():
    gradients = {"a": np.array([3.0]), "b": np.array([4.0])}
    assert global_norm(gradients) == 5.0
    assert global_norm(clip_by_norm(gradients, 1.0)) == pytest.approx(1.0, abs=1e-15)
    assert clip_by_norm(gradients, 6.0) == gradients
    zeros = {"a": np.zeros(2)}
    np.testing.assert_array_equal(clip_by_norm(zeros, 1.0)["a"], zeros["a"])
