"""The scores of a classifier or regressor on a data set: by class, of confusion and calibration, and where it errs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.text_io import shortened, some_of
from nlprnn.errors import DataError
from nlprnn.tasks.evaluation import EvaluationRequest, EvaluationResult, log_split_size

if TYPE_CHECKING:
    import numpy as np

    from nlprnn.data.table_split import Split
    from nlprnn.metrics import ClassScores
    from nlprnn.pipelines import Classifier, Regressor

_LONGEST_TEXT = 100


def score_classifier(classifier: Classifier, request: EvaluationRequest) -> EvaluationResult:
    """Score a classifier on one part of a data set.

    Raises:
        DataError: the data are missing or odd, or a row has a label that the model does not know.
    """
    import torch

    if classifier.model.multi_label:
        return _score_several(classifier, request)
    if request.label_separator is not None:
        raise click.UsageError("--label-separator is for models with several labels a text, which this is not")
    from nlprnn.cli.tables import class_table, confusions, error_table
    from nlprnn.data import load_split
    from nlprnn.metrics import calibration_error, class_scores, classification_scores, confusion_matrix

    part = load_split(request.dataset, {"text": request.text_field, "label": request.label_field}, split=request.split)
    labels = classifier.model.labels
    gold = _gold(part, labels)
    log_split_size(part, "texts")
    logits = classifier.outputs(classifier.encode(list(part.rows["text"])))
    probabilities = torch.from_numpy(logits).softmax(dim=1).numpy()
    predictions = logits.argmax(axis=1)
    matrix = confusion_matrix(predictions, gold, len(labels))
    by_class, overall = class_scores(matrix), classification_scores(logits, gold)
    overall["calibration_error"] = calibration_error(probabilities, gold)
    scores = {**overall, "classes": _by_class(labels, by_class), "labels": labels, "confusion": matrix.tolist()}
    lines = [*class_table(labels, by_class), "", *confusions(labels, matrix), ""]
    if request.errors:
        scores["errors"] = _errors(part, labels, predictions, gold, probabilities.max(axis=1), request.errors)
        lines += [*error_table(scores["errors"], int((predictions != gold).sum()), part.origin), ""]
    lines.append("   ".join(f"{name} {value:.4g}" for name, value in overall.items()))
    return EvaluationResult(scores, lines, [labels[prediction] for prediction in predictions])


def _score_several(classifier: Classifier, request: EvaluationRequest) -> EvaluationResult:
    """Score a multi-label classifier."""
    import numpy as np

    from nlprnn.cli.tables import class_table
    from nlprnn.data import load_split
    from nlprnn.data.labels import label_matrix, labels_of
    from nlprnn.metrics import label_scores, multi_label_scores

    if request.errors:
        raise click.UsageError("--errors lists wrong labels of models with one label a text, which this is not")
    part = load_split(request.dataset, {"text": request.text_field, "labels": request.label_field}, split=request.split)
    model = classifier.model
    rows = [labels_of(cell, request.label_separator or ";") for cell in part.rows["labels"]]
    gold = label_matrix(rows, model.labels, part.location) > 0
    log_split_size(part, "texts")
    logits = classifier.outputs(classifier.encode(list(part.rows["text"])))
    predictions = logits >= np.log(model.threshold / (1.0 - model.threshold))
    by_label, overall = label_scores(predictions, gold), multi_label_scores(logits, gold, threshold=model.threshold)
    lines = [*class_table(model.labels, by_label), "", "   ".join(f"{name} {x:.4g}" for name, x in overall.items())]
    scores = {**overall, "classes": _by_class(model.labels, by_label), "labels": model.labels}
    said = ["; ".join(label for label, has in zip(model.labels, row, strict=True) if has) for row in predictions]
    return EvaluationResult(scores, lines, said)


def score_regressor(regressor: Regressor, request: EvaluationRequest) -> EvaluationResult:
    """Score a regressor on one part of a data set.

    Raises:
        DataError: the data are missing or odd, or a row has no number.
    """
    import numpy as np

    from nlprnn.data import load_split
    from nlprnn.data.labels import cells_of
    from nlprnn.metrics import regression_scores

    part = load_split(request.dataset, {"text": request.text_field, "number": request.label_field}, split=request.split)
    log_split_size(part, "texts")
    numbers = regressor.numbers(regressor.encode(list(part.rows["text"])))
    scores = regression_scores(numbers, np.array(list(map(float, cells_of(part.rows, "number")))))
    lines = [f"{name:<9} {value:.4g}" for name, value in scores.items()]
    return EvaluationResult(scores, lines, [regressor.format(number, extra_digits=2) for number in numbers.tolist()])


def _by_class(labels: list[str], by_class: ClassScores) -> dict[str, dict[str, Any]]:
    """Label -> name of a score -> its value."""
    columns = zip(*(column.tolist() for column in by_class), strict=True)
    return {
        label: dict(zip(by_class._fields, values, strict=True)) for label, values in zip(labels, columns, strict=True)
    }


def _gold(part: Split, labels: list[str]) -> np.ndarray:
    """The numbers (rows,) int64 of the rows' labels."""
    import numpy as np

    number = {label: index for index, label in enumerate(labels)}
    for row, label in enumerate(part.rows["label"]):
        if label not in number:
            raise DataError(
                f"{part.location(row)}: the label {label!r} is none of the model's ({some_of(labels)}): correct it, or "
                "choose another field with --label-field"
            )
    return np.array([number[label] for label in part.rows["label"]], dtype=np.int64)


def _errors(
    part: Split, labels: list[str], predictions: np.ndarray, gold: np.ndarray, confidence: np.ndarray, most: int
) -> list[dict[str, Any]]:
    """The rows that were given a wrong label, the most confident first, rows of one confidence in their order."""
    order = (-confidence).argsort(kind="stable")
    return [
        {
            "probability": round(float(confidence[row]), 6),
            "prediction": labels[predictions[row]],
            "label": labels[gold[row]],
            "place": part.location(row),
            "text": shortened(part.rows[row]["text"], _LONGEST_TEXT),
        }
        for row in order[predictions[order] != gold[order]][:most].tolist()
    ]
