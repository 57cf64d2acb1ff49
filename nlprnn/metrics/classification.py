"""Classification metrics: confusion matrix, accuracy, F1 and calibration."""

from __future__ import annotations

from typing import Any, NamedTuple

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


class Reliability(NamedTuple):
    """Bins of predictions by their probability: the shares over the probabilities are a reliability diagram.

    Attributes:
        counts: (bins,) int64, predictions of each bin.
        probabilities: (bins,) float64, their mean probability; NaN without predictions.
        shares: (bins,) float64, share of them that are right; NaN without predictions.
    """

    counts: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error in percent: the mean over the predictions of |share - probability| of their bin.

        It is 0 where of the predictions with 80 % 80 of 100 are right.
        """
        used = self.counts > 0
        gaps = np.abs(self.shares[used] - self.probabilities[used])
        return 100.0 * float((self.counts[used] * gaps).sum() / self.counts.sum())


def reliability(probabilities: NDArray[Any], target: NDArray[Any], *, bins: int = 15) -> Reliability:
    """Put the predictions of a classifier into bins of equal width (Guo et al. 2017).

    Args:
        probabilities: (rows, C) float; of one label a text a row sums to 1, and the predicted class counts.
        target: (rows,) integer; or (rows, C) bool of several labels a text, where each pair of row and label counts.
        bins: number of bins over (0, 1]; each includes its upper bound.

    Raises:
        ValueError: there are no rows.
    """
    check_rows(target)
    if target.ndim == 1:
        confidence, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == target
    else:
        confidence, correct = probabilities.ravel(), target.ravel()
    confidence = confidence.astype(np.float64)
    indices = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    counts, sums, right = (np.bincount(indices, weights, bins) for weights in (None, confidence, correct))
    with np.errstate(invalid="ignore"):
        return Reliability(counts, sums / counts, right / counts)


def calibration_error(probabilities: NDArray[Any], target: NDArray[Any], *, bins: int = 15) -> float:
    """Return the expected calibration error of a classifier in percent: how far its confidence is from its accuracy.

    Arguments and errors are those of `reliability`.
    """
    return reliability(probabilities, target, bins=bins).error
