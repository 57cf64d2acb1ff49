"""Text classification: texts to labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from nlprnn.batching import adaptive_batches
from nlprnn.models import EnsembleClassifier, TextClassifier
from nlprnn.pipelines.text_pipeline import PooledTextPipeline, TextClassifierModel, shortened_labels
from nlprnn.text.inputs import TextInputs


@dataclass(frozen=True)
class Prediction:
    """Prediction of a classifier for one text.

    Attributes:
        label: the most likely class.
        probability: of that class, 0 to 1.
        probabilities: of every class, most likely first.
        labels: the predicted labels: the most likely class, or with `multi_label` none, one or several.
        unknown_words: share of the words that the model read which its vocabulary has not, 0 to 1.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    labels: tuple[str, ...]
    unknown_words: float = 0.0


class Classifier(PooledTextPipeline[TextClassifierModel]):
    """A text classifier, or an ensemble of one and an n-gram model, with its tokenizer."""

    model_classes = (TextClassifier, EnsembleClassifier)

    @property
    def network(self) -> Classifier:
        """The classifier of the network alone: of an ensemble without its n-gram model, else this one."""
        return Classifier(self.network_model, self.tokenizer) if isinstance(self.model, EnsembleClassifier) else self

    @property
    def network_model(self) -> TextClassifier:
        """The recurrent network: of an ensemble without its n-gram model, else the model."""
        return self.model.network if isinstance(self.model, EnsembleClassifier) else self.model

    def describe(self) -> list[str]:
        """Return the labels."""
        several = "several of " if self.model.multi_label else ""
        return [several + shortened_labels(self.model.labels)]

    def __call__(self, texts: Iterable[str]) -> list[Prediction]:
        """Classify texts, in order.

        Raises:
            TypeError: the texts are one string or a table, or one is missing or no string.
        """
        return [prediction for _, prediction in self.predict_iter(texts)]

    def predict_iter(self, texts: Iterable[str]) -> Iterator[tuple[str, Prediction]]:
        """Classify any number of texts in constant memory; yield each text with its prediction, in order."""
        for batch in adaptive_batches(TextInputs(texts, "classifier([text])")):
            tokens = self.encode(batch)
            probabilities = self.model.probabilities(torch.from_numpy(self.outputs(tokens))).numpy()
            orders = np.argsort(-probabilities, kind="stable").tolist()
            rows = zip(batch, probabilities.tolist(), orders, self._unknown_words(tokens), strict=True)
            for text, row, order, unknown_words in rows:
                yield text, self._prediction(row, order, unknown_words)

    def _prediction(self, probabilities: list[float], order: list[int], unknown_words: float) -> Prediction:
        ranked = {self.model.labels[index]: probabilities[index] for index in order}
        label, probability = next(iter(ranked.items()))
        labels: tuple[str, ...] = (label,)
        if self.model.multi_label:
            labels = tuple(name for name, value in ranked.items() if value >= self.model.threshold)
        return Prediction(label, probability, ranked, labels, unknown_words)
