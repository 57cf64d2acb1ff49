"""Which labels of a trained classifier those of new data are like, by what it predicts for their texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlprnn.pipelines import Classifier

_SAMPLE = 1_000
"""Texts at most that are compared."""

_SHARE = 1 / 3
"""Mean probability of a former label in the texts of a new one from which both are similar, on a scale from 0 for the
new label where it is lowest to 1 for that where it is highest: a classifier may give one answer too often."""


def sampled_rows(number: int) -> slice:
    """Return the rows of a split that are compared, evenly spread: files may be sorted by label."""
    return slice(None, None, -(-number // _SAMPLE))


def label_probabilities(classifier: Classifier, texts: Sequence[str]) -> np.ndarray:
    """Return the probabilities that a classifier gives to its labels, (rows, C) float64."""
    labels = classifier.model.labels
    return np.array([[answer.probabilities[label] for label in labels] for answer in classifier(texts)])


def explained_variance(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Return the share of the variance of a classifier's probabilities that new labels explain, 1 at most.

    It is Kelley's epsilon squared (1935), the correlation ratio without what chance explains: 0 on average where the
    labels have nothing to do with the classifier, however many there are.

    Args:
        probabilities: (rows, C) float.
        targets: (rows,) int64, the new label of each row.
    """
    _, groups, counts = np.unique(targets, return_inverse=True, return_counts=True)
    freedom = len(groups) - len(counts)
    total = float(probabilities.var(axis=0).sum())
    if freedom <= 0 or not total:
        return 0.0
    sums = np.zeros((len(counts), probabilities.shape[1]))
    np.add.at(sums, groups, probabilities)
    within = float((probabilities - (sums / counts[:, None])[groups]).var(axis=0).sum())
    return 1.0 - within / total * (len(groups) - 1) / freedom


def similar_labels(probabilities: np.ndarray, targets: np.ndarray, number: int) -> list[list[int]]:
    """Return for each new label the labels of a classifier that it is like: one, or several between which it is.

    Args:
        probabilities: (rows, C) float, what the classifier gives to texts of the new data.
        targets: (rows,) int64, the new label of each of them.
        number: of new labels; one without texts is like all.
    """
    every, present = range(probabilities.shape[1]), np.unique(targets)
    means = np.full((number, len(every)), np.nan)
    for label in present:
        means[label] = probabilities[targets == label].mean(axis=0)
    low, high = np.nanmin(means, axis=0), np.nanmax(means, axis=0)
    scaled = (np.where(np.isnan(means), high, means) - low) / np.where(high > low, high - low, 1.0)  # (number, C)
    return [[of for of in every if row[of] >= min(_SHARE, row.max())] for row in scaled]
