"""Classifier and regressor of sequences of feature vectors: those of texts, with a projection for an embedding."""

from __future__ import annotations

from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_regressor import TextRegressor


class FeatureClassifier(TextClassifier):
    """Logits of the classes of a sequence of feature vectors (B, T, D) float.

    All arguments are those of `TextClassifier`; the embedding is a `FeatureProjection`, or another module that takes
    features.
    """


class FeatureRegressor(TextRegressor):
    """A number for a sequence of feature vectors (B, T, D) float, in standard units.

    All arguments are those of `TextRegressor`; the embedding is a `FeatureProjection`, or another module that takes
    features.
    """
