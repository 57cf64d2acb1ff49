"""Negative log-likelihood of a tagger."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn

from nlprnn.batching.row_lengths import count_tokens
from nlprnn.training.protocols import LossOutput


def tagging_loss(model: nn.Module, batch: Any, state: Any) -> LossOutput:
    """Return the negative log-likelihood of the labels, in nats a word, on a `TaggedBatch`.

    With a CRF it is that of whole sequences, divided by their words all the same, so that a batch of long sentences
    takes no larger steps.
    """
    scores = model(*batch.words)  # (B, T, C)
    words = count_tokens(batch.words.mask)
    nll = extract_model_from_parallel(model).nll(scores, batch.words.mask, batch.labels)
    return LossOutput(nll / max(1, words), words)
