"""Labels and numbers of a table: checks, names and order."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nlprnn.data.column_roles import LABEL_NAME, role_of
from nlprnn.data.table import Split, arrow_column, column_values
from nlprnn.errors import DataError, list_names

if TYPE_CHECKING:
    from datasets import Dataset

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FEW_LABELS = 50


def label_names(splits: Mapping[str, Dataset]) -> list[str]:
    """Return the labels of a table, in the order of their ids.

    The order is the declared one where the dataset has one (named integers or a ClassLabel column), numeric for
    numbers, and alphabetical for words. Declared labels count even when no row has them.

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
        if unknown := sorted(set(distinct(rows, "label")) - known):
            names = list_names(unknown, limit=5)
            raise DataError(f"the {split} split has labels that train has not: {names}; correct them or add rows")
    return declared or in_order(known)


def all_labels(rows: Iterable[Sequence[str]], origin: str) -> list[str]:
    """Return the different labels of texts that have any number of them, in numeric or alphabetical order.

    Args:
        rows: the labels of each text.
        origin: the dataset, for messages.

    Raises:
        DataError: there are none, or so many that they look like text.
    """
    rows = list(rows)
    known = {label for row in rows for label in row}
    if not known:
        raise DataError(f"{origin}: no text has a label; choose another column with --label-field")
    refuse_text(len(known), len(rows), origin)
    return in_order(known)


def case_note(labels: Iterable[str]) -> str | None:
    """Return a note on labels that differ only in case, which are classes of their own; None without such."""
    alike: dict[str, list[str]] = {}
    for label in sorted(set(labels)):
        alike.setdefault(label.casefold(), []).append(label)
    variants = [" and ".join(map(repr, names)) for names in alike.values() if len(names) > 1]
    return f"labels that differ only in case are different labels: {', '.join(variants[:5])}" if variants else None


def label_matrix(rows: Sequence[Sequence[str]], labels: Sequence[str], location: Callable[[int], str]) -> np.ndarray:
    """Mark the labels of each row.

    Args:
        rows: the labels of each text.
        labels: C names, the columns.
        location: row number, from 0 -> file and line, for messages.

    Returns:
        (rows, C) float32, 1 = has the label.

    Raises:
        DataError: a row has another label.
    """
    columns = {label: column for column, label in enumerate(labels)}
    matrix = np.zeros((len(rows), len(labels)), dtype=np.float32)
    for number, row in enumerate(rows):
        for label in row:
            if label not in columns:
                raise DataError(
                    f"{location(number)}: the label {label!r} is none of the model's; correct it, or choose another "
                    "column with --label-field, or the separator of labels with --label-separator"
                )
            matrix[number, columns[label]] = 1.0
    return matrix


def check_numbers(split: Split) -> None:
    """Check that each row of a split has a finite `number`.

    Raises:
        DataError: names the first row at fault.
    """
    for row, number in enumerate(column_values(split.rows, "number")):
        if number is None or not math.isfinite(number):
            fault = f"{number} is no number" if number is not None and math.isinf(number) else "the number is missing"
            raise DataError(
                f"{split.location(row)}, column {str(split.columns['number'])!r}: {fault}; correct it, or choose "
                f"another column with {role_of('number').option}"
            )


def distinct(rows: Dataset, column: str) -> list[str]:
    """Return the different values of a column, in the order of their first row."""
    return arrow_column(rows, column).unique().to_pylist()


def set_order(rows: Dataset, names: list[str]) -> None:
    """Note the declared order of labels in a table's description, which survives `map` and `select`."""
    rows.info.description = json.dumps({"label_names": names})


def check_labels(split: Split) -> None:
    """Check that each row of a split has a `label`, and that labels are all numbers or all words.

    Raises:
        DataError: names the first row at fault.
    """
    column = arrow_column(split.rows, "label")
    counts = {entry["values"]: entry["counts"] for entry in column.value_counts().to_pylist()}
    for missing in (None, ""):
        if missing in counts:
            row = column.index(missing).as_py() if missing == "" else column.is_null().index(True).as_py()
            raise DataError(f"{split.location(row)}: the label is missing; fill it in or remove the row")
    numbers = [label for label in counts if _NUMBER.fullmatch(label)]
    words = [label for label in counts if not _NUMBER.fullmatch(label)]
    if numbers and words:
        rare, common = sorted((numbers, words), key=lambda labels: sum(counts[label] for label in labels))
        odd = min(rare, key=lambda label: column.index(label).as_py())
        kind, others = ("word", "numbers") if rare is words else ("number", "words")
        raise DataError(
            f"{split.location(column.index(odd).as_py())}: the label {odd!r} is a {kind} among {others} such as "
            f"{common[0]!r}; write all in one way"
        )


def check_classes(split: Split) -> None:
    """Check that the labels of a split to learn from are not so many that they look like text.

    Raises:
        DataError: they are, and the dataset does not declare that they are classes.
    """
    if _declared_order(split.rows) is None:
        refuse_text(len(distinct(split.rows, "label")), len(split), split.origin)


def refuse_text(different: int, rows: int, origin: str) -> None:
    """Refuse labels that are so many that they look like text.

    Args:
        different: number of different labels.
        rows: number of rows.
        origin: the dataset, for the message.

    Raises:
        DataError: they are.
    """
    if different > _FEW_LABELS and different > rows / 2:
        raise DataError(
            f"{origin}: {different:,} different labels in {rows:,} rows, which look like text or "
            "measured values rather than classes; choose another column with --label-field"
        )


def use_names(splits: Mapping[str, Split]) -> dict[str, Split]:
    """Replace numeric labels by their names, the column `LABEL_NAME`, if each number has one name and vice versa."""
    pairs: set[tuple[str, str]] = set()
    for split in splits.values():
        pairs.update(zip(column_values(split.rows, "label"), column_values(split.rows, LABEL_NAME), strict=True))
    names = dict(pairs)
    one_to_one = all(names.values()) and len(pairs) == len(names) == len(set(names.values()))
    named = {}
    for name, split in splits.items():
        rows = split.rows.remove_columns("label" if one_to_one else LABEL_NAME)
        if one_to_one:
            rows = rows.rename_column(LABEL_NAME, "label")
            set_order(rows, [names[number] for number in in_order(set(names))])
        columns = {role: column for role, column in split.columns.items() if role != LABEL_NAME}
        named[name] = replace(split, rows=rows, columns=columns)
    return named


def in_order(labels: set[str]) -> list[str]:
    """Return labels in numeric order where all are numbers, else in alphabetical order."""
    if all(_NUMBER.fullmatch(label) for label in labels):
        return sorted(labels, key=lambda label: (float(label), label))  # "1" and "01" in a fixed order
    return sorted(labels)


def _declared_order(rows: Dataset) -> list[str] | None:
    try:
        return json.loads(rows.info.description)["label_names"]
    except (ValueError, TypeError, KeyError):
        return None
