"""Classification metrics: confusion matrix, accuracy, F1 and calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.f1 import ClassScores, check_rows, precision_recall_f1


def confusion_matrix(predicted: NDArray[Any], target: NDArray[Any], num_classes: int) -> NDArray[np.int64]:
    """Count the rows of each pair of target and predicted class.

    Args:
        predicted: (rows,) integer.
        target: (rows,) integer.
        num_classes: C.

    Returns:
        (C, C) int64, row = target, column = prediction.
    """
    pairs = target * num_classes + predicted
    return np.bincount(pairs, minlength=num_classes * num_classes).reshape(num_classes, num_classes)


def class_scores(matrix: NDArray[np.int64]) -> ClassScores:
    """Return precision, recall and F1 of each class.

    Args:
        matrix: (C, C) integer, from `confusion_matrix`.
    """
    return precision_recall_f1(np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1))


def classification_scores(logits: NDArray[Any], target: NDArray[Any]) -> dict[str, float]:
    """Score a classifier.

    Args:
        logits: (rows, C) float.
        target: (rows,) integer.

    Returns:
        accuracy and macro_f1 (over the classes that are a target or predicted) in percent, and loss, the mean
        cross-entropy in nats.

    Raises:
        ValueError: there are no rows.
    """
    check_rows(target)
    logits = logits.astype(np.float64)
    matrix = confusion_matrix(logits.argmax(axis=1), target, logits.shape[1])
    largest = logits.max(axis=1)
    log_sum = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    return {
        "accuracy": 100.0 * float(np.trace(matrix)) / len(target),
        "macro_f1": class_scores(matrix).macro_f1,
        "loss": float((log_sum - logits[np.arange(len(target)), target]).mean()),
    }


def calibration_error(probabilities: NDArray[Any], target: NDArray[Any], *, bins: int = 15) -> float:
    """Return the expected calibration error of a classifier: how far its confidence is from its accuracy.

    Rows are put into bins of equal width by the probability of the predicted class; the error is the mean over the
    rows of their bin's |accuracy - mean probability| (Guo et al. 2017, "On Calibration of Modern Neural Networks").

    Args:
        probabilities: (rows, C) float, a row sums to 1.
        target: (rows,) integer.
        bins: number of bins over (0, 1]; each includes its upper bound.

    Returns:
        percent; 0 = of the labels predicted with 80 %, 80 of 100 are right.

    Raises:
        ValueError: there are no rows.
    """
    check_rows(target)
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == target
    indices = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    # A bin's rows times |accuracy - confidence| is the size of the sum of the differences.
    return 100.0 * float(np.abs(np.bincount(indices, weights=correct - confidence)).sum()) / len(target)
