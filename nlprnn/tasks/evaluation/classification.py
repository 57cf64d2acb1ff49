"""Evaluation of classifiers: accuracy, F1, confusions, calibration and wrong predictions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nlprnn.data import ReadOptions
from nlprnn.data.table import column_values
from nlprnn.errors import OptionError, list_names
from nlprnn.metrics import calibration_error, class_scores, confusion_matrix, label_scores
from nlprnn.models import UNSURE
from nlprnn.pipelines import Classifier
from nlprnn.tasks.evaluation.labelled_split import read_labelled_split
from nlprnn.tasks.evaluation.options import ClassificationEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult, class_records
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
    if model.multi_label and options.show_errors:
        raise OptionError("--show-errors is for classifiers of one label a text; this one is a multi-label classifier")
    classifier = classifier.quantized() if options.quantize else classifier
    split, targets = read_labelled_split(classifier, dataset, options, reading)
    logits = classifier.outputs(classifier.encode(column_values(split.rows, "text")))
    probabilities = model.probabilities(torch.from_numpy(logits)).numpy()
    scores: dict[str, Any] = text_metrics(classifier, logits, targets)
    scores["calibration_error"] = calibration_error(probabilities, targets)
    if model.multi_label:
        predictions = _score_labels(classifier, scores, probabilities, targets)
    else:
        predictions = _score_classes(classifier, scores, probabilities, targets)
    if options.show_errors:
        scores["errors"] = _errors(classifier, split, probabilities, targets)[: options.show_errors]
    return EvaluationResult(scores, predictions)


def _score_classes(
    classifier: Classifier, scores: dict[str, Any], probabilities: np.ndarray, targets: np.ndarray
) -> list[str]:
    """Add the scores of each class, and return the predictions."""
    model = classifier.model
    predicted, answered = probabilities.argmax(axis=1), probabilities.max(axis=1) >= (model.abstain or 0.0)
    if model.abstain is not None:
        right = predicted[answered] == targets[answered]
        scores["coverage"] = 100.0 * float(answered.mean())
        scores["answered_accuracy"] = 100.0 * float(right.mean()) if len(right) else 0.0
    matrix = confusion_matrix(predicted, targets, len(model.labels))
    by_class = class_scores(matrix)
    _log_absent(model.labels, by_class, "macro F1 is the mean over the others")
    scores |= {
        "classes": class_records(model.labels, by_class),
        "labels": model.labels,
        "confusion": matrix.tolist(),
    }
    rows = zip(predicted.tolist(), answered.tolist(), strict=True)
    return [model.labels[index] if is_answered else UNSURE for index, is_answered in rows]


def _score_labels(
    classifier: Classifier, scores: dict[str, Any], probabilities: np.ndarray, targets: np.ndarray
) -> list[str]:
    """Add the scores of each of several labels, and return the predictions."""
    model = classifier.model
    predicted = probabilities >= model.thresholds
    by_label = label_scores(predicted, targets)
    _log_absent(model.labels, by_label, "each counts as 0 in macro F1")
    scores |= {"classes": class_records(model.labels, by_label), "labels": model.labels}
    names = np.array(model.labels, dtype=object)
    return ["; ".join(names[row]) for row in predicted]


def _errors(
    classifier: Classifier, split: Split, probabilities: np.ndarray, targets: np.ndarray
) -> list[dict[str, Any]]:
    """Return the wrong predictions, the most confident first."""
    labels, predicted, confidence = classifier.model.labels, probabilities.argmax(axis=1), probabilities.max(axis=1)
    by_confidence = (-confidence).argsort(kind="stable")
    wrong = by_confidence[predicted[by_confidence] != targets[by_confidence]]
    return [
        {
            "probability": round(float(confidence[row]), 6),
            "prediction": labels[predicted[row]],
            "label": labels[targets[row]],
            "place": split.location(row),
            "text": split.rows[row]["text"],
        }
        for row in wrong.tolist()
    ]


def _log_absent(labels: list[str], scores: ClassScores, effect: str) -> None:
    """Report labels that are neither in the data nor predicted, and their effect on macro F1."""
    absent = [label for label, is_absent in zip(labels, scores.absent, strict=True) if is_absent]
    if absent:
        message = "%d of the model's %d labels are neither in the data nor predicted (%s): %s"
        logger.warning(message, len(absent), len(labels), list_names(absent), effect)
