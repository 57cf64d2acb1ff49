"""Cross-entropy of a language model, with truncated back-propagation through time."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy
from nlprnn.training.protocols import ComputeLoss, LossOutput


def language_model_loss(
    *, label_smoothing: float = 0.0, activation: float = 0.0, temporal_activation: float = 0.0
) -> ComputeLoss:
    """Cross-entropy of the next token on batches with `ids` and `targets`, the state carried on.

    Truncated back-propagation through time (Williams & Peng 1990): the gradient ends at the batch's first token.

    Args:
        label_smoothing: probability spread over the whole vocabulary (Szegedy et al. 2016).
        activation: weight of the mean square of the last layer's outputs, after dropout (Merity et al. 2017,
            "Revisiting Activation Regularization for Language RNNs").
        temporal_activation: weight of the mean square of the change of the outputs, before dropout, from one token
            to the next (the same).
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        own = extract_model_from_parallel(model)
        if isinstance(state, list):  # as a checkpoint gives it back
            state = own.initial_state(len(batch.ids))._make(state)
        read = model(batch.ids, state=state)
        vectors, targets = read.vectors.flatten(0, 1), batch.targets.flatten()
        loss = linear_cross_entropy(vectors, *own.output_layer, targets, label_smoothing=label_smoothing)
        if activation:
            loss = loss + activation * read.dropped.square().mean()
        if temporal_activation and batch.ids.size(1) > 1:
            loss = loss + temporal_activation * read.outputs.diff(dim=1).square().mean()
        return LossOutput(loss, batch.ids.numel(), read.state.detach())

    return compute
