"""A text -> the scores of its classes."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules import Embedding, OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import Pooling


class TextClassifier(TextModel):
    """Scores of classes: a text has one of them, or any number with `multi_label`.

    Args:
        embedding: as for `TextModel`.
        encoder: the same.
        pooling: the same.
        head: one vector -> logits.
        labels: names of the classes, in the order of the logits.
        max_length: as for `TextModel`.
        truncate: the same.
        multi_label: a text may have none, one or several of the labels, each with a probability of its own: one
            yes-or-no question a label (Tsoumakas & Katakis 2007, "Multi-Label Classification: An Overview").
        threshold: probability from which a text is said to have a label, with `multi_label`.

    Raises:
        ValueError: as `TextModel`, labels and head do not fit, or the threshold is not between 0 and 1.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        pooling: Pooling,
        head: OutputHead,
        labels: Sequence[str],
        max_length: int = 2048,
        truncate: Truncate = "head",
        multi_label: bool = False,
        threshold: float = 0.5,
    ) -> None:
        super().__init__(
            embedding=embedding,
            encoder=encoder,
            pooling=pooling,
            head=head,
            max_length=max_length,
            truncate=truncate,
        )
        if len(labels) != head.output_size:
            raise ValueError(f"{len(labels)} labels for a head of {head.output_size} classes: make them equal")
        if not 0.0 < threshold < 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        self.labels = list(labels)
        self.multi_label = multi_label
        self.threshold = threshold

    def probabilities(self, logits: Tensor) -> Tensor:
        """Logits (..., C) float, from `forward` -> probabilities of the classes, (..., C) float."""
        return logits.sigmoid() if self.multi_label else logits.softmax(dim=-1)
