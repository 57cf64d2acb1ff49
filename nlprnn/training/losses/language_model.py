"""Cross-entropy of a language model, with truncated back-propagation through time."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy
from nlprnn.training.losses.widened import widened
from nlprnn.training.protocols import ComputeLoss, LossOutput


def language_model_loss(*, label_smoothing: float = 0.0, ar_alpha: float = 0.0, tar_beta: float = 0.0) -> ComputeLoss:
    """Return the cross-entropy of the next token, on a `StreamBatch`; the hidden state is carried to the next batch.

    Truncated back-propagation through time (Williams & Peng 1990): the gradient ends at the batch's first token.

    Args:
        label_smoothing: probability mass spread over the whole vocabulary (Szegedy et al. 2016).
        ar_alpha: weight of activation regularization (AR): the mean square of the last layer's outputs, after dropout
            (Merity et al. 2017, "Revisiting Activation Regularization for Language RNNs").
        tar_beta: weight of temporal activation regularization (TAR): the mean square of the difference between
            successive outputs, before dropout (Merity et al. 2017).
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        network = extract_model_from_parallel(model)
        if state is not None:  # it is carried as a plain tuple, which is what a checkpoint holds
            state = network.initial_state(len(batch.ids))._make(state)
        output = model(batch.ids, state=state)
        weight, bias = network.output_layer
        vectors, targets = output.vectors.flatten(0, 1), batch.targets.flatten()
        loss = linear_cross_entropy(vectors, weight, bias, targets, label_smoothing=label_smoothing)
        if ar_alpha:
            loss = loss + ar_alpha * widened(output.dropped).square().mean()
        if tar_beta and batch.ids.size(1) > 1:
            loss = loss + tar_beta * widened(output.outputs).diff(dim=1).square().mean()
        return LossOutput(loss, batch.ids.numel(), tuple(output.state.detach()))

    return compute
