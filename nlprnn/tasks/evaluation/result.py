"""Result of an evaluation: scores, tables and predictions as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.metrics import ClassScores


@dataclass(frozen=True)
class EvaluationResult:
    """Scores and predictions of a model on a split.

    Attributes:
        scores: name -> number, or text such as a signature, as JSON can hold them. There may be tables too: "classes"
            or, of spans, "kinds", from `class_records`; "labels" and "confusion", (C, C) counts, row = target, column
            = prediction; "errors", wrong predictions with probability, prediction, label, place and text, the most
            confident first.
        predictions: of each row, as text; none of a language model.
    """

    scores: dict[str, Any]
    predictions: Sequence[str] = ()


def class_records(names: Sequence[str], scores: ClassScores) -> dict[str, dict[str, float]]:
    """Return precision, recall, f1 and support of each class, by its name."""
    rows = zip(*(column.tolist() for column in scores), strict=True)
    return {name: dict(zip(scores._fields, row, strict=True)) for name, row in zip(names, rows, strict=True)}
