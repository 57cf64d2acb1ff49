"""Scores of a model, each of which knows which way is better."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


def confusion_matrix(predictions: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Count label by prediction.

    Args:
        predictions: (rows,) integer.
        labels: (rows,) integer.
        classes: C.

    Returns:
        (C, C) int64, row = label, column = prediction.
    """
    return np.bincount(labels * classes + predictions, minlength=classes * classes).reshape(classes, classes)


class ClassScores(NamedTuple):
    """Scores of each class, in percent, 0 where there is nothing to divide by.

    Attributes:
        precision: (C,) float, how many of the rows that were given the class have it.
        recall: (C,) float, how many of the rows that have the class were given it.
        f1: (C,) float, the harmonic mean of both.
        support: (C,) int64, rows that have the class.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def class_scores(matrix: np.ndarray) -> ClassScores:
    """Score each class.

    Args:
        matrix: (C, C) integer, from `confusion_matrix`.
    """
    right, given, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    return ClassScores(
        precision=100.0 * right / np.maximum(given, 1),
        recall=100.0 * right / np.maximum(support, 1),
        f1=200.0 * right / np.maximum(given + support, 1),
        support=support,
    )


def classification_scores(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Score a classifier.

    Args:
        logits: (rows, C) float.
        labels: (rows,) integer.

    Returns:
        accuracy and macro_f1 in percent (F1 of a class that is neither there nor predicted counts as 0), and loss,
        the mean cross-entropy in nats.

    Raises:
        ValueError: there are no rows.
    """
    if len(labels) == 0:
        raise ValueError("there is nothing to score")
    logits = logits.astype(np.float64)
    matrix = confusion_matrix(logits.argmax(axis=1), labels, logits.shape[1])
    largest = logits.max(axis=1)
    log_sum = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    loss = (log_sum - logits[np.arange(len(labels)), labels]).mean()
    return {
        "accuracy": 100.0 * float(np.trace(matrix)) / len(labels),
        "macro_f1": float(class_scores(matrix).f1.mean()),
        "loss": float(loss),
    }


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, *, bins: int = 15) -> float:
    """Return how far a classifier's confidence is from its accuracy: the expected calibration error.

    Rows are put into bins of equal width by the probability of the predicted class; the error is the mean over the
    rows of their bin's |accuracy - mean probability| (Guo et al. 2017, "On Calibration of Modern Neural Networks").

    Args:
        probabilities: (rows, C) float, a row sums to 1.
        labels: (rows,) integer.
        bins: of equal width over (0, 1], each with its upper end.

    Returns:
        percent, 0 = a label given with 80 % is right in 80 of 100 cases.

    Raises:
        ValueError: there are no rows.
    """
    if len(labels) == 0:
        raise ValueError("there is nothing to score")
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    # A bin's rows times |accuracy - confidence| is the size of the sum of the differences.
    return 100.0 * float(np.abs(np.bincount(place, weights=right - confidence)).sum()) / len(labels)
