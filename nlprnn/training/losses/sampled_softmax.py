"""Sampled softmax: cross-entropy over the targets and a sample of a large vocabulary."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nlprnn.batching.row_lengths import true_positions
from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy


def sampled_softmax_loss(
    vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, samples: int, num_distinct: int | None = None
) -> Tensor:
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
        num_distinct: number of distinct targets; None = counted here, which waits for the device.

    Returns:
        () float32, in nats.

    Raises:
        ValueError: `samples` is below 1.
    """
    if samples < 1:
        raise ValueError(f"the softmax needs words beside the targets, got samples {samples}")
    is_target = torch.zeros(len(weight), dtype=torch.bool, device=targets.device).index_fill_(0, targets, True)
    count = int(is_target.sum()) if num_distinct is None else num_distinct
    distinct, others = true_positions(is_target, count), true_positions(~is_target, len(weight) - count)
    indices = is_target.cumsum(dim=0).index_select(0, targets) - 1  # of each target in `distinct`
    drawn = others[torch.randperm(len(others), device=others.device)[:samples]]
    correction = math.log(len(others) / len(drawn)) if len(drawn) else 0.0
    corrections = torch.cat([bias.new_zeros(len(distinct)), bias.new_full((len(drawn),), correction)])
    words = torch.cat([distinct, drawn])
    chosen = weight.index_select(0, words), bias.index_select(0, words) + corrections
    return linear_cross_entropy(vectors, *chosen, indices)
