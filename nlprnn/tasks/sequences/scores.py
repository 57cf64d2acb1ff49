"""Scores of models of feature sequences, and their table with those of the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.metrics import ACCURACY, RMSE, Metric, classification_scores, regression_scores
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor
from nlprnn.tasks.method_comparison import accuracy_advice, error_advice, method_table
from nlprnn.training.row_sharing import share_rows

NETWORK = "network"


def metric_of(pipeline: SequenceClassifier | SequenceRegressor) -> Metric:
    """Return the metric that selects the best weights."""
    return ACCURACY if isinstance(pipeline, SequenceClassifier) else RMSE


def score_sequences(
    pipeline: SequenceClassifier | SequenceRegressor, sequences: SequenceArray, targets: NDArray[Any]
) -> dict[str, float]:
    """Score a model on processed sequences, of which each process of a distributed training computes a share.

    Args:
        pipeline: of the model.
        sequences: (T, size) each.
        targets: (rows,) int64 indices of labels, or float64 numbers in the unit of the data.
    """
    outputs = share_rows(lambda rows: pipeline.outputs(sequences.select(rows)), len(sequences))
    return score_outputs(pipeline, outputs, targets)


def score_outputs(
    pipeline: SequenceClassifier | SequenceRegressor, outputs: NDArray[np.float32], targets: NDArray[Any]
) -> dict[str, float]:
    """Score outputs (rows, C), logits or numbers in standard units, against targets (rows,)."""
    if isinstance(pipeline, SequenceClassifier):
        return classification_scores(outputs, targets)
    return regression_scores(pipeline.model.denormalize(outputs), targets)


def comparison(scores: Mapping[str, Mapping[str, float]]) -> str:
    """Return a table of the scores of the network and of the baseline, and which one to use."""
    if ACCURACY.name in scores[NETWORK]:
        return "\n".join([*method_table(scores, ("accuracy", "macro_f1", "loss")), accuracy_advice(scores, NETWORK)])
    return "\n".join([*method_table(scores, ("mae", "rmse", "r2")), error_advice(scores, NETWORK, RMSE.name)])
