"""What training makes small: functions from (model, batch, carried state) to a loss."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.nn import functional

from nlprnn.training.protocols import ComputeLoss, LossOutput


def classification_loss(*, label_smoothing: float = 0.0) -> ComputeLoss:
    """Cross-entropy of a classifier on batches with `ids`, `mask` and `labels`.

    Args:
        label_smoothing: probability spread over all classes (Szegedy et al. 2016).
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        logits = model(batch.ids, batch.mask)  # (B, C)
        loss = functional.cross_entropy(logits, batch.labels, label_smoothing=label_smoothing)
        return LossOutput(loss, batch.ids.numel())

    return compute


def language_model_loss(model: nn.Module, batch: Any, state: Any) -> LossOutput:
    """Cross-entropy of the next token on batches with `ids` and `targets`, the state carried on.

    Truncated back-propagation through time (Williams & Peng 1990): the gradient ends at the batch's first token.
    """
    logits, state = model(batch.ids, state=state)  # (B, T, V)
    loss = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
    return LossOutput(loss, batch.ids.numel(), state.detach())
