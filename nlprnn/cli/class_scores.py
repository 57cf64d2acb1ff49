"""The scores of a classifier on a data set: by class, of confusion and calibration, and where it errs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlprnn.cli.scoring import Report, Request, say_size
from nlprnn.cli.texts import shortened, some_of
from nlprnn.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from nlprnn.data.parts import Part
    from nlprnn.pipelines import Classifier

_LONGEST_TEXT = 100


def score_classifier(classifier: Classifier, request: Request) -> Report:
    """Score a classifier on one part of a data set.

    Raises:
        DataError: the data are missing or odd, or a row has a label that the model does not know.
    """
    import torch

    from nlprnn.cli.class_report import class_table, confusions, error_table
    from nlprnn.data.sources import load_part
    from nlprnn.training.metrics import calibration_error, class_scores, classification_scores, confusion_matrix

    part = load_part(request.dataset, {"text": request.text_field, "label": request.label_field}, split=request.split)
    labels = classifier.model.labels
    gold = _gold(part, labels)
    say_size(part, "texts")
    logits = classifier.logits(classifier.encode(list(part.rows["text"])))
    probabilities = torch.from_numpy(logits).softmax(dim=1).numpy()
    predictions = logits.argmax(axis=1)
    matrix = confusion_matrix(predictions, gold, len(labels))
    by_class, overall = class_scores(matrix), classification_scores(logits, gold)
    overall["calibration_error"] = calibration_error(probabilities, gold)
    names = by_class._fields
    classes = {
        label: dict(zip(names, values, strict=True))
        for label, values in zip(labels, zip(*(column.tolist() for column in by_class), strict=True), strict=True)
    }
    scores = {**overall, "classes": classes, "labels": labels, "confusion": matrix.tolist()}
    lines = [*class_table(labels, by_class), "", *confusions(labels, matrix), ""]
    if request.errors:
        scores["errors"] = _errors(part, labels, predictions, gold, probabilities.max(axis=1), request.errors)
        lines += [*error_table(scores["errors"], int((predictions != gold).sum()), part.origin), ""]
    lines.append("   ".join(f"{name} {value:.4g}" for name, value in overall.items()))
    return Report(scores, lines, [labels[prediction] for prediction in predictions])


def _gold(part: Part, labels: list[str]) -> np.ndarray:
    """The numbers (rows,) int64 of the rows' labels."""
    import numpy as np

    number = {label: index for index, label in enumerate(labels)}
    for row, label in enumerate(part.rows["label"]):
        if label not in number:
            raise DataError(
                f"{part.place(row)}: the label {label!r} is none of the model's ({some_of(labels)}): correct it, or "
                "choose another field with --label-field"
            )
    return np.array([number[label] for label in part.rows["label"]], dtype=np.int64)


def _errors(
    part: Part, labels: list[str], predictions: np.ndarray, gold: np.ndarray, confidence: np.ndarray, most: int
) -> list[dict[str, Any]]:
    """The rows that were given a wrong label, the most confident first, rows of one confidence in their order."""
    order = (-confidence).argsort(kind="stable")
    return [
        {
            "probability": round(float(confidence[row]), 6),
            "prediction": labels[predictions[row]],
            "label": labels[gold[row]],
            "place": part.place(row),
            "text": shortened(part.rows[row]["text"], _LONGEST_TEXT),
        }
        for row in order[predictions[order] != gold[order]][:most].tolist()
    ]
