"""Base of models that map a whole text or sequence to one vector of outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar, get_args

import torch
from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import AttentionPooling, cpu
from nlprnn.modules.cpu.cached_lstm import cached_lstm
from nlprnn.modules.protocols import Head, InputEmbedding, Pooling, SequenceEncoder

Truncate = Literal["head", "tail", "both"]
TRUNCATES: tuple[Truncate, ...] = get_args(Truncate)
Item = TypeVar("Item")


class TextModel(PretrainedModel):
    """Embedding, encoder, pooling and head; a subclass defines what the outputs mean.

    Args:
        embedding: token ids to vectors; or another module to vectors, such as a projection of float features.
        encoder: vectors to vectors in context.
        pooling: vectors in context to one vector.
        head: one vector to outputs.
        max_length: longer texts are truncated to this number of tokens, by `truncate_tokens`.
        truncate: what is kept of them: "head", "tail", or "both", half of the tokens from each end (Sun et al. 2019,
            "How to Fine-Tune BERT for Text Classification?").

    Raises:
        ValueError: two modules do not fit each other, `max_length` is not positive, or `truncate` is unknown.
    """

    def __init__(
        self,
        *,
        embedding: InputEmbedding,
        encoder: SequenceEncoder,
        pooling: Pooling,
        head: Head,
        max_length: int,
        truncate: Truncate,
    ) -> None:
        super().__init__()
        for before, after in ((embedding, encoder), (encoder, pooling), (pooling, head)):
            if before.output_size != after.input_size:
                raise ValueError(
                    f"{type(before).__name__} gives vectors of {before.output_size}, {type(after).__name__} takes "
                    f"{after.input_size}: make them equal"
                )
        directions = [getattr(module, "bidirectional", None) for module in (pooling, encoder)]
        if None not in directions and directions[0] != directions[1]:
            raise ValueError(
                f"{type(pooling).__name__} has bidirectional={directions[0]}, the encoder "
                f"bidirectional={directions[1]}: make them equal"
            )
        if max_length < 1:
            raise ValueError(f"max_length must be at least 1, got {max_length}")
        if truncate not in TRUNCATES:
            raise ValueError(f"unknown truncate {truncate!r}: choose one of {', '.join(TRUNCATES)}")
        self.embedding = embedding
        self.encoder = encoder
        self.pooling = pooling
        self.head = head
        self.max_length = max_length
        self.truncate = truncate

    @property
    def vocab_size(self) -> int:
        """V, tokens in the vocabulary.

        Raises:
            TypeError: the inputs are no token ids.
        """
        size = getattr(self.embedding, "num_embeddings", None)
        if not isinstance(size, int):
            raise TypeError(f"{type(self.embedding).__name__} takes no token ids, so the model has no vocabulary")
        return size

    @property
    def output_size(self) -> int:
        """C, number of outputs."""
        return self.head.output_size

    @property
    def has_attention(self) -> bool:
        """Whether the pooling is attention, whose weights `attention` returns."""
        return isinstance(self.pooling, AttentionPooling)

    @property
    def head_length(self) -> int:
        """Number of tokens kept from the beginning of a text that is too long; the others are from its end."""
        return {"head": self.max_length, "tail": 0, "both": -(-self.max_length // 2)}[self.truncate]

    def truncate_tokens(self, tokens: Sequence[Item]) -> Sequence[Item]:
        """Return what the model reads of a text: all of it, or `max_length` tokens chosen by `truncate`.

        Args:
            tokens: of one text: their ids, or any other items, one per token.
        """
        excess = len(tokens) - self.max_length
        return tokens if excess <= 0 else [*tokens[: self.head_length], *tokens[self.head_length + excess :]]

    def kept_positions(self, mask: Tensor) -> Tensor:
        """Return the positions of a batch that the model reads, those of `truncate_tokens`.

        Args:
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, L) int64 in ascending order, L <= `max_length`.
        """
        excess = (mask.sum(dim=1, keepdim=True) - self.max_length).clamp(min=0)  # (B, 1)
        positions = torch.arange(min(mask.size(1), self.max_length), device=mask.device)
        return positions + excess * (positions >= self.head_length)

    def truncate_batch(self, inputs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the model reads of a batch whose rows may be longer than that.

        Args:
            inputs: (B, T) int64, token ids; or vectors or other inputs (B, T, *).
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            inputs (B, L) or (B, L, *) and mask (B, L) bool, L <= `max_length`.
        """
        if mask.size(1) <= self.max_length:
            return inputs, mask
        kept = self.kept_positions(mask)
        return inputs[torch.arange(len(inputs), device=mask.device)[:, None], kept], mask.gather(1, kept)

    def forward(self, inputs: Tensor, mask: Tensor) -> Tensor:
        """Compute the outputs of whole sequences.

        Args:
            inputs: (B, T) int64, token ids, T > 0; or what else the embedding takes, (B, T, *).
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, C) float, the outputs of the head.
        """
        encoded = cached_lstm(self.embedding, self.encoder, inputs, mask) if cpu.fast_paths_enabled() else None
        if encoded is None:
            encoded, _ = self.encoder(self.embedding(inputs), mask)
        return self.head(self.pooling(encoded, mask))

    def forward_embeddings(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """Compute the outputs from the vectors of tokens, with respect to which an explanation takes gradients.

        Args:
            vectors: (B, T, E) float, outputs of the embedding or a replacement for them.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, C) float, the outputs of the head.
        """
        encoded, _ = self.encoder(vectors, mask)
        return self.head(self.pooling(encoded, mask))

    def attention(self, inputs: Tensor, mask: Tensor) -> Tensor:
        """Return the attention weights of the pooling.

        Args:
            inputs: (B, T) int64, token ids, T > 0; or what else the embedding takes, (B, T, *).
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, T) float, a row sums to 1; zeros for padding and for an empty row.

        Raises:
            TypeError: the pooling has no attention.
        """
        if not isinstance(self.pooling, AttentionPooling):
            raise TypeError(f"{type(self.pooling).__name__} has no attention: build the model with AttentionPooling")
        encoded, _ = self.encoder(self.embedding(inputs), mask)
        return self.pooling.weights(encoded, mask)
