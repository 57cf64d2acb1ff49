"""Text classifier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from nlprnn.models.label_names import UNSURE, checked_labels
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
        threshold: probability from which a text has a label, with `multi_label`: one for all labels, or one for each.
        temperature: divisor of the logits in `probabilities`, 1 of a model that is not calibrated (Guo et al. 2017, "On
            Calibration of Modern Neural Networks").
        abstain: probability of the most likely class below which the answer is `UNSURE`, without `multi_label`; None =
            every text gets a label.

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
        threshold: float | Sequence[float] = 0.5,
        temperature: float = 1.0,
        abstain: float | None = None,
    ) -> None:
        super().__init__(
            embedding=embedding, encoder=encoder, pooling=pooling, head=head, max_length=max_length, truncate=truncate
        )
        if len(labels) != head.output_size:
            raise ValueError(f"{len(labels)} labels for a head of {head.output_size} classes: make them equal")
        self.labels = checked_labels(labels)
        self.multi_label = multi_label
        self.decide(threshold=threshold, temperature=temperature, abstain=abstain)

    def decide(self, *, threshold: float | Sequence[float], temperature: float, abstain: float | None) -> None:
        """Set how outputs become answers, as the constructor takes it.

        Raises:
            ValueError: a value is out of range or not for this kind of model, or thresholds and labels differ in
                number.
        """
        thresholds = np.atleast_1d(np.asarray(threshold, dtype=np.float64))
        if not ((thresholds > 0.0) & (thresholds < 1.0)).all():
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        if thresholds.shape not in ((1,), (len(self.labels),)):
            raise ValueError(f"{len(thresholds)} thresholds for {len(self.labels)} labels: give one for each, or one")
        if not 0.0 < temperature < float("inf"):
            raise ValueError(f"temperature must be positive and finite, got {temperature}")
        if abstain is not None and (self.multi_label or not 0.0 < abstain <= 1.0 or UNSURE in self.labels):
            raise ValueError(
                f"abstain {abstain} must be above 0 and at most 1, of a model that gives a text one label, none of "
                f"which is {UNSURE!r}"
            )
        self.threshold = threshold if isinstance(threshold, int | float) else [float(value) for value in threshold]
        self.temperature = temperature
        self.abstain = abstain

    @property
    def thresholds(self) -> np.ndarray:
        """Probability from which a text has each label, (C,) float64, with `multi_label`."""
        return np.broadcast_to(np.asarray(self.threshold, dtype=np.float64), (len(self.labels),))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities (..., C) float of the classes from logits (..., C) float."""
        scaled = logits / self.temperature
        return scaled.sigmoid() if self.multi_label else scaled.softmax(dim=-1)
