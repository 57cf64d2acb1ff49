"""The scores of a classifier as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nlprnn.cli.text_io import shortened

if TYPE_CHECKING:
    import numpy as np

    from nlprnn.metrics import ClassScores

_LARGEST_TABLE = 20
_MOST_CONFUSIONS = 20
_LONGEST_NAME = 24


def class_table(labels: Sequence[str], scores: ClassScores) -> list[str]:
    """Return a line for each class: precision, recall and F1 in percent, and support."""
    names = _padded(["", *labels])
    rows = [
        f"{name}  {precision:9.2f}  {recall:6.2f}  {f1:6.2f}  {support:7,}"
        for name, precision, recall, f1, support in zip(names[1:], *scores, strict=True)
    ]
    return [f"{names[0]}  precision  recall      F1  support", *rows]


def confusions(labels: Sequence[str], matrix: np.ndarray) -> list[str]:
    """Return a table of label by prediction for up to 20 classes, else the most frequent confusions.

    Args:
        labels: C names.
        matrix: (C, C) integer, row = label, column = prediction.
    """
    if len(labels) > _LARGEST_TABLE:
        return _frequent_confusions(labels, matrix)
    # Names would make columns too wide: they have the numbers of the rows.
    numbers = range(1, len(labels) + 1)
    widths = [max(map(len, map(str, column))) for column in zip(numbers, *matrix.tolist(), strict=True)]
    names = _padded(["", *labels])
    return ["label (row) by prediction (column)"] + [
        f"{number:>2} {name}" + "".join(f"  {count:>{width}}" for count, width in zip(row, widths, strict=True))
        for number, name, row in zip(["", *numbers], names, [numbers, *matrix.tolist()], strict=True)
    ]


def _frequent_confusions(labels: Sequence[str], matrix: np.ndarray) -> list[str]:
    counts = [
        (int(matrix[label, predicted]), label, predicted)
        for label, predicted in zip(*matrix.nonzero(), strict=True)
        if label != predicted
    ]
    if not counts:
        return ["no confusions"]
    shown = sorted(counts, key=lambda found: -found[0])[:_MOST_CONFUSIONS]
    names = _padded([_name(labels[label]) for _, label, _ in shown])
    lines = [
        f"{count:>7,}  {name}  taken for  {_name(labels[predicted])}"
        for name, (count, _, predicted) in zip(names, shown, strict=True)
    ]
    return [f"most frequent confusions ({len(shown)} of {len(counts)} kinds)", *lines]


def error_table(errors: Sequence[Mapping[str, Any]], total: int, origin: str) -> list[str]:
    """Return a line for each wrong label: how sure, what for what, where, and the text.

    Args:
        errors: objects with probability, prediction, label, place and text, in their order.
        total: how many there are in all.
        origin: what places begin with, which is left out.
    """
    if not errors:
        return ["no errors"]
    predictions, labels = (_padded([error[key] for error in errors]) for key in ("prediction", "label"))
    places = [error["place"].removeprefix(f"{origin}, ") for error in errors]
    width = max(map(len, places))
    lines = [
        f"{error['probability']:6.1%}  {prediction}  for  {label}  {place:<{width}}  {error['text']}".rstrip()
        for error, prediction, label, place in zip(errors, predictions, labels, places, strict=True)
    ]
    return [
        f"most confident errors ({len(errors)} of {total:,}): probability, prediction for label, place, text",
        *lines,
    ]


def _name(label: str) -> str:
    return shortened(label, _LONGEST_NAME)


def _padded(labels: Sequence[str]) -> list[str]:
    """Names of one width on the screen, where a Chinese character takes two places."""
    from rich.cells import cell_len, set_cell_size

    names = list(map(_name, labels))
    width = max(map(cell_len, names))
    return [set_cell_size(name, width) for name in names]
