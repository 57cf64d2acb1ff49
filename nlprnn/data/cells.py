"""Types of cells: conversion of the values in a file to those of a table's column.

A type is one of `string`, `label` (a normalised string), `labels` (a list of these), `marked labels` (the same from a
list of 0 and 1), `float64`, `int64`, `bool`, `timestamp[us]`, or a list of one, such as `list[float64]`. Missing values
are None. A value of another type is a ValueError.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from nlprnn.data.column_roles import Columns, role_of
from nlprnn.data.integer_labels import name_of_number
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.written_lists import written_bits, written_list
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Features

_TEXT_SEPARATOR = "\n"
_WHOLE = re.compile(r"^([+-]?\d+)\.0*$")
_INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff"
_INTEGER = re.compile(r"[+-]?\d{1,18}")


def as_string(value: Any) -> str | None:
    """Return a value as text: "4" for 4.0, "true" for True, the words of a list with spaces between.

    Half a surrogate pair, which JSON can hold but UTF-8 cannot, becomes "?".
    """
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return value.encode("utf-8", "replace").decode("utf-8")
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return str(value)


def as_label(value: Any) -> str | None:
    """Return a value as text without white space around it, "4" for "4.0", and "true" for "True".

    Raises:
        ValueError: the value is a list of several labels, or a text that is one.
    """
    return _label_of_text(value) if isinstance(value, str) else _label(value)


def _label(value: Any) -> str | None:
    items = value if isinstance(value, list) else written_list(value)
    if items is None:
        return _plain(value)
    if len(items) > 1:
        raise ValueError(f"{str(value)[:50]!r} holds several labels, for which there is --multi-label")
    return _plain(items[0]) if items else None


@lru_cache(maxsize=4096)  # millions of rows share a few labels
def _label_of_text(value: str) -> str | None:
    return _label(value)


def _plain(value: Any) -> str | None:
    """A value as text in one spelling: a table may write True or 4.0 where JSON has a truth value or an integer."""
    text = as_string(value)
    if text is None:
        return None
    text = _WHOLE.sub(r"\1", unicodedata.normalize("NFC", text.strip().strip(_INVISIBLE).strip()))
    return text.lower() if text.lower() in ("true", "false") else text


def as_named_label(value: Any, names: tuple[str, ...]) -> str | None:
    """Return the name of an integer label, counted from 0; a label that is a name already stays as it is.

    Raises:
        ValueError: there is no name of this number.
    """
    label = as_label(value)
    name = None if label is None else name_of_number(label, names)
    if label and name is None:
        raise ValueError(f"the label {label!r} is none of the {len(names)} that --label-names names, counted from 0")
    return name


def as_labels(value: Any, separator: str, names: tuple[str, ...] = ()) -> list[str]:
    """Return the different labels of a list, or of a string between separators; none for null.

    Args:
        value: the cell.
        separator: between labels in a string.
        names: names of integer labels, see `as_named_label`; () = the labels are as they are written.
    """
    labels = dict.fromkeys(label for item in label_items(value, separator) if (label := _plain(item)))
    return [str(as_named_label(label, names)) for label in labels] if names else list(labels)


def as_marked_labels(value: Any, separator: str, names: Sequence[str]) -> list[str]:
    """Return the names at the positions of a list of 0 and 1, or of a text such as "0110", that hold 1.

    Raises:
        ValueError: the list has another length than `names`, or another value.
    """
    marks = [as_bool(item) for item in written_bits(value) or label_items(value, separator)]
    if len(marks) != len(names):
        raise ValueError(f"a list of {len(marks)} marks, but there are {len(names)} labels")
    return [name for name, mark in zip(names, marks, strict=True) if mark]


def label_items(value: Any, separator: str) -> list[Any]:
    """Return the items of a list, of a text that is one, or of a string between separators."""
    items = value if isinstance(value, list) else written_list(value)
    return items if items is not None else [item for item in (as_string(value) or "").split(separator) if item.strip()]


def as_float(value: Any) -> float | None:
    """Return a value as a finite number."""
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = _plain(value)
    try:
        number = float(text) if text and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if text and not math.isfinite(number):
        raise ValueError(f"{text!r} is no number")
    return number if text else None


def as_int(value: Any) -> int | None:
    """Return a value as an integer of at most 18 digits."""
    text = _plain(value)
    if text and not _INTEGER.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number")
    return int(text) if text else None


def as_bool(value: Any) -> bool | None:
    """Return true and false in any case, 1 and 0 as a truth value."""
    text = (_plain(value) or "").lower()
    if text not in ("", "true", "false", "1", "0"):
        raise ValueError(f"{value!r} is neither true nor false")
    return text in ("true", "1") if text else None


def as_timestamp(value: Any) -> datetime | None:
    """Return a date, or a text in ISO 8601, as a time."""
    if isinstance(value, date):
        return value if isinstance(value, datetime) else datetime.combine(value, time())
    text = (as_string(value) or "").strip()
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no date or time such as 2016-07-01 00:15") from None


def as_list(value: Any, convert: Callable[[Any], Any]) -> list[Any] | None:
    """Return a list, or a text that is one in JSON, with its items converted."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            raise ValueError(f"{value[:50]!r} is no list such as [1, 2]") from None
    if value is not None and not isinstance(value, list):
        raise ValueError(f"{value!r} is no list such as [1, 2]")
    return None if value is None else [convert(item) for item in value]


_TYPES: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "string": ("string", as_string),
    "label": ("string", as_label),
    "float64": ("float64", as_float),
    "int64": ("int64", as_int),
    "bool": ("bool", as_bool),
    "timestamp[us]": ("timestamp[us]", as_timestamp),
}


class RowConverter:
    """Conversion of the rows of a file to rows of typed cells, one for each role.

    Args:
        columns: role -> its column.
        options: may name other types than the roles' usual ones.
        location: function that returns the place of a row by its number, for messages.

    Raises:
        ValueError: a type is unknown.
    """

    def __init__(self, columns: Columns, options: ReadOptions, location: Callable[[int], str]) -> None:
        self._columns = columns
        self._types = {role: options.types.get(role, role_of(role).cells) for role in columns}
        self._converters = [
            (role, column.names[0], column.names[1:], _converter(self._types[role], options))
            for role, column in columns.items()
        ]
        self._location = location

    def __call__(self, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        """Return the cells of the row with this number.

        Raises:
            DataError: a cell is not of its role's type; names the place and the column.
        """
        cells: dict[str, Any] = {}
        try:
            for role, name, more, convert in self._converters:
                if more and self._types[role] == "labels":
                    marked = {column: as_bool(row.get(column)) for column in (name, *more)}
                    pairs = zip(_labels_of(marked), marked.values(), strict=True)
                    cells[role] = [label for label, mark in pairs if mark]
                elif more:
                    texts = [convert(row.get(column)) for column in (name, *more)]
                    cells[role] = _TEXT_SEPARATOR.join(text for text in texts if text and not text.isspace())
                else:
                    cells[role] = convert(row.get(name))
        except ValueError as error:
            place = f"{self._location(number)}, column {str(self._columns[role])!r}"
            mend = f"correct it, or choose another column with {role_of(role).option}"
            raise DataError(f"{place}: {error}; {mend}") from None
        return cells

    def features(self) -> Features:
        """Return the declared type of each role's column."""
        from datasets import Features, Sequence, Value

        features = {}
        for role, name in self._types.items():
            item = "label" if name in ("labels", "marked labels") else _item_type(name)
            value = Value(_TYPES[item or name][0])
            features[role] = Sequence(value) if item else value  # `List` from datasets 4 on
        return Features(features)

    def keeps(self, role: str) -> bool:
        """Whether cells that already have the declared type of a role are not changed."""
        return self._types[role] not in ("label", "labels", "marked labels") and len(self._columns[role].names) == 1


def _labels_of(columns: Collection[str]) -> list[str]:
    """The labels that columns are named after: `noisy` and `late` of `labels.noisy` and `labels.late` in one object."""
    split = [column.rpartition(".") for column in columns]
    return [inner for _, _, inner in split] if len({outer for outer, _, _ in split}) == 1 else list(columns)


def _item_type(name: str) -> str | None:
    """The type of the items of `list[...]`; None for any other type."""
    return name[5:-1] if name.startswith("list[") and name.endswith("]") else None


def _converter(name: str, options: ReadOptions) -> Callable[[Any], Any]:
    if name == "labels":
        return partial(as_labels, separator=options.label_separator, names=options.label_names)
    if name == "marked labels":
        return partial(as_marked_labels, separator=options.label_separator, names=options.label_names)
    if name == "label" and options.label_names:
        return partial(as_named_label, names=options.label_names)
    item = _item_type(name)
    if (item or name) not in _TYPES:
        raise ValueError(f"no type {name!r} of cells: choose {', '.join(_TYPES)} or a list of one, list[float64]")
    return partial(as_list, convert=_TYPES[item][1]) if item else _TYPES[name][1]
