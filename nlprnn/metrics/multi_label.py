"""Scores of what is more than one class a text: several labels, or a number."""

from __future__ import annotations

import numpy as np

from nlprnn.metrics.classification import ClassScores


def label_scores(predictions: np.ndarray, gold: np.ndarray) -> ClassScores:
    """Score each label of a multi-label classifier, in percent.

    Args:
        predictions: (rows, C) bool, whether a text is said to have a label.
        gold: (rows, C) bool, whether it has.
    """
    right, given, support = (predictions & gold).sum(axis=0), predictions.sum(axis=0), gold.sum(axis=0)
    return ClassScores(
        precision=100.0 * right / np.maximum(given, 1),
        recall=100.0 * right / np.maximum(support, 1),
        f1=200.0 * right / np.maximum(given + support, 1),
        support=support,
    )


def multi_label_scores(logits: np.ndarray, gold: np.ndarray, *, threshold: float = 0.5) -> dict[str, float]:
    """Score a multi-label classifier.

    Args:
        logits: (rows, C) float.
        gold: (rows, C) bool.
        threshold: probability from which a text is said to have a label.

    Returns:
        micro_f1 (over all pairs of text and label), macro_f1 (the mean over the labels) and exact_match (texts whose
        labels are all right), in percent, and loss, the mean binary cross-entropy in nats.

    Raises:
        ValueError: there are no rows.
    """
    if len(gold) == 0:
        raise ValueError("there is nothing to score")
    logits = logits.astype(np.float64)
    predictions = logits >= np.log(threshold / (1.0 - threshold))
    right, said = (predictions & gold).sum(), predictions.sum() + gold.sum()
    return {
        "micro_f1": 200.0 * float(right) / max(int(said), 1),
        "macro_f1": float(label_scores(predictions, gold).f1.mean()),
        "exact_match": 100.0 * float((predictions == gold).all(axis=1).mean()),
        "loss": float((np.logaddexp(0.0, logits) - logits * gold).mean()),
    }
