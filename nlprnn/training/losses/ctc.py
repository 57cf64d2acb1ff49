"""Loss of connectionist temporal classification."""

from __future__ import annotations

from typing import Any

from accelerate.utils import extract_model_from_parallel
from torch import nn
from torch.nn import functional

from nlprnn.batching.row_lengths import count_tokens
from nlprnn.training.protocols import LossOutput


def ctc_loss(model: nn.Module, batch: Any, state: Any) -> LossOutput:
    """Return the negative log-likelihood of the transcripts, in nats a clip, on a `TranscribedBatch`.

    It is the sum over all alignments of the tokens with the frames (Graves et al. 2006). A clip with too few frames for
    its transcript, as a higher speed may make it, counts 0.
    """
    log_probs, mask = model(batch.features, batch.mask)  # (B, T, V), (B, T)
    lengths = batch.target_mask.sum(dim=1)
    loss = functional.ctc_loss(
        log_probs.transpose(0, 1),
        batch.targets,
        mask.sum(dim=1),
        lengths,
        blank=extract_model_from_parallel(model).blank,
        reduction="sum",
        zero_infinity=True,
    )
    return LossOutput(loss / len(lengths), count_tokens(batch.mask))
