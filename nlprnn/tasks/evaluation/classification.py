"""Evaluation of classifiers: accuracy, F1, confusions, calibration and wrong predictions."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.cells import as_label
from nlprnn.data.labels import label_matrix
from nlprnn.data.table import column_values
from nlprnn.errors import DataError, OptionError, list_names
from nlprnn.metrics import calibration_error, class_scores, confusion_matrix, label_scores
from nlprnn.pipelines import Classifier
from nlprnn.tasks.evaluation.options import ClassificationEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult, class_records
from nlprnn.tasks.evaluation.split_log import log_split
from nlprnn.tasks.text_metrics import text_metrics

if TYPE_CHECKING:
    from nlprnn.data.table import Split
    from nlprnn.metrics import ClassScores

logger = logging.getLogger(__name__)


def evaluate_classifier(
    classifier: Classifier, dataset: str, options: ClassificationEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a classifier.

    Raises:
        DataError: the data are missing or damaged, or a row has a label that the model does not know.
        OptionError: an option is for single-label or multi-label classifiers alone, and this is of the other kind.
    """
    model = classifier.model
    if model.multi_label:
        return _evaluate_multi_label(classifier, dataset, options, reading)
    if options.label_separator is not None:
        raise OptionError("--label-separator is for multi-label classifiers; this one gives each text one label")
    fields = {"text": options.text_field, "label": options.label_field}
    split = load_split(dataset, fields, split=options.split, options=reading)
    targets = _targets(split, model.labels)
    log_split(split)
    logits = classifier.outputs(classifier.encode(list(split.rows["text"])))
    predicted = logits.argmax(axis=1)
    probabilities = model.probabilities(torch.from_numpy(logits)).numpy()
    matrix = confusion_matrix(predicted, targets, len(model.labels))
    scores: dict[str, Any] = text_metrics(classifier, logits, targets)
    scores["calibration_error"] = calibration_error(probabilities, targets)
    by_class = class_scores(matrix)
    _log_absent(model.labels, by_class, "macro F1 is the mean over the others")
    scores |= {
        "classes": class_records(model.labels, by_class),
        "labels": model.labels,
        "confusion": matrix.tolist(),
    }
    if options.show_errors:
        confidence = probabilities.max(axis=1)
        by_confidence = (-confidence).argsort(kind="stable")
        wrong = by_confidence[predicted[by_confidence] != targets[by_confidence]]
        scores["errors"] = [
            {
                "probability": round(float(confidence[row]), 6),
                "prediction": model.labels[predicted[row]],
                "label": model.labels[targets[row]],
                "place": split.location(row),
                "text": split.rows[row]["text"],
            }
            for row in wrong[: options.show_errors].tolist()
        ]
    return EvaluationResult(scores, [model.labels[index] for index in predicted])


def _evaluate_multi_label(
    classifier: Classifier, dataset: str, options: ClassificationEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    model = classifier.model
    if options.show_errors:
        raise OptionError("--show-errors is for classifiers of one label a text; this one is a multi-label classifier")
    fields = {"text": options.text_field, "labels": options.label_field}
    reading = replace(reading, label_separator=options.label_separator or ";")
    split = load_split(dataset, fields, split=options.split, options=reading)
    targets = label_matrix(column_values(split.rows, "labels"), model.labels, split.location) > 0
    log_split(split)
    logits = classifier.outputs(classifier.encode(list(split.rows["text"])))
    predicted = logits >= np.log(model.threshold / (1.0 - model.threshold))
    names = np.array(model.labels, dtype=object)
    scores: dict[str, Any] = text_metrics(classifier, logits, targets)
    by_label = label_scores(predicted, targets)
    _log_absent(model.labels, by_label, "each counts as 0 in macro F1")
    scores |= {"classes": class_records(model.labels, by_label), "labels": model.labels}
    return EvaluationResult(scores, ["; ".join(names[row]) for row in predicted])


def _log_absent(labels: list[str], scores: ClassScores, effect: str) -> None:
    """Report labels that are neither in the data nor predicted, and their effect on macro F1."""
    absent = [label for label, is_absent in zip(labels, scores.absent, strict=True) if is_absent]
    if absent:
        message = "%d of the model's %d labels are neither in the data nor predicted (%s): %s"
        logger.warning(message, len(absent), len(labels), list_names(absent), effect)


def _targets(split: Split, labels: list[str]) -> np.ndarray:
    """Return the index of each row's label, (rows,) int64."""
    # Former models have labels in the spelling of their files, such as True.
    indices = {as_label(label): index for index, label in enumerate(labels)}
    column = list(split.rows["label"])
    for row, label in enumerate(column):
        if label not in indices:
            raise DataError(
                f"{split.location(row)}: the label {label!r} is none of the model's ({list_names(labels)}): correct "
                "it, or choose another column with --label-field"
            )
    return np.array([indices[label] for label in column], dtype=np.int64)
