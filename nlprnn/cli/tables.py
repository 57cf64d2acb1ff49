"""Scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlprnn.cli.speech_tables import speech_tables
from nlprnn.cli.text_io import pad_names, shorten

_LARGEST_MATRIX = 20
_MOST_CONFUSIONS = 20
_NAME_WIDTH = 24
_CELL_WIDTH = 200
_NAMES = {"bleu": "BLEU", "chrf": "chrF", "loss": "loss (nats per token)"}


def result_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return all scores of an evaluation: tables of classes, confusions and errors where there are any, then the rest.

    Args:
        scores: of an `nlprnn.tasks.evaluation.EvaluationResult`.
    """
    if "confusions" in scores:
        plain = {name: value for name, value in scores.items() if isinstance(value, int | float | str)}
        plain["loss (nats per clip)"] = plain.pop("loss")
        return [*speech_tables(scores), *score_rows(plain)]
    classes = scores.get("classes", scores.get("kinds"))
    if classes is None:
        return score_rows(scores)
    blocks = [class_table(classes)]
    if "confusion" in scores:
        blocks.append(confusion_table(scores["labels"], scores["confusion"]))
    if "errors" in scores:
        num_errors = sum(map(sum, scores["confusion"])) - sum(row[at] for at, row in enumerate(scores["confusion"]))
        blocks.append(error_table(scores["errors"], num_errors))
    lines = [line for block in blocks for line in (*block, "")]
    numbers = (f"{name} {value:.4g}" for name, value in scores.items() if isinstance(value, int | float))
    return [*lines, "   ".join(numbers)]


def column_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose columns are aligned at the left, the head first."""
    columns = [pad_names(column, _CELL_WIDTH) for column in zip(*rows, strict=True)]
    return ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def score_rows(scores: Mapping[str, Any]) -> list[str]:
    """Return a line for each number: its name, its value, and its signature where there is one."""
    numbers = {name: value for name, value in scores.items() if not isinstance(value, str)}
    names = [_NAMES.get(name, name.replace("_", " ")) for name in numbers]
    signatures = [scores.get(f"{name}_signature") for name in numbers]
    values = [
        f"{value:,.6g}" if signature is None else f"{value:6.2f}  {signature}"
        for value, signature in zip(numbers.values(), signatures, strict=True)
    ]
    return [f"{name:<{max(map(len, names))}}  {value}" for name, value in zip(names, values, strict=True)]


def class_table(classes: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return a line for each class: precision, recall and F1 in percent, and support."""
    head, *names = pad_names(["", *classes], _NAME_WIDTH)
    rows = [
        "{}  {precision:9.2f}  {recall:6.2f}  {f1:6.2f}  {support:7,}".format(name, **scores)
        for name, scores in zip(names, classes.values(), strict=True)
    ]
    return [f"{head}  precision  recall      F1  support", *rows]


def confusion_table(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> list[str]:
    """Return the confusion matrix of up to 20 classes, else the most frequent confusions.

    Args:
        names: of C classes.
        matrix: (C, C) counts, row = target, column = prediction.
    """
    if len(names) > _LARGEST_MATRIX:
        return _frequent_confusions(names, matrix)
    # Names would make columns too wide: they have the numbers of the rows.
    numbers = range(1, len(names) + 1)
    rows = [numbers, *matrix]
    widths = [max(map(len, map(str, column))) for column in zip(*rows, strict=True)]
    return ["label (row) by prediction (column)"] + [
        f"{number:>2} {name}" + "".join(f"  {count:>{width}}" for count, width in zip(row, widths, strict=True))
        for number, name, row in zip(["", *numbers], pad_names(["", *names], _NAME_WIDTH), rows, strict=True)
    ]


def _frequent_confusions(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> list[str]:
    counts = [
        (count, target, predicted)
        for target, row in enumerate(matrix)
        for predicted, count in enumerate(row)
        if count and target != predicted
    ]
    if not counts:
        return ["no confusions"]
    shown = sorted(counts, key=lambda confusion: -confusion[0])[:_MOST_CONFUSIONS]
    targets = pad_names([names[target] for _, target, _ in shown], _NAME_WIDTH)
    lines = [
        f"{count:>7,}  {target}  taken for  {shorten(names[predicted], _NAME_WIDTH)}"
        for target, (count, _, predicted) in zip(targets, shown, strict=True)
    ]
    return [f"most frequent confusions ({len(shown)} of {len(counts)} kinds)", *lines]


def error_table(errors: Sequence[Mapping[str, Any]], num_errors: int) -> list[str]:
    """Return a line for each wrong prediction: its probability, what for what, the place, and the text.

    Args:
        errors: with probability, prediction, label, place and text; the first ones.
        num_errors: how many there are in all.
    """
    if not errors:
        return ["no errors"]
    predictions, labels = (pad_names([error[key] for error in errors], _NAME_WIDTH) for key in ("prediction", "label"))
    locations = [error["place"].rpartition(", ")[2] for error in errors]
    width = max(map(len, locations))
    lines = [
        f"{error['probability']:6.1%}  {prediction}  for  {label}  {location:<{width}}  {error['text']}".rstrip()
        for error, prediction, label, location in zip(errors, predictions, labels, locations, strict=True)
    ]
    title = "probability, prediction for label, place, text"
    return [f"most confident errors ({len(errors)} of {num_errors:,}): {title}", *lines]
