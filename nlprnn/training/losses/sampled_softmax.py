"""Sampled softmax: cross-entropy over the targets and a sample of a large vocabulary."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy


def sampled_softmax_loss(vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, samples: int) -> Tensor:
    """Return an estimate of the mean cross-entropy of `softmax(vectors @ weight.T + bias)`.

    The softmax is over all distinct targets of the batch (Jean et al. 2015, "On Using Very Large Target Vocabulary for
    Neural Machine Translation") and `samples` of the other words, drawn uniformly without replacement. Each sampled
    word represents as many as were not drawn (importance sampling, Bengio & Senecal 2003), so that the sum under the
    softmax is unbiased. Frequent words, which carry most of that sum, are nearly always targets.

    Args:
        vectors: (P, O) float.
        weight: (V, O) float.
        bias: (V,) float.
        targets: (P,) int64.
        samples: words beside the targets; with V or more the loss is exact.

    Returns:
        () float32, in nats.

    Raises:
        ValueError: `samples` is below 1.
    """
    if samples < 1:
        raise ValueError(f"the softmax needs words beside the targets, got samples {samples}")
    distinct, indices = targets.unique(return_inverse=True)
    is_other = torch.ones(len(weight), dtype=torch.bool, device=targets.device)
    is_other[distinct] = False
    others = is_other.nonzero().squeeze(1)
    drawn = others[torch.randperm(len(others), device=others.device)[:samples]]
    correction = math.log(len(others) / len(drawn)) if len(drawn) else 0.0
    corrections = torch.cat([bias.new_zeros(len(distinct)), bias.new_full((len(drawn),), correction)])
    words = torch.cat([distinct, drawn])
    return linear_cross_entropy(vectors, weight[words], bias[words] + corrections, indices)
