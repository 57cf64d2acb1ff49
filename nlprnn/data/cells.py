"""Types of cells: how a value of a file becomes a value of a table's column.

A type is one of `string`, `label` (a string in one way of writing), `labels` (a list of them), `float64`, `int64`,
`bool`, `timestamp[us]` (UTC), or `list[...]` of one of the last four or of `string`. A missing value is None in all.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from nlprnn.data.column_roles import Columns, role_of
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Features

_TEXT_SEPARATOR = "\n"
_WHOLE = re.compile(r"^([+-]?\d+)\.0+$")
_INTEGER = re.compile(r"[+-]?\d{1,18}")


def as_string(value: Any) -> str | None:
    """Return a cell as text.

    Whole numbers have no fraction ("4" for 4.0), true and false are in small letters, words of a list have
    spaces between them. Half a surrogate pair, which JSON can hold but UTF-8 cannot, becomes "?".
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
    """Return a cell as a label: as `as_string`, without white space around it, and "4" for "4.0"."""
    text = as_string(value)
    return text if text is None else _WHOLE.sub(r"\1", text.strip())


def as_labels(value: Any, separator: str) -> list[str]:
    """Return a cell as the different labels of a list, or of a string between separators; none of null."""
    items = value if isinstance(value, list) else (as_string(value) or "").split(separator)
    return list(dict.fromkeys(label for item in items if (label := as_label(item))))


def as_float(value: Any) -> float | None:
    """Return a cell as a number.

    Raises:
        ValueError: it is none, or not finite.
    """
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = as_label(value)
    try:
        number = float(text) if text and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if text and not math.isfinite(number):
        raise ValueError(f"{text!r} is no number")
    return number if text else None


def as_int(value: Any) -> int | None:
    """Return a cell as a whole number of at most 18 digits.

    Raises:
        ValueError: it is none.
    """
    text = as_label(value)
    if text and not _INTEGER.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number")
    return int(text) if text else None


def as_bool(value: Any) -> bool | None:
    """Return a cell as a truth value: of true and false in any case, or of 1 and 0.

    Raises:
        ValueError: it is none.
    """
    text = (as_label(value) or "").lower()
    if text not in ("", "true", "false", "1", "0"):
        raise ValueError(f"{value!r} is neither true nor false")
    return None if not text else text in ("true", "1")


def as_timestamp(value: Any) -> datetime | None:
    """Return a cell as a time: of a date, or of ISO 8601 such as "2016-07-01 00:15".

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    text = (as_string(value) or "").strip()
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no date or time such as 2016-07-01 00:15") from None


def as_list(value: Any, convert: Callable[[Any], Any]) -> list[Any] | None:
    """Return a cell as a list: of a list, or of text that is one in JSON.

    Raises:
        ValueError: it is none, or an item is of another type.
    """
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError(f"{value[:50]!r} is no list such as [1, 2]") from None
    if value is not None and value != "" and not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return [convert(item) for item in value] if isinstance(value, list) else None


@dataclass(frozen=True)
class ReadOptions:
    """What the user says of how a file is to be read.

    Attributes:
        types: role -> type of its cells, where it is another than the role's usual one.
        label_separator: what separates labels in a string.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    label_separator: str = ";"


_CONVERTERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "string": ("string", as_string),
    "label": ("string", as_label),
    "float64": ("float64", as_float),
    "int64": ("int64", as_int),
    "bool": ("bool", as_bool),
    "timestamp[us]": ("timestamp[us]", as_timestamp),
}


class RowConverter:
    """Makes rows of typed cells, one for each role, of rows as they are in a file.

    Args:
        columns: role -> its column.
        options: may name other types than the roles' usual ones.

    Raises:
        ValueError: there is no such type.
    """

    def __init__(self, columns: Columns, options: ReadOptions) -> None:
        self._columns = columns
        self._types = {role: options.types.get(role, role_of(role).cells) for role in columns}
        self._converters = {role: _converter(kind, options) for role, kind in self._types.items()}

    def __call__(self, row: Mapping[str, Any], location: str) -> dict[str, Any]:
        """Return the cells of a row.

        Raises:
            DataError: a cell is not of its role's type; names `location` and the column.
        """
        cells: dict[str, Any] = {}
        for role, convert in self._converters.items():
            column = self._columns[role]
            try:
                values = [convert(row.get(name)) for name in column.names]
            except ValueError as error:
                mend = f"correct it, or choose another field with {role_of(role).option}"
                raise DataError(f"{location}, field {str(column)!r}: {error}; {mend}") from None
            cells[role] = values[0] if len(values) == 1 else _concatenate(values)
        return cells

    def features(self) -> Features:
        """Return the declared type of each role's column."""
        from datasets import Features, List, Value

        features = {}
        for role, kind in self._types.items():
            item = Value("string" if kind == "labels" else _CONVERTERS[_item_type(kind) or kind][0])
            features[role] = List(item) if kind == "labels" or _item_type(kind) else item
        return Features(features)

    def keeps(self, role: str) -> bool:
        """Whether cells that are of the declared type of a role already stay as they are."""
        return self._types[role] not in ("label", "labels") and len(self._columns[role].names) == 1


def _item_type(kind: str) -> str | None:
    """The type of the items of `list[...]`; None of any other type."""
    return kind[5:-1] if kind.startswith("list[") and kind.endswith("]") else None


def _converter(kind: str, options: ReadOptions) -> Callable[[Any], Any]:
    item = _item_type(kind)
    if kind != "labels" and (item or kind) not in _CONVERTERS:
        raise ValueError(f"no type {kind!r} of cells: choose {', '.join(_CONVERTERS)} or a list of one, list[float64]")
    if kind == "labels":
        return partial(as_labels, separator=options.label_separator)
    return partial(as_list, convert=_CONVERTERS[item][1]) if item else _CONVERTERS[kind][1]


def _concatenate(texts: list[str | None]) -> str:
    return _TEXT_SEPARATOR.join(text for text in texts if text and not text.isspace())
