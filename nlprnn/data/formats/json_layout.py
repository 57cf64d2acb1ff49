"""Layouts of a table that is one JSON object: of data frames, by columns or rows, and with a key for each split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlprnn.data.column_roles import ROLES
from nlprnn.data.folders import split_of_name
from nlprnn.errors import DataError

_TOKEN_NAMES = {name for role in ("tokens", "tags") for tier in ROLES[role].usual for name in tier}


@dataclass(frozen=True)
class JsonLayout:
    """Layout of an object, and its rows.

    Attributes:
        form: the layout, for messages.
        rows: the rows: objects, or lists of cells.
        names: names of the cells where rows are lists; () = none.
        notes: what of the object is no row, a sentence each.
    """

    form: str
    rows: Iterator[Any]
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def split_keys(document: Any, origin: str) -> dict[str, str]:
    """Return the key of each split of an object whose keys are splits; {} for another.

    Raises:
        DataError: several keys could be the same split.
    """
    if not isinstance(document, dict):
        return {}
    keys: dict[str, list[str]] = {}
    for key, value in document.items():
        if isinstance(value, list | dict) and (split := split_of_name(key)):
            keys.setdefault(split, []).append(key)
    if "train" not in keys or any(_is_cell(row) for names in keys.values() for row in _first_rows(document[names[0]])):
        return {}
    chosen = {}
    for split, names in keys.items():
        plain = [name for name in names if name.isalpha()] if len(names) > 1 else names
        if len(plain) != 1:
            raise DataError(f"{origin}: several keys could be the {split} split ({', '.join(names)}); rename one")
        chosen[split] = plain[0]
    return chosen


def lay_out(value: Any) -> JsonLayout:
    """Return the rows of a value that holds a whole table: a list of rows, or an object in one of several layouts.

    The layouts are those of `to_json` of pandas ("columns", "index", "split", "table", "values") and of columns as
    lists, and an object with one list of rows among its values. Any other object is one row.
    """
    if isinstance(value, list):
        return JsonLayout("list", iter(value))
    columns, data = value.get("columns"), value.get("data")
    if _are_strings(columns) and _are_rows(data, list):
        return JsonLayout("data frame, split", iter(data), tuple(columns))
    if isinstance(value.get("schema"), dict) and _are_rows(data, dict):
        return JsonLayout("data frame, table", iter(data))
    values = list(value.values())
    if _are_rows(values, dict) and (keys := list(values[0])) and all(list(cells) == keys for cells in values):
        return _crossed(value, keys)
    lists = len(values) > 1 and all(isinstance(cells, list) and len(cells) == len(values[0]) > 1 for cells in values)
    if lists and not _TOKEN_NAMES & value.keys():
        return JsonLayout(
            "columns as lists", (dict(zip(value, cells, strict=True)) for cells in zip(*values, strict=True))
        )
    tables = [key for key, rows in value.items() if _are_rows(rows, dict) or _are_rows(rows, list)]
    if len(tables) == 1 and not _TOKEN_NAMES & value.keys():
        others = [key for key in value if key != tables[0]]
        note = f"the rows are those of the key {tables[0]!r}; {', '.join(others[:5])} left out"
        return JsonLayout(f"list of the key {tables[0]!r}", iter(value[tables[0]]), notes=(note,) if others else ())
    return JsonLayout("one object", iter([value]))


def _crossed(value: Mapping[str, Mapping[str, Any]], keys: Sequence[str]) -> JsonLayout:
    """Objects in an object: by rows or by columns, of which there are fewer where neither are numbers."""
    by_rows = all(map(str.isdigit, value)) or (len(value) > len(keys) and not all(map(str.isdigit, keys)))
    if by_rows:
        return JsonLayout("data frame, index", iter(value.values()))
    if len(value) == 1 and not all(map(str.isdigit, keys)):
        return JsonLayout("one object", iter([value]))
    return JsonLayout("data frame, columns", ({name: value[name][key] for name in value} for key in keys))


def _first_rows(table: Any) -> list[Any]:
    return table[:1] if isinstance(table, list) else []


def _is_cell(row: Any) -> bool:
    return not isinstance(row, dict | list)


def _are_rows(rows: Any, kind: type) -> bool:
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, kind) for row in rows)


def _are_strings(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)
