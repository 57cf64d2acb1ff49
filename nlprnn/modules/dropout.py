"""Dropout for recurrent networks."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def check_probability(name: str, value: float) -> float:
    """Return a value if it is a probability in [0, 1).

    Raises:
        ValueError: it is not.
    """
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} must be at least 0 and below 1, got {value}")
    return value


def drop_words(ids: Tensor, *, probability: float, replacement: int, padding_id: int) -> Tensor:
    """Word dropout: replace each token with some probability (Iyyer et al. 2015).

    "Deep Unordered Composition Rivals Syntactic Methods for Text Classification". With the unknown word as
    replacement, its vector is trained as well.

    Args:
        ids: (B, T) int64, token ids.
        probability: of replacing a token, in [0, 1).
        replacement: id of the replacement.
        padding_id: id that is never replaced.

    Returns:
        (B, T) int64, a new tensor.
    """
    dropped = torch.rand(ids.shape, device=ids.device) < probability
    return ids.masked_fill(dropped & (ids != padding_id), replacement)


class LockedDropout(nn.Module):
    """Locked (variational) dropout: one mask for all time steps of a sequence.

    Gal & Ghahramani 2016 ("A Theoretically Grounded Application of Dropout in Recurrent Neural Networks"); the name is
    of Merity et al. 2018.

    Args:
        probability: of dropping a feature for the whole sequence, in [0, 1).
    """

    dropout_probabilities = ("probability",)

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = check_probability("probability", probability)

    def forward(self, x: Tensor) -> Tensor:
        """Return x (B, T, H) float with dropout; x itself in evaluation."""
        if not self.training or self.probability == 0.0:
            return x
        keep = 1.0 - self.probability
        mask = x.new_empty(x.size(0), 1, x.size(2)).bernoulli_(keep).div_(keep)
        return x * mask

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"probability={self.probability}"
