"""Cross-entropy of a bidirectional language model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.batching.row_lengths import host_values
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
        loss = sampled_softmax_loss(
            vectors, weight, bias, targets, samples=samples, num_distinct=_count_targets(batch, network.embedding)
        )
        return LossOutput(loss, batch.ids.numel(), tuple(output.state.detach()))

    return compute


def _count_targets(batch: Any, embedding: Any) -> int | None:
    """Return how many distinct targets both directions have, counted on the CPU; None = it does not have the ids."""
    targets, inputs = host_values(batch.targets), host_values(batch.ids)
    if targets is None or inputs is None:
        return None
    ids = np.concatenate([targets.ravel(), inputs[:, :-1].ravel()])
    rows = len(embedding.weight)
    is_target = np.zeros(rows, dtype=bool)
    is_target[np.where(ids < rows, ids, embedding.unknown_id)] = True
    return int(is_target.sum())
