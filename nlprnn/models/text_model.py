"""A text -> one vector: what classifiers and regressors of texts share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar, get_args

from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import AttentionPooling, Embedding, OutputHead, RecurrentEncoder, cpu
from nlprnn.modules.cpu.cached_lstm import cached_lstm
from nlprnn.modules.pooling import Pooling

Truncate = Literal["head", "tail", "both"]
TRUNCATES: tuple[Truncate, ...] = get_args(Truncate)
Item = TypeVar("Item")


class TextModel(PretrainedModel):
    """Embedding, recurrent encoder, pooling and a head; a subclass says what the head's outputs mean.

    Args:
        embedding: token ids -> vectors.
        encoder: vectors -> vectors in context.
        pooling: vectors in context -> one vector.
        head: one vector -> outputs.
        max_length: longer texts are meant to be cut to so many tokens, as `cut` does.
        truncate: what is kept of them: the "head", the "tail", or "both", half of the tokens from each end (Sun et
            al. 2019, "How to Fine-Tune BERT for Text Classification?").

    Raises:
        ValueError: two parts do not fit each other, `max_length` is not positive, or `truncate` is unknown.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        pooling: Pooling,
        head: OutputHead,
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
        if getattr(pooling, "bidirectional", encoder.bidirectional) != encoder.bidirectional:
            raise ValueError(
                f"{type(pooling).__name__} has bidirectional={pooling.bidirectional}, the encoder "
                f"bidirectional={encoder.bidirectional}: make them equal"
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
        """V, tokens that the model can tell apart."""
        return self.embedding.num_embeddings

    @property
    def output_size(self) -> int:
        """C, the number of outputs."""
        return self.head.output_size

    @property
    def has_attention(self) -> bool:
        """Whether the pooling weighs tokens, so that `attention` can tell how."""
        return isinstance(self.pooling, AttentionPooling)

    @property
    def head_length(self) -> int:
        """How many tokens of a text that is too long are kept from its beginning; the others are from its end."""
        return {"head": self.max_length, "tail": 0, "both": -(-self.max_length // 2)}[self.truncate]

    def truncate_tokens(self, tokens: Sequence[Item]) -> Sequence[Item]:
        """Keep what the model reads of a text: all, or `max_length` tokens as `truncate` says.

        Args:
            tokens: of one text; their ids, or whatever else there is one of for each.
        """
        excess = len(tokens) - self.max_length
        return tokens if excess <= 0 else [*tokens[: self.head_length], *tokens[self.head_length + excess :]]

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Read texts.

        Args:
            ids: (B, T) int64, token ids, T > 0.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, C) float, the outputs of the head.
        """
        encoded = cached_lstm(self.embedding, self.encoder, ids, mask) if cpu.fast_paths_enabled() else None
        if encoded is None:
            encoded, _ = self.encoder(self.embedding(ids), mask)
        return self.head(self.pooling(encoded, mask))

    def forward_embeddings(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """Read texts from the vectors of their tokens, which is where an explanation takes its gradients.

        Args:
            vectors: (B, T, E) float, what the embedding gives, or something in its place.
            mask: (B, T) bool, as for `forward`.

        Returns:
            (B, C) float, what the head gives.
        """
        outputs, _ = self.encoder(vectors, mask)
        return self.head(self.pooling(outputs, mask))

    def attention(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Tell how much each token counts in the text's vector.

        Args:
            ids: (B, T) int64, as for `forward`.
            mask: (B, T) bool, as for `forward`.

        Returns:
            (B, T) float, a row sums to 1; zeros for padding and for an empty row.

        Raises:
            TypeError: the pooling has no attention.
        """
        if not isinstance(self.pooling, AttentionPooling):
            raise TypeError(f"{type(self.pooling).__name__} has no attention: build the model with AttentionPooling")
        outputs, _ = self.encoder(self.embedding(ids), mask)
        return self.pooling.weights(outputs, mask)
