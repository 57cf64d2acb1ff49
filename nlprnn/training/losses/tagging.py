"""The loss of taggers: one label for each word of a sentence."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.training.protocols import LossOutput


def tagging_loss(model: nn.Module, batch: Any, state: Any) -> LossOutput:
    """Negative log-likelihood of the labels, in nats a word, on batches with `words` and `labels`.

    The model tells it from its scores (`nats`): with a CRF that of whole sequences, which is divided by their words
    all the same, so that a batch of long sentences takes no larger steps.
    """
    scores = model(*batch.words)  # (B, T, C)
    words = int(batch.words.mask.sum())
    nats = extract_model_from_parallel(model).nats(scores, batch.words.mask, batch.labels)
    return LossOutput(nats / max(1, words), words)
