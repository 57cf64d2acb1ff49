"""Metrics of classifiers and regressors of texts, from their outputs."""

from __future__ import annotations

import numpy as np

from nlprnn.batching import SequenceArray
from nlprnn.metrics import classification_scores, multi_label_scores, regression_scores
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.training.row_sharing import share_rows


def score_texts(pipeline: Classifier | Regressor, tokens: SequenceArray, targets: np.ndarray) -> dict[str, float]:
    """Score a model on texts, of which each process of a distributed training computes a share.

    Args:
        pipeline: of the model.
        tokens: ids of the texts.
        targets: of the texts, as `text_metrics` takes them.
    """
    outputs = share_rows(lambda rows: pipeline.outputs(tokens.select(rows)), len(tokens))
    return text_metrics(pipeline, outputs, targets)


def text_metrics(pipeline: Classifier | Regressor, outputs: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """Score the outputs of a model: one label, several labels or a number a text, whichever the model is for.

    Args:
        pipeline: of the model.
        outputs: (rows, C) float, logits or, of a regressor, numbers in standard units.
        targets: (rows,) integer; (rows, C) float, 1 = has the label; or (rows,) float in the unit of the data.
    """
    if isinstance(pipeline, Regressor):
        return regression_scores(pipeline.model.denormalize(outputs), targets)
    logits = outputs / pipeline.model.temperature
    if pipeline.model.multi_label:
        return multi_label_scores(logits, targets > 0, threshold=pipeline.model.thresholds)
    return classification_scores(logits, targets)
