"""Cross-entropy of a bidirectional language model."""

from __future__ import annotations

from typing import Any

import torch
from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.losses.sampled_softmax import sampled_softmax_loss
from nlprnn.training.protocols import ComputeLoss, LossOutput


def bidirectional_language_model_loss(*, samples: int) -> ComputeLoss:
    """Return the cross-entropy of the next and of the previous token, on a `StreamBatch`.

    The forward direction carries its state to the next batch, as a language model does; the backward direction starts
    at the end of each window, because the text behind it has not been read yet.

    Args:
        samples: words beside the targets in the softmax (see `sampled_softmax_loss`).
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        network = extract_model_from_parallel(model)
        output = model(batch.ids, network.forward_state(state))
        vectors = torch.cat([output.forwards.flatten(0, 1), output.backwards[:, 1:].flatten(0, 1)])
        targets = network.embedding.trained_ids(torch.cat([batch.targets.flatten(), batch.ids[:, :-1].flatten()]))
        weight, bias = network.output_layer
        loss = sampled_softmax_loss(vectors, weight, bias, targets, samples=samples)
        return LossOutput(loss, batch.ids.numel(), tuple(output.state.detach()))

    return compute
