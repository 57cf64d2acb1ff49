"""Text classifier."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from nlprnn.models.label_names import checked_labels
from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules.protocols import Head, InputEmbedding, Pooling, SequenceEncoder


class TextClassifier(TextModel):
    """Logits of classes: a text has one of them, or any number with `multi_label`.

    Args:
        embedding: token ids, or other inputs, to vectors.
        encoder: vectors to vectors in context.
        pooling: vectors in context to one vector.
        head: one vector to logits.
        labels: names of the classes, in the order of the logits.
        max_length: longer texts are truncated to this number of tokens.
        truncate: what is kept of them, see `TextModel`.
        multi_label: a text has any number of labels, each an independent yes-or-no decision (Tsoumakas & Katakis 2007,
            "Multi-Label Classification: An Overview").
        threshold: probability threshold of a label, with `multi_label`.

    Raises:
        ValueError: two modules do not fit each other, labels and head do not, or a value is out of range.
    """

    def __init__(
        self,
        *,
        embedding: InputEmbedding,
        encoder: SequenceEncoder,
        pooling: Pooling,
        head: Head,
        labels: Sequence[str],
        max_length: int = 2048,
        truncate: Truncate = "head",
        multi_label: bool = False,
        threshold: float = 0.5,
    ) -> None:
        super().__init__(
            embedding=embedding, encoder=encoder, pooling=pooling, head=head, max_length=max_length, truncate=truncate
        )
        if len(labels) != head.output_size:
            raise ValueError(f"{len(labels)} labels for a head of {head.output_size} classes: make them equal")
        if not 0.0 < threshold < 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        self.labels = checked_labels(labels)
        self.multi_label = multi_label
        self.threshold = threshold

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities (..., C) float of the classes from logits (..., C) float."""
        return logits.sigmoid() if self.multi_label else logits.softmax(dim=-1)
