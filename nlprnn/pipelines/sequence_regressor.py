"""Regression on feature sequences: arrays (T, D) to numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.models.feature_models import FeatureRegressor
from nlprnn.pipelines.sequence_pipeline import SequencePipeline
from nlprnn.pipelines.sequence_stream import SequenceStream


class SequenceRegressor(SequencePipeline[FeatureRegressor]):
    """A regressor of feature sequences with the scales of its training data."""

    model_classes = (FeatureRegressor,)

    def __call__(self, sequences: Iterable[Any], /) -> list[float]:
        """Predict a number for each array (T, D), in the unit of the training data, in order; a missing value is NaN.

        Raises:
            DataError: an array has no steps, an infinite value, no value at all, or other features than those of
                training; names its number, counted from 0.
        """
        return self.predict(self.encode(sequences)).tolist()

    def stream(self) -> Callable[[Any], float]:
        """Return a function that takes the steps (D,) of a sequence one by one, and returns the number until then.

        Raises:
            ModelError: the model reads both directions, or its pooling needs whole sequences.
        """
        stream = SequenceStream(self)
        return lambda features: float(self.model.denormalize(stream.step(features))[0])

    def predict(self, sequences: SequenceArray) -> NDArray[np.float64]:
        """Return the numbers (rows,) of processed sequences, in the unit of the training data."""
        return self.model.denormalize(self.outputs(sequences))

    def describe(self) -> list[str]:
        """Return mean and spread of the numbers that it has learnt, and the features of a step."""
        model = self.model
        return [f"numbers of mean {model.mean:g} and standard deviation {model.std:g}", *super().describe()]
