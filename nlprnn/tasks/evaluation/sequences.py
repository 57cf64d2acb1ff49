"""Evaluation of models of feature sequences: accuracy, F1 and confusions of classes, errors of numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.data import ReadOptions
from nlprnn.data.split import choose_split
from nlprnn.errors import DataError, list_names
from nlprnn.metrics import calibration_error, class_scores, confusion_matrix
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor
from nlprnn.tasks.evaluation.options import SequenceEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult, class_records
from nlprnn.tasks.evaluation.split_log import log_split
from nlprnn.tasks.sequences.columns import ColumnRequest
from nlprnn.tasks.sequences.data import complete, labels_of, numbers_of, with_targets
from nlprnn.tasks.sequences.feature_sequences import FeatureSequences
from nlprnn.tasks.sequences.scores import score_outputs
from nlprnn.tasks.sequences.sources import find_sequences


def evaluate_sequences(
    pipeline: SequenceClassifier | SequenceRegressor,
    dataset: str,
    options: SequenceEvaluationOptions,
    reading: ReadOptions,
) -> EvaluationResult:
    """Score a classifier or regressor of feature sequences.

    Raises:
        DataError: the data are missing or damaged, or have a label that the model does not know.
    """
    processor = pipeline.processor
    request = ColumnRequest(target=options.label_field)
    present = with_targets(find_sequences(dataset, request, reading, known=processor.columns), dataset)
    is_classifier = isinstance(pipeline, SequenceClassifier)
    typed = {
        name: replace(split, targets=labels_of(split, reading) if is_classifier else numbers_of(split))
        for name, split in present.items()
    }
    rows = choose_split(dataset, typed, options.split, lambda: complete(typed, stratify=is_classifier, named=False))
    processor.check_number(len(rows.names), rows.origin)
    log_split(rows)
    outputs = pipeline.outputs(pipeline.process(rows.values))
    if isinstance(pipeline, SequenceClassifier):
        return _classes(pipeline, outputs, rows)
    scores = score_outputs(pipeline, outputs, np.array(rows.targets))
    return EvaluationResult(dict(scores), [f"{number:.6g}" for number in pipeline.model.denormalize(outputs)])


def _classes(classifier: SequenceClassifier, outputs: NDArray[np.float32], rows: FeatureSequences) -> EvaluationResult:
    labels = classifier.model.labels
    index = {label: place for place, label in enumerate(labels)}
    for place, label in zip(rows.locations, rows.targets, strict=True):
        if label not in index:
            raise DataError(
                f"{place}: the label {label!r} is none of the model's ({list_names(labels)}): correct it, or choose "
                "another column with --label-field"
            )
    targets = np.array([index[label] for label in rows.targets], dtype=np.int64)
    predicted = outputs.argmax(axis=1)
    matrix = confusion_matrix(predicted, targets, len(labels))
    scores: dict[str, Any] = dict(score_outputs(classifier, outputs, targets))
    probabilities = classifier.model.probabilities(torch.from_numpy(outputs)).numpy()
    scores["calibration_error"] = calibration_error(probabilities, targets)
    scores |= {
        "classes": class_records(labels, class_scores(matrix)),
        "labels": labels,
        "confusion": matrix.tolist(),
    }
    return EvaluationResult(scores, [labels[row] for row in predicted])
