"""Convolutional subsampling of spectrograms: fewer frames, and the same shapes at any frequency."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.sizes import check_sizes

_KERNEL = 3


class ConvSubsampling(nn.Module):
    """Convolutions over time and frequency with ReLU, as before the recurrent layers of Deep Speech 2.

    Amodei et al. 2016. A layer has kernels of 3 frames by 3 features, halves the features, and keeps each `stride`-th
    frame. Initial weights are those of He et al. 2015. An output reads no later frame than the last of its stride, so
    that a stream can be computed in chunks.

    Args:
        input_size: F, features of a frame.
        channels: of each layer.
        strides: frames of which each layer keeps one, 1 to 3.

    Raises:
        ValueError: a size is not positive, or a stride is not from 1 to 3.
    """

    def __init__(self, input_size: int, channels: int, *, strides: Sequence[int] = (2,)) -> None:
        super().__init__()
        check_sizes(input_size=input_size, channels=channels)
        if not strides or not all(1 <= stride <= _KERNEL for stride in strides):
            raise ValueError(f"strides are from 1 to {_KERNEL}, got {list(strides)}")
        self.input_size = input_size
        self.channels = channels
        self.strides = list(strides)
        widths = [1, *[channels] * len(self.strides)]
        layers = [
            nn.Conv2d(width, channels, _KERNEL, stride=(stride, 2), padding=(0, 1))
            for width, stride in zip(widths, self.strides, strict=False)
        ]
        for layer in layers:  # PyTorch's weights are so small that the frames would hardly differ
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        self.layers = nn.ModuleList(layers)
        self._features = input_size
        for _ in self.strides:
            self._features = (self._features + 1) // 2

    @property
    def output_size(self) -> int:
        """Size of an output vector: channels times the features that are left."""
        return self.channels * self._features

    @property
    def subsampling(self) -> int:
        """Frames for each output."""
        product = 1
        for stride in self.strides:
            product *= stride
        return product

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Subsample whole clips.

        Args:
            x: (B, T, F) float, T > 0.
            mask: (B, T) bool, True = real frame, the real frames of a row first.

        Returns:
            outputs (B, T', output_size) float, zero on padding, and mask (B, T') bool; of a row of n frames ceil(n /
            subsampling) are real.
        """
        hidden = x.masked_fill(~mask.unsqueeze(2), 0.0).unsqueeze(1)  # (B, 1, T, F)
        for layer, stride in zip(self.layers, self.strides, strict=True):
            hidden = functional.pad(hidden, (0, 0, _KERNEL - stride, -hidden.size(2) % stride))
            mask = functional.pad(mask, (0, -mask.size(1) % stride))[:, ::stride]
            hidden = functional.relu(layer(hidden)) * mask[:, None, :, None]
        return hidden.transpose(1, 2).flatten(2), mask

    def initial_state(self, like: Tensor) -> list[Tensor]:
        """Return the frames before a stream, zeros, for as many rows as `like` (B, ...) has."""
        sizes, features = [1, *[self.channels] * (len(self.strides) - 1)], self.input_size
        state = []
        for size, stride in zip(sizes, self.strides, strict=True):
            state.append(like.new_zeros(like.size(0), size, _KERNEL - stride, features))
            features = (features + 1) // 2
        return state

    def step(self, x: Tensor, state: Sequence[Tensor], *, last: bool = False) -> tuple[Tensor, list[Tensor]]:
        """Subsample a chunk of a stream; all chunks together give the outputs of `forward`.

        Args:
            x: (B, t, F) float, t may be 0.
            state: from `initial_state`, or after the chunk before.
            last: no chunk follows.

        Returns:
            outputs (B, t', output_size) of the frames that are complete, and the state.
        """
        hidden, after = x.unsqueeze(1), []
        for layer, stride, before in zip(self.layers, self.strides, state, strict=True):
            hidden = torch.cat([before, hidden], dim=2)
            frames = hidden.size(2) - (_KERNEL - stride)
            if last:
                hidden = functional.pad(hidden, (0, 0, 0, -frames % stride))
                frames += -frames % stride
            used = frames - frames % stride
            after.append(hidden[:, :, used:])
            window = hidden[:, :, : used + _KERNEL - stride]
            features = (hidden.size(3) + 1) // 2
            empty = hidden.new_zeros(hidden.size(0), self.channels, 0, features)
            hidden = functional.relu(layer(window)) if used else empty
        return hidden.transpose(1, 2).flatten(2), after
