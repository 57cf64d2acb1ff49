"""Pooling: the vectors of a sequence to one vector. A sequence without tokens gives zeros."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from nlprnn.modules.attention import masked_softmax
from nlprnn.modules.protocols import Pooling


class _SameSizePooling(nn.Module):
    """Base of poolings whose result has the size of the encoder's outputs.

    Args:
        input_size: H, size of an encoder output.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = input_size

    @property
    def output_size(self) -> int:
        """Size of the pooled vector, that of the input."""
        return self.input_size


class LastPooling(_SameSizePooling):
    """Final state of each direction: forward at the last token, backward at the first.

    Args:
        input_size: D * H, size of an encoder output.
        bidirectional: the second half of each vector is of the backward direction.
    """

    def __init__(self, input_size: int, *, bidirectional: bool = False) -> None:
        super().__init__(input_size)
        self.bidirectional = bidirectional

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, D * H) float under mask (B, T) bool, real tokens first, to (B, D * H)."""
        lengths = mask.sum(dim=1)
        last = outputs[torch.arange(outputs.size(0), device=outputs.device), (lengths - 1).clamp(min=0)]
        if self.bidirectional:
            half = self.input_size // 2
            last = torch.cat([last[:, :half], outputs[:, 0, half:]], dim=1)
        return last * (lengths > 0).unsqueeze(1)


class MeanPooling(_SameSizePooling):
    """Mean over the tokens.

    Args:
        input_size: H, size of an encoder output.
    """

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool to (B, H)."""
        total = (outputs * mask.unsqueeze(2)).sum(dim=1)
        return total / mask.sum(dim=1, keepdim=True).clamp(min=1)


class MaxPooling(_SameSizePooling):
    """Maximum of each feature over the tokens (Conneau et al. 2017 for sentence vectors).

    Args:
        input_size: H, size of an encoder output.
    """

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool to (B, H)."""
        lowest = torch.finfo(outputs.dtype).min
        largest = outputs.masked_fill(~mask.unsqueeze(2), lowest).amax(dim=1)
        return largest * mask.any(dim=1, keepdim=True)


class ConcatPooling(nn.Module):
    """Concatenation of final state, maximum and mean (Howard & Ruder 2018, "ULMFiT").

    Args:
        input_size: D * H, size of an encoder output.
        bidirectional: the second half of each vector is of the backward direction.
    """

    def __init__(self, input_size: int, *, bidirectional: bool = False) -> None:
        super().__init__()
        self.input_size = input_size
        self.bidirectional = bidirectional
        self._poolings = (
            LastPooling(input_size, bidirectional=bidirectional),
            MaxPooling(input_size),
            MeanPooling(input_size),
        )

    @property
    def output_size(self) -> int:
        """Size of the pooled vector, three times that of the input."""
        return 3 * self.input_size

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool, real tokens first, to (B, 3 * H)."""
        return torch.cat([pooling(outputs, mask) for pooling in self._poolings], dim=1)


class AttentionPooling(_SameSizePooling):
    """Self-attentive pooling: a mean weighted by softmax(v · tanh(W h)) (Lin et al. 2017, one hop).

    Args:
        input_size: H, size of an encoder output.
        attention_size: size of the hidden layer that scores a token.
    """

    def __init__(self, input_size: int, *, attention_size: int = 128) -> None:
        super().__init__(input_size)
        self.attention_size = attention_size
        self.hidden = nn.Linear(input_size, attention_size)
        self.score = nn.Linear(attention_size, 1, bias=False)

    def weights(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Return the weights of tokens, (B, T) float: a row sums to 1; zeros for padding and for an empty row."""
        return masked_softmax(self.score(torch.tanh(self.hidden(outputs))).squeeze(2), mask)

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool to (B, H)."""
        return torch.bmm(self.weights(outputs, mask).unsqueeze(1), outputs).squeeze(1)


POOLINGS: dict[str, Callable[[int], Pooling]] = {
    "last": partial(LastPooling, bidirectional=True),
    "mean": MeanPooling,
    "max": MaxPooling,
    "concat": partial(ConcatPooling, bidirectional=True),
    "attention": AttentionPooling,
}
"""Name -> constructor from the size of a bidirectional encoder's outputs, as recipes offer them."""
