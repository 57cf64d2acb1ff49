"""Classification of feature sequences: arrays (T, D) to labels with probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.models.feature_models import FeatureClassifier
from nlprnn.pipelines.sequence_pipeline import SequencePipeline
from nlprnn.pipelines.sequence_stream import SequenceStream
from nlprnn.pipelines.text_pipeline import shortened_labels


@dataclass(frozen=True)
class SequencePrediction:
    """Prediction of a classifier for one sequence.

    Attributes:
        label: the most likely class.
        probability: of that class, 0 to 1.
        probabilities: of every class, most likely first.
    """

    label: str
    probability: float
    probabilities: dict[str, float]


class SequenceClassifier(SequencePipeline[FeatureClassifier]):
    """A classifier of feature sequences with the scales of its training data."""

    model_classes = (FeatureClassifier,)

    def __call__(self, sequences: Iterable[Any], /) -> list[SequencePrediction]:
        """Classify arrays (T, D), in order; a missing value is NaN.

        Raises:
            DataError: an array has no steps, an infinite value, no value at all, or other features than those of
                training; names its number, counted from 0.
        """
        return self.predict(self.encode(sequences))

    def stream(self) -> Callable[[Any], SequencePrediction]:
        """Return a function that takes the steps (D,) of a sequence one by one, and returns the prediction until then.

        Raises:
            ModelError: the model reads both directions, or its pooling needs whole sequences.
        """
        stream = SequenceStream(self)
        return lambda features: self._ranked(stream.step(features))[0]

    def predict(self, sequences: SequenceArray) -> list[SequencePrediction]:
        """Classify processed sequences, in order."""
        return self._ranked(self.outputs(sequences))

    def _ranked(self, logits: NDArray[np.float32]) -> list[SequencePrediction]:
        probabilities = self.model.probabilities(torch.from_numpy(logits)).numpy()
        predictions = []
        for row, order in zip(probabilities.tolist(), np.argsort(-probabilities, kind="stable").tolist(), strict=True):
            ranked = {self.model.labels[index]: row[index] for index in order}
            label, probability = next(iter(ranked.items()))
            predictions.append(SequencePrediction(label, probability, ranked))
        return predictions

    def describe(self) -> list[str]:
        """Return the labels, and the features of a step."""
        return [shortened_labels(self.model.labels), *super().describe()]
