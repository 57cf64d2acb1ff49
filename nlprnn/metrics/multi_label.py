"""Multi-label classification metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.f1 import ClassScores, check_rows, precision_recall_f1


def label_scores(predicted: NDArray[np.bool_], target: NDArray[np.bool_]) -> ClassScores:
    """Return precision, recall and F1 of each label of a multi-label classifier.

    Args:
        predicted: (rows, C) bool, whether a row is predicted to have a label.
        target: (rows, C) bool, whether it has the label.
    """
    return precision_recall_f1((predicted & target).sum(axis=0), predicted.sum(axis=0), target.sum(axis=0))


def multi_label_scores(
    logits: NDArray[Any], target: NDArray[np.bool_], *, threshold: float | NDArray[np.float64] = 0.5
) -> dict[str, float]:
    """Score a multi-label classifier.

    Args:
        logits: (rows, C) float.
        target: (rows, C) bool.
        threshold: probability from which a label is predicted; or (C,), that of each.

    Returns:
        micro_f1 (over all pairs of row and label), macro_f1 (the mean over all labels; as in scikit-learn, one that no
        row has or is predicted to have counts as 0) and exact_match (rows whose labels are all right), in percent, and
        loss, the mean binary cross-entropy in nats.

    Raises:
        ValueError: there are no rows.
    """
    check_rows(target)
    logits = logits.astype(np.float64)
    predicted = logits >= np.log(threshold / (1.0 - threshold))
    return {
        "micro_f1": float(label_scores(predicted.reshape(-1, 1), target.reshape(-1, 1)).f1[0]),
        "macro_f1": float(label_scores(predicted, target).f1.mean()),
        "exact_match": 100.0 * float((predicted == target).all(axis=1).mean()),
        "loss": float((np.logaddexp(0.0, logits) - logits * target).mean()),
    }
