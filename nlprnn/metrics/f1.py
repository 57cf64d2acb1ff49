"""Precision, recall and F1: the one formula behind the scores of classes, labels and spans."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class ClassScores(NamedTuple):
    """Precision, recall and F1 of C classes, in percent, 0 where the denominator is 0.

    Attributes:
        precision: (C,) float, share of the predictions of the class that are right.
        recall: (C,) float, share of the targets of the class that were predicted.
        f1: (C,) float, harmonic mean of precision and recall.
        support: (C,) int64, number of targets of the class.
        predicted: (C,) int64, number of predictions of the class.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]
    predicted: NDArray[np.int64]

    @property
    def absent(self) -> NDArray[np.bool_]:
        """Whether a class is neither a target nor predicted, (C,) bool: nothing is known of it."""
        return (self.support == 0) & (self.predicted == 0)

    @property
    def macro_f1(self) -> float:
        """Mean F1, in percent, of the classes that are a target or predicted, as scikit-learn's; 0 without any."""
        return float(self.f1.sum()) / max(1, int((~self.absent).sum()))


def precision_recall_f1(
    matched: NDArray[np.int64], predicted: NDArray[np.int64], target: NDArray[np.int64]
) -> ClassScores:
    """Return precision, recall and F1 from counts (van Rijsbergen 1979).

    Args:
        matched: (C,) int64, predictions of each class that are right (true positives).
        predicted: (C,) int64, predictions of each class.
        target: (C,) int64, targets of each class.
    """
    return ClassScores(
        precision=100.0 * matched / np.maximum(predicted, 1),
        recall=100.0 * matched / np.maximum(target, 1),
        f1=200.0 * matched / np.maximum(predicted + target, 1),
        support=target,
        predicted=predicted,
    )


def check_rows(target: NDArray[Any]) -> None:
    """Raise ValueError where there are no rows to score."""
    if len(target) == 0:
        raise ValueError("there is nothing to score")
