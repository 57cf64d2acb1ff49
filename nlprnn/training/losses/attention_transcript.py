"""Cross-entropy of transcripts of a recognizer with an attention decoder."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn
from torch.nn import functional

from nlprnn.batching.row_lengths import count_tokens
from nlprnn.training.protocols import LossOutput


def attention_transcript_loss(model: nn.Module, batch: Any, state: Any) -> LossOutput:
    """Return the negative log-likelihood of the transcripts and their ends, in nats a clip, on a `TranscribedBatch`."""
    network = extract_model_from_parallel(model)
    inputs = functional.pad(batch.targets, (1, 0), value=network.bos_id)  # (B, 1 + L)
    mask = functional.pad(batch.target_mask, (1, 0), value=True)
    lengths = batch.target_mask.sum(dim=1, keepdim=True)
    targets = functional.pad(batch.targets, (0, 1)).scatter(1, lengths, network.eos_id)
    logits = model(batch.features, batch.mask, inputs, mask)  # (P, V)
    loss = functional.cross_entropy(logits.float(), targets[mask], reduction="sum")
    return LossOutput(loss / len(lengths), count_tokens(batch.mask))
