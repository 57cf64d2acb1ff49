"""Metrics of classifiers and regressors of texts, from their outputs."""

from __future__ import annotations

import numpy as np

from nlprnn.metrics import classification_scores, multi_label_scores, regression_scores
from nlprnn.pipelines import Classifier, Regressor


def text_metrics(pipeline: Classifier | Regressor, outputs: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """Score the outputs of a model: one label, several labels or a number a text, whichever the model is for.

    Args:
        pipeline: of the model.
        outputs: (rows, C) float, logits or, of a regressor, numbers in standard units.
        targets: (rows,) integer; (rows, C) float, 1 = has the label; or (rows,) float in the unit of the data.
    """
    if isinstance(pipeline, Regressor):
        return regression_scores(pipeline.model.denormalize(outputs), targets)
    if pipeline.model.multi_label:
        return multi_label_scores(outputs, targets > 0, threshold=pipeline.model.threshold)
    return classification_scores(outputs, targets)
