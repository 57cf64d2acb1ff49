"""Cross-entropy of both directions of a bidirectional language model."""

from __future__ import annotations

from typing import Any

import torch
from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.losses.sampled_softmax import sampled_softmax_loss
from nlprnn.training.protocols import ComputeLoss, LossOutput


def bidirectional_language_model_loss(*, samples: int) -> ComputeLoss:
    """Cross-entropy of the next and of the previous token on batches of running text, `ids` and `targets`.

    The forward direction carries its state on, as a language model does; the backward one begins at each window's
    end, as what follows is not read yet.

    Args:
        samples: as for `sampled_softmax_loss`.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        own = extract_model_from_parallel(model)
        read = model(batch.ids, own.forward_state(state))
        vectors = torch.cat([read.forwards.flatten(0, 1), read.backwards[:, 1:].flatten(0, 1)])
        targets = own.embedding.trained_ids(torch.cat([batch.targets.flatten(), batch.ids[:, :-1].flatten()]))
        loss = sampled_softmax_loss(vectors, *own.output_layer, targets, samples=samples)
        return LossOutput(loss, batch.ids.numel(), read.state.detach())

    return compute
