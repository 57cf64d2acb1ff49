"""Structural types of the modules that a user may replace.

Any `nn.Module` with these sizes and this call fits; it needs no base class. To be saved, it keeps its constructor
arguments as attributes of the same names, and is registered with `nlprnn.register`. Attention is different: it has a
base class, `Attention`.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class InputEmbedding(Protocol):
    """Embedding: inputs to vectors."""

    @property
    def output_size(self) -> int:
        """E, size of a vector."""

    def __call__(self, inputs: Tensor, /) -> Tensor:
        """Return vectors (B, T, E) float of token ids (B, T) int64, or of other inputs (B, T, *)."""


class SequenceEncoder(Protocol):
    """Encoder: vectors to vectors in context."""

    @property
    def input_size(self) -> int:
        """E, size of an input vector."""

    @property
    def output_size(self) -> int:
        """H, size of an output vector."""

    def __call__(self, x: Tensor, mask: Tensor, /) -> tuple[Tensor, object]:
        """Return outputs (B, T, H) float, zero on padding, and a state, for x (B, T, E) and mask (B, T) bool."""


class Pooling(Protocol):
    """Pooling: the vectors of a sequence to one vector."""

    @property
    def input_size(self) -> int:
        """H, size of a vector of the sequence."""

    @property
    def output_size(self) -> int:
        """P, size of the result."""

    def __call__(self, outputs: Tensor, mask: Tensor, /) -> Tensor:
        """Return (B, P) float for outputs (B, T, H) float and mask (B, T) bool, zeros for a row of padding alone."""


class Head(Protocol):
    """Head: a representation to outputs such as logits."""

    @property
    def input_size(self) -> int:
        """P, size of the representation."""

    @property
    def output_size(self) -> int:
        """C, number of outputs."""

    def __call__(self, vectors: Tensor, /) -> Tensor:
        """Return (..., C) float for vectors (..., P) float."""
