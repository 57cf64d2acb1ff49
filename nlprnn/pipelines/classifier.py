"""Texts -> labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nlprnn.batching import SequenceArray, adaptive_batches
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.pipelines.text_pipeline import TextPipeline


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one text.

    Attributes:
        label: the likeliest class.
        probability: of that class, 0 to 1.
        probabilities: of every class, likeliest first.
        labels: what the text is said to have: the likeliest class, or with `multi_label` none, one or several.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    labels: tuple[str, ...]


class Classifier(TextPipeline[TextClassifier]):
    """A text classifier with its tokenizer."""

    model_classes = (TextClassifier,)

    def __call__(self, texts: Sequence[str]) -> list[Prediction]:
        """Classify texts, in their order.

        Raises:
            TypeError: one string is given instead of a list.
        """
        if isinstance(texts, str):
            raise TypeError("give a list of texts, even for one: classifier([text])")
        return [prediction for _, prediction in self.predict_iter(texts)]

    def predict_iter(self, texts: Iterable[str]) -> Iterator[tuple[str, Prediction]]:
        """Classify any number of texts in constant memory; yield each with its prediction, in their order."""
        for chunk in adaptive_batches(texts):
            logits = torch.from_numpy(self.logits(self.encode(chunk)))
            probabilities = self.model.probabilities(logits).numpy()
            orders = np.argsort(-probabilities, kind="stable").tolist()
            for text, row, order in zip(chunk, probabilities.tolist(), orders, strict=True):
                yield text, self._prediction(row, order)

    def logits(self, tokens: SequenceArray) -> np.ndarray:
        """Score encoded texts: (rows, C) float32, in their order."""
        return self.outputs(tokens)

    def _prediction(self, probabilities: list[float], order: list[int]) -> Prediction:
        ranked = {self.model.labels[place]: probabilities[place] for place in order}
        likeliest, probability = next(iter(ranked.items()))
        labels: tuple[str, ...] = (likeliest,)
        if self.model.multi_label:
            labels = tuple(label for label, value in ranked.items() if value >= self.model.threshold)
        return Prediction(likeliest, probability, ranked, labels)
