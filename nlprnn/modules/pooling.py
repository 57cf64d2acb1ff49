"""WordVectors of tokens -> one vector of the text. A text without tokens gives zeros."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn


class LastPooling(nn.Module):
    """The state each direction ends in: forwards at the last token, backwards at the first.

    Args:
        input_size: D * H, width of an output of the encoder.
        bidirectional: the second half of each vector comes from the backward direction.
    """

    def __init__(self, input_size: int, *, bidirectional: bool = False) -> None:
        super().__init__()
        self.input_size = input_size
        self.bidirectional = bidirectional

    @property
    def output_size(self) -> int:
        """Width of a text's vector, here that of the input."""
        return self.input_size

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, D * H) float under mask (B, T) bool, real tokens first -> (B, D * H)."""
        lengths = mask.sum(dim=1)
        last = outputs[torch.arange(outputs.size(0), device=outputs.device), (lengths - 1).clamp(min=0)]
        if self.bidirectional:
            half = self.input_size // 2
            last = torch.cat([last[:, :half], outputs[:, 0, half:]], dim=1)
        return last * (lengths > 0).unsqueeze(1)


class MeanPooling(nn.Module):
    """The mean over the tokens.

    Args:
        input_size: width of an output of the encoder.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = input_size

    @property
    def output_size(self) -> int:
        """Width of a text's vector, here that of the input."""
        return self.input_size

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool -> (B, H)."""
        total = (outputs * mask.unsqueeze(2)).sum(dim=1)
        return total / mask.sum(dim=1, keepdim=True).clamp(min=1)


class MaxPooling(nn.Module):
    """The largest value of each feature over the tokens (Conneau et al. 2017 for sentence vectors).

    Args:
        input_size: width of an output of the encoder.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = input_size

    @property
    def output_size(self) -> int:
        """Width of a text's vector, here that of the input."""
        return self.input_size

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool -> (B, H)."""
        lowest = torch.finfo(outputs.dtype).min
        largest = outputs.masked_fill(~mask.unsqueeze(2), lowest).amax(dim=1)
        return largest * mask.any(dim=1, keepdim=True)


class ConcatPooling(nn.Module):
    """Last state, maximum and mean side by side (Howard & Ruder 2018, "ULMFiT").

    Args:
        input_size: width of an output of the encoder.
        bidirectional: as for `LastPooling`.
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
        """Width of a text's vector, three times that of the input."""
        return 3 * self.input_size

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool, real tokens first -> (B, 3 * H)."""
        return torch.cat([pooling(outputs, mask) for pooling in self._poolings], dim=1)


class AttentionPooling(nn.Module):
    """A mean that learns which tokens count: softmax(v · tanh(W h)) (Lin et al. 2017, one hop).

    Args:
        input_size: H, width of an output of the encoder.
        attention_size: width of the hidden layer that scores a token.
    """

    def __init__(self, input_size: int, *, attention_size: int = 128) -> None:
        super().__init__()
        self.input_size = input_size
        self.attention_size = attention_size
        self.hidden = nn.Linear(input_size, attention_size)
        self.score = nn.Linear(attention_size, 1, bias=False)

    @property
    def output_size(self) -> int:
        """Width of a text's vector, here that of the input."""
        return self.input_size

    def weights(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """How much each token counts: (B, T), a row sums to 1; zeros for padding and for an empty row."""
        scores = self.score(torch.tanh(self.hidden(outputs))).squeeze(2)  # (B, T)
        # A finite floor, not -inf: a row of padding alone must not turn into NaN.
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=1)
        return weights * mask

    def forward(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Pool outputs (B, T, H) float under mask (B, T) bool -> (B, H)."""
        return torch.bmm(self.weights(outputs, mask).unsqueeze(1), outputs).squeeze(1)


POOLINGS: dict[str, Callable[[int], nn.Module]] = {
    "last": partial(LastPooling, bidirectional=True),
    "mean": MeanPooling,
    "max": MaxPooling,
    "concat": partial(ConcatPooling, bidirectional=True),
    "attention": AttentionPooling,
}
"""Name -> width of a bidirectional encoder's outputs -> pooling: the names that recipes offer."""
