"""Fused linear cross-entropy: output layer, softmax and loss in one function that never holds all logits.

With a vocabulary of thousands the logits are by far the largest tensor of a training step, and reading and writing
them takes as much time as the matrix products that make them. Here a few hundred rows at a time go all the way from
vectors to gradients while they are in the processor's cache, which leaves the time of three matrix products.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from nlprnn.devices import autocast_dtype

_CHUNK = 512
"""Rows of logits at a time on a CPU, and at least on other devices."""

_LOGITS = 1 << 26
"""Logits at a time on other devices, whose caches do not hold a chunk anyway: 256 MB."""


def linear_cross_entropy(
    vectors: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    label_smoothing: float = 0.0,
    r_drop: float = 0.0,
) -> Tensor:
    """Return the mean cross-entropy of `softmax(vectors @ weight.T + bias)`, differentiable in all three.

    Args:
        vectors: (P, O) float.
        weight: (V, O) float.
        bias: (V,) float.
        targets: (P,) int64.
        label_smoothing: probability mass spread over the whole vocabulary (Szegedy et al. 2016).
        r_drop: weight of the divergence between rows i and P / 2 + i, two forward passes of the same token under
            different dropout masks (Liang et al. 2021, "R-Drop"): the mean of both Kullback-Leibler divergences.

    Returns:
        () float32, in nats.

    Raises:
        ValueError: the number of rows is odd with `r_drop`.
    """
    if r_drop and len(targets) % 2:
        raise ValueError(f"R-Drop compares two forward passes, so the number of rows must be even, got {len(targets)}")
    if (dtype := autocast_dtype(vectors.device)) is not None:
        vectors = vectors.to(dtype)
    return _LinearCrossEntropy.apply(vectors, weight, bias, targets, label_smoothing, r_drop)


class _LinearCrossEntropy(torch.autograd.Function):
    """Computes the gradients in the forward pass, because the logits are not kept."""

    @staticmethod
    def forward(
        ctx: Any, vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float, r_drop: float
    ) -> Tensor:
        with _without_autocast(vectors.device):
            narrow = weight.to(vectors.dtype)
            gradients = torch.empty_like(vectors), torch.zeros_like(weight), torch.zeros_like(bias)
            total = torch.zeros((), device=vectors.device)
            for rows in _chunks(len(targets), len(weight), paired=bool(r_drop), device=vectors.device):
                chunk = vectors[rows]
                logits = torch.addmm(bias.to(chunk.dtype), chunk, narrow.t()).float()
                loss, on_logits = _cross_entropy(logits, targets[rows], smoothing, r_drop)
                total += loss
                on_logits = on_logits.to(chunk.dtype)
                gradients[0][rows] = on_logits @ narrow
                _add_product(gradients[1], on_logits.t(), chunk)
                gradients[2].add_(on_logits.sum(dim=0))
        ctx.save_for_backward(*gradients)
        ctx.rows = max(1, len(targets))
        return total / ctx.rows

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        scale = outer[0] / ctx.rows
        return *((gradient * scale).to(gradient.dtype) for gradient in ctx.saved_tensors), None, None, None


def _without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which each operation keeps the precision of its arguments."""
    return nullcontext() if autocast_dtype(device) is None else torch.autocast(device.type, enabled=False)


def _chunks(count: int, vocab_size: int, *, paired: bool, device: torch.device) -> list[slice | Tensor]:
    """Return the rows of each chunk; with pairs, as many of the first half as of the second."""
    size = _CHUNK if device.type == "cpu" else max(_CHUNK, _LOGITS // vocab_size)
    if not paired:
        return [slice(begin, begin + size) for begin in range(0, count, size)]
    first = torch.arange(count // 2, device=device).split(size // 2)
    return [torch.cat([rows, rows + count // 2]) for rows in first]


def _add_product(total: Tensor, left: Tensor, right: Tensor) -> None:
    """Add a matrix product to a total of its precision or a wider one."""
    if total.is_cuda and left.dtype != total.dtype:  # products of half precision are many times as fast there
        total.add_(left @ right)
    else:
        total.addmm_(left.to(total.dtype), right.to(total.dtype))


def _cross_entropy(logits: Tensor, targets: Tensor, smoothing: float, r_drop: float) -> tuple[Tensor, Tensor]:
    """Return the sum of the losses of all rows and its gradient in the logits (rows, V)."""
    targets = targets.unsqueeze(1)
    probabilities = logits.softmax(dim=1)
    # The log-sum-exp from the most likely token alone, without a second exponential of the others.
    normalizers = logits.amax(dim=1) - probabilities.amax(dim=1).log()
    loss = (1.0 - smoothing) * (normalizers - logits.gather(1, targets).squeeze(1)).sum()
    if smoothing:
        loss = loss + smoothing * (normalizers - logits.mean(dim=1)).sum()
    gradient = probabilities
    if r_drop:
        divergence, pull = _divergence(logits - normalizers.unsqueeze(1), probabilities)
        loss = loss + 2.0 * r_drop * divergence  # twice, as there are half as many pairs as rows
        gradient = probabilities.add(pull, alpha=2.0 * r_drop)
    if smoothing:
        gradient.sub_(smoothing / logits.size(1))
    gradient.scatter_add_(1, targets, gradient.new_full(targets.shape, smoothing - 1.0))
    return loss, gradient


def _divergence(log_probabilities: Tensor, probabilities: Tensor) -> tuple[Tensor, Tensor]:
    """Return the halved sum of both divergences between the halves of the rows, and its gradient in the logits."""
    (log_p, log_q), (p, q) = log_probabilities.chunk(2), probabilities.chunk(2)
    ratio, difference = log_p - log_q, p - q
    p_terms, q_terms = p * ratio, q * ratio
    p_from_q, q_from_p = p_terms.sum(dim=1, keepdim=True), -q_terms.sum(dim=1, keepdim=True)
    on_p = p_terms.sub_(p * p_from_q).add_(difference)
    on_q = q_terms.add_(q * q_from_p).add_(difference).neg_()
    return 0.5 * (p_from_q + q_from_p).sum(), 0.5 * torch.cat([on_p, on_q])
