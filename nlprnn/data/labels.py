"""Labels of a classification table: whole, of one kind, named, and in a fixed order."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nlprnn.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from datasets import Dataset, DatasetDict
    from pyarrow import ChunkedArray

# Column with the labels' names beside numeric labels; dropped once they are used.
NAME = "__label_name__"
# Stands before each label of a list, so that no label can hold it.
LIST = "\x1f"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FEW_LABELS = 50


def label_names(splits: DatasetDict) -> list[str]:
    """The labels of a table, in the order of their ids.

    The order is the data set's own where it has one (named integers or a ClassLabel column), numeric for
    numbers, and alphabetical for words. Labels of the data set's own order count even when no row has
    them.

    Args:
        splits: a table of `load_table` with a `label` column.

    Raises:
        DataError: train has one label alone, or another split has a label that train has not.
    """
    declared = _declared_order(splits["train"])
    known = set(declared or distinct(splits["train"], "label"))
    if len(known) == 1:
        raise DataError(
            f"all rows have the label {min(known)!r}, so there is nothing to tell apart: check --label-field"
        )
    for split, rows in splits.items():
        strange = sorted(set(distinct(rows, "label")) - known)
        if strange:
            more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
            names = ", ".join(map(repr, strange[:5])) + more
            raise DataError(f"the {split} split has labels that train has not: {names}; correct them or add rows")
    return declared or _in_order(known)


def labels_of(cell: str | None, separator: str) -> list[str]:
    """The labels of one row of a `labels` column: of a list, or of a string with separators; none for null.

    Args:
        cell: as `load_table` gives it.
        separator: between the labels of a string.
    """
    parts = (cell or "").split(LIST if (cell or "").startswith(LIST) else separator)
    return list(dict.fromkeys(label for part in parts if (label := part.strip())))


def all_labels(rows: Iterable[Sequence[str]], origin: str) -> list[str]:
    """The different labels of texts that have any number of them, in numeric or alphabetical order.

    Args:
        rows: the labels of each text.
        origin: the data set, for messages.

    Raises:
        DataError: there are none, or so many that they look like text.
    """
    rows = list(rows)
    known = {label for row in rows for label in row}
    if not known:
        raise DataError(f"{origin}: no text has a label; choose another field with --label-field")
    _refuse_text(len(known), len(rows), origin)
    return _in_order(known)


def label_matrix(rows: Sequence[Sequence[str]], labels: Sequence[str], place: Callable[[int], str]) -> np.ndarray:
    """Mark the labels of each row.

    Args:
        rows: the labels of each text.
        labels: C names, the columns.
        place: row number, from 0 -> file and line, for messages.

    Returns:
        (rows, C) float32, 1 = has the label.

    Raises:
        DataError: a row has another label.
    """
    import numpy as np

    places = {label: column for column, label in enumerate(labels)}
    matrix = np.zeros((len(rows), len(labels)), dtype=np.float32)
    for number, row in enumerate(rows):
        for label in row:
            if label not in places:
                raise DataError(
                    f"{place(number)}: the label {label!r} is none of the model's; correct it, or choose another field "
                    "with --label-field, or what stands between labels with --label-separator"
                )
            matrix[number, places[label]] = 1.0
    return matrix


def check_numbers(rows: Dataset, field: str, place: Callable[[int], str]) -> None:
    """Check that each row of a table with a `number` column has a number.

    Args:
        rows: the table.
        field: the column's name in the data, for messages.
        place: row number, from 0 -> file and line, for messages.

    Raises:
        DataError: names the first row at fault.
    """
    for row, cell in enumerate(cells_of(rows, "number")):
        try:
            number = math.nan if "_" in cell else float(cell)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            found = f"{cell!r} is no number" if cell else "the number is missing"
            mend = "correct it, or choose another field with --label-field"
            raise DataError(f"{place(row)}, field {field!r}: {found}; {mend}")


def distinct(rows: Dataset, column: str) -> list[str | None]:
    """The different values of a column, in the order of their first row."""
    return arrow_column(rows, column).unique().to_pylist()


def cells_of(rows: Dataset, column: str) -> list[str | None]:
    """A column as a list: many times as fast as `rows[column]`, which makes a cell at a time."""
    return arrow_column(rows, column).to_pylist()


def arrow_column(rows: Dataset, column: str) -> ChunkedArray:
    """A column as a pyarrow ChunkedArray, without a copy where the rows lie in the table's order."""
    return rows.select_columns(column).with_format("arrow")[:].column(column)


def set_order(rows: Dataset, names: list[str]) -> None:
    """Note the data set's own order of labels in its description, where it survives `map` and `select`."""
    rows.info.description = json.dumps({"label_names": names})


def check_labels(rows: Dataset, place: Callable[[int], str]) -> None:
    """Check that each row has a label and that the labels are all numbers or all words.

    Args:
        rows: a table with a `label` column.
        place: row number, from 0 -> file and line, for messages.

    Raises:
        DataError: names the first row at fault.
    """
    column = arrow_column(rows, "label")
    counts = {entry["values"]: entry["counts"] for entry in column.value_counts().to_pylist()}
    for missing in (None, ""):
        if missing in counts:
            row = column.index(missing).as_py() if missing == "" else column.is_null().index(True).as_py()
            raise DataError(f"{place(row)}: the label is missing; fill it in or remove the row")
    numbers = [label for label in counts if _NUMBER.fullmatch(label)]
    words = [label for label in counts if not _NUMBER.fullmatch(label)]
    if numbers and words:
        rare, common = sorted((numbers, words), key=lambda labels: sum(counts[label] for label in labels))
        odd = min(rare, key=lambda label: column.index(label).as_py())
        kind, others = ("word", "numbers") if rare is words else ("number", "words")
        raise DataError(
            f"{place(column.index(odd).as_py())}: the label {odd!r} is a {kind} among {others} such as "
            f"{common[0]!r}; write all in one way"
        )


def check_classes(rows: Dataset, origin: str) -> None:
    """Check that the labels of a table to learn from are not so many that they look like text.

    Raises:
        DataError: they are, and the data set does not say itself that they are classes.
    """
    if _declared_order(rows) is None:
        _refuse_text(len(distinct(rows, "label")), len(rows), origin)


def _refuse_text(different: int, rows: int, origin: str) -> None:
    if different > _FEW_LABELS and different > rows / 2:
        raise DataError(
            f"{origin}: {different:,} different labels in {rows:,} rows, which look like text or "
            "measured values rather than classes; choose another field with --label-field"
        )


def use_names(splits: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """Replace numeric labels by their names where each number has one name and each name one number."""
    pairs: set[tuple[str, str]] = set()
    for rows in splits.values():
        table = rows.select_columns(["label", NAME]).with_format("arrow")[:]
        pairs.update((pair["label"], pair[NAME]) for pair in table.group_by(["label", NAME]).aggregate([]).to_pylist())
    names = dict(pairs)
    if not all(names.values()) or not len(pairs) == len(names) == len(set(names.values())):
        return {split: rows.remove_columns(NAME) for split, rows in splits.items()}
    named = {split: rows.remove_columns("label").rename_column(NAME, "label") for split, rows in splits.items()}
    for rows in named.values():
        set_order(rows, [names[number] for number in _in_order(set(names))])
    return named


def _in_order(labels: set[str]) -> list[str]:
    if all(_NUMBER.fullmatch(label) for label in labels):
        return sorted(labels, key=lambda label: (float(label), label))  # "1" and "01" in an order of their own
    return sorted(labels)


def _declared_order(rows: Dataset) -> list[str] | None:
    try:
        return json.loads(rows.info.description)["label_names"]
    except (ValueError, TypeError, KeyError):
        return None
