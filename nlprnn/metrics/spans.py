"""Tagging metrics: spans counted as by `conlleval`, the script of the CoNLL shared tasks, and tags of single words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.classification import class_scores, confusion_matrix
from nlprnn.metrics.f1 import ClassScores, precision_recall_f1
from nlprnn.tagging_schemes import find_spans

Tags = Sequence[Sequence[str]]
"""The tags of each word of each sentence."""


class SpanCounts(NamedTuple):
    """Numbers of spans: predicted and right, predicted, and in the target."""

    matched: int
    predicted: int
    target: int


def count_spans(predicted: Tags, target: Tags) -> dict[str, SpanCounts]:
    """Count the spans of each kind; a span is right if its first word, its last word and its kind are.

    Returns:
        kind, in alphabetical order -> `SpanCounts`.

    Raises:
        ValueError: the sentences, or the words of one, are not equally many.
    """
    _check(predicted, target)
    matched_kinds, predicted_kinds, target_kinds = Counter[str](), Counter[str](), Counter[str]()
    for predicted_tags, target_tags in zip(predicted, target, strict=True):
        predicted_spans, target_spans = set(find_spans(predicted_tags)), set(find_spans(target_tags))
        matched_kinds.update(span.kind for span in predicted_spans & target_spans)
        predicted_kinds.update(span.kind for span in predicted_spans)
        target_kinds.update(span.kind for span in target_spans)
    return {
        kind: SpanCounts(matched_kinds[kind], predicted_kinds[kind], target_kinds[kind])
        for kind in sorted(predicted_kinds | target_kinds)
    }


def span_scores(counts: Mapping[str, SpanCounts]) -> ClassScores:
    """Return precision, recall and F1 of each kind of span, from `count_spans`."""
    matched, predicted, target = np.array(list(counts.values()), dtype=np.int64).reshape(-1, 3).T
    return precision_recall_f1(matched, predicted, target)


def tag_confusion_matrix(predicted: Tags, target: Tags) -> tuple[list[str], NDArray[np.int64]]:
    """Count the words of each pair of target and predicted tag.

    Returns:
        the tags, in alphabetical order, and their confusion matrix (C, C) int64, row = target, column = prediction.

    Raises:
        ValueError: the sentences, or the words of one, are not equally many.
    """
    _check(predicted, target)
    names = sorted({tag for sentences in (predicted, target) for tags in sentences for tag in tags})
    index = {name: number for number, name in enumerate(names)}
    predicted_ids, target_ids = (
        np.array([index[tag] for tags in sentences for tag in tags], dtype=np.int64)
        for sentences in (predicted, target)
    )
    return names, confusion_matrix(predicted_ids, target_ids, len(names))


def tagging_scores(predicted: Tags, target: Tags, *, span_scheme: bool) -> dict[str, float]:
    """Score a tagger.

    Args:
        predicted: tags of each sentence.
        target: tags of each sentence.
        span_scheme: whether the tags encode spans (see `nlprnn.tagging_schemes.is_span_scheme`).

    Returns:
        in percent, for spans: f1, precision and recall over the spans of all kinds, then accuracy over the words;
        for tags of single words: accuracy, then macro_f1 over the tags that occur or are predicted.

    Raises:
        ValueError: the sentences, or the words of one, are not equally many, or there is no word.
    """
    _, matrix = tag_confusion_matrix(predicted, target)
    if not matrix.sum():
        raise ValueError("there is nothing to score")
    accuracy = 100.0 * float(np.trace(matrix)) / float(matrix.sum())
    if not span_scheme:
        return {"accuracy": accuracy, "macro_f1": class_scores(matrix).macro_f1}
    counts = np.array([SpanCounts(0, 0, 0), *count_spans(predicted, target).values()]).sum(axis=0)
    micro = span_scores({"": SpanCounts._make(counts.tolist())})
    return {
        "f1": float(micro.f1[0]),
        "precision": float(micro.precision[0]),
        "recall": float(micro.recall[0]),
        "accuracy": accuracy,
    }


def _check(predicted: Tags, target: Tags) -> None:
    if list(map(len, predicted)) != list(map(len, target)):
        raise ValueError("predicted and target tags must have the same sentences, word for word")
