"""Batch of clips with their transcripts."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class TranscribedBatch(NamedTuple):
    """A batch of clips with the tokens that are spoken in them.

    Attributes:
        features: (B, T, F) float32.
        mask: (B, T) bool, True = real frame.
        targets: (B, L) int64, token ids without blanks.
        target_mask: (B, L) bool, True = real token.
    """

    features: Tensor
    mask: Tensor
    targets: Tensor
    target_mask: Tensor
