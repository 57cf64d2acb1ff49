"""What pretraining makes small: the loss of both directions, over a part of a large vocabulary."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy


def sampled_softmax_loss(vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, samples: int) -> Tensor:
    """Mean cross-entropy of `softmax(vectors @ weight.T + bias)`, estimated over the targets and some other words.

    All distinct targets of the batch stand in the softmax (Jean et al. 2015, "On Using Very Large Target Vocabulary
    for Neural Machine Translation"), and with them `samples` of the other words, drawn evenly without replacement.
    Each of these stands for as many as were not drawn (importance sampling, Bengio & Senecal 2003), so that the sum
    under the softmax is right on average. Frequent words, which carry most of that sum, are nearly always targets.

    Args:
        vectors: (P, O) float.
        weight: (V, O) float.
        bias: (V,) float.
        targets: (P,) int64.
        samples: words beside the targets; with V or more the loss is exact.

    Returns:
        () float32, in nats.

    Raises:
        ValueError: there is not one sample.
    """
    if samples < 1:
        raise ValueError(f"the softmax needs words beside the targets, got samples {samples}")
    there, places = targets.unique(return_inverse=True)
    others = torch.ones(len(weight), dtype=torch.bool, device=targets.device)
    others[there] = False
    rest = others.nonzero().squeeze(1)
    drawn = rest[torch.randperm(len(rest), device=rest.device)[:samples]]
    each = math.log(len(rest) / len(drawn)) if len(drawn) else 0.0
    stands_for = torch.cat([bias.new_zeros(len(there)), bias.new_full((len(drawn),), each)])
    words = torch.cat([there, drawn])
    return linear_cross_entropy(vectors, weight[words], bias[words] + stands_for, places)
