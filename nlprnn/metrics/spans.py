"""Scores of taggers: spans as `conlleval`, the script of the CoNLL shared tasks, counts them, and single labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from nlprnn.metrics.classification import ClassScores, class_scores, confusion_matrix
from nlprnn.tagging_schemes import find_spans

Tags = Sequence[Sequence[str]]


def span_counts(gold: Tags, predicted: Tags) -> dict[str, tuple[int, int, int]]:
    """Count spans: one is right if its first word, its last word and its kind are.

    Args:
        gold: the tags of each sentence.
        predicted: the same, of a model.

    Returns:
        Kind, in alphabetical order -> how many are right, are predicted, and are there.

    Raises:
        ValueError: sentences or their words are not equally many.
    """
    _check(gold, predicted)
    counts: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    for sentence, guess in zip(gold, predicted, strict=True):
        there, given = set(find_spans(sentence)), set(find_spans(guess))
        for counter, spans in zip(counts, (there & given, given, there), strict=True):
            counter.update(span.kind for span in spans)
    right, given, there = counts
    return {kind: (right[kind], given[kind], there[kind]) for kind in sorted(given | there)}


def kind_scores(counts: dict[str, tuple[int, int, int]]) -> ClassScores:
    """Precision, recall and F1 of each kind of span, in percent, and support, from `span_counts`."""
    right, given, there = np.array(list(counts.values()), dtype=np.int64).reshape(-1, 3).T
    return ClassScores(
        precision=100.0 * right / np.maximum(given, 1),
        recall=100.0 * right / np.maximum(there, 1),
        f1=200.0 * right / np.maximum(given + there, 1),
        support=there,
    )


def label_scores(gold: Tags, predicted: Tags) -> tuple[list[str], np.ndarray]:
    """Count label by prediction, over all words.

    Returns:
        The labels, in alphabetical order, and their confusion matrix (C, C) int64, row = label, column = prediction.

    Raises:
        ValueError: sentences or their words are not equally many.
    """
    _check(gold, predicted)
    labels = sorted({tag for sentences in (gold, predicted) for sentence in sentences for tag in sentence})
    number = {label: index for index, label in enumerate(labels)}
    flat = [np.array([number[t] for s in tags for t in s], dtype=np.int64) for tags in (predicted, gold)]
    return labels, confusion_matrix(*flat, len(labels))


def tagging_scores(gold: Tags, predicted: Tags, *, spans: bool) -> dict[str, float]:
    """Score a tagger.

    Args:
        gold: the tags of each sentence.
        predicted: the same, of a model.
        spans: the tags tell spans (see `nlprnn.tagging_schemes.is_span_scheme`).

    Returns:
        in percent, for spans: f1, precision and recall over the spans of all kinds, then accuracy over the words;
        for tags of single words: accuracy, then macro_f1 over the tags that are there or predicted.

    Raises:
        ValueError: sentences or their words are not equally many, or there is no word.
    """
    _, matrix = label_scores(gold, predicted)
    if not matrix.sum():
        raise ValueError("there is nothing to score")
    accuracy = 100.0 * float(np.trace(matrix)) / float(matrix.sum())
    if not spans:
        return {"accuracy": accuracy, "macro_f1": float(class_scores(matrix).f1.mean())}
    total = np.array(list(span_counts(gold, predicted).values())).reshape(-1, 3).sum(axis=0)
    micro = kind_scores({"": tuple(total.tolist())})
    return {
        "f1": float(micro.f1[0]),
        "precision": float(micro.precision[0]),
        "recall": float(micro.recall[0]),
        "accuracy": accuracy,
    }


def _check(gold: Tags, predicted: Tags) -> None:
    if list(map(len, gold)) != list(map(len, predicted)):
        raise ValueError("gold and predicted tags must have the same sentences, word for word")
