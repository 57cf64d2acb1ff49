"""What pretraining makes small: the loss of both directions, over a part of a large vocabulary."""

from __future__ import annotations

import math
from typing import Any

import torch
from accelerate.utils import extract_model_from_parallel
from torch import Tensor, nn

from nlprnn.training.output_loss import output_loss
from nlprnn.training.protocols import ComputeLoss, LossOutput


def sampled_output_loss(vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, samples: int) -> Tensor:
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
    return output_loss(vectors, weight[words], bias[words] + stands_for, places)


def bidirectional_language_model_loss(*, samples: int) -> ComputeLoss:
    """Cross-entropy of the next and of the previous token on batches of running text, `ids` and `targets`.

    The forward direction carries its state on, as a language model does; the backward one begins at each window's
    end, as what follows is not read yet.

    Args:
        samples: as for `sampled_output_loss`.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        own = extract_model_from_parallel(model)
        read = model(batch.ids, own.forward_state(state))
        vectors = torch.cat([read.forwards.flatten(0, 1), read.backwards[:, 1:].flatten(0, 1)])
        targets = own.embedding.trained_ids(torch.cat([batch.targets.flatten(), batch.ids[:, :-1].flatten()]))
        loss = sampled_output_loss(vectors, *own.output_layer, targets, samples=samples)
        return LossOutput(loss, batch.ids.numel(), read.state.detach())

    return compute
