"""A text -> the scores of its classes."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import AttentionPooling, ClassificationHead, Embedding, RecurrentEncoder
from nlprnn.modules.pooling import Pooling


class TextClassifier(PretrainedModel):
    """Embedding, recurrent encoder, pooling and a classification head.

    Args:
        embedding: token ids -> vectors.
        encoder: vectors -> vectors in context.
        pooling: vectors in context -> one vector.
        head: one vector -> logits.
        labels: names of the classes, in the order of the logits.
        max_length: longer texts are meant to be cut to so many tokens.

    Raises:
        ValueError: two parts do not fit each other.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        pooling: Pooling,
        head: ClassificationHead,
        labels: Sequence[str],
        max_length: int = 2048,
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
        if len(labels) != head.num_classes:
            raise ValueError(f"{len(labels)} labels for a head of {head.num_classes} classes: make them equal")
        self.embedding = embedding
        self.encoder = encoder
        self.pooling = pooling
        self.head = head
        self.labels = list(labels)
        self.max_length = max_length

    @property
    def vocab_size(self) -> int:
        """V, tokens that the model can tell apart."""
        return self.embedding.num_embeddings

    @property
    def has_attention(self) -> bool:
        """Whether the pooling weighs tokens, so that `attention` can tell how."""
        return isinstance(self.pooling, AttentionPooling)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Score texts.

        Args:
            ids: (B, T) int64, token ids, T > 0.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            logits (B, C) float.
        """
        return self.classify(self.embedding(ids), mask)

    def classify(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """Score texts from the vectors of their tokens, which is where an explanation takes its gradients.

        Args:
            vectors: (B, T, E) float, what the embedding gives, or something in its place.
            mask: (B, T) bool, as for `forward`.

        Returns:
            logits (B, C) float.
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
