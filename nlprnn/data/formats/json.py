"""JSON: an object a line (JSON lines), one list of rows, or one object that holds a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from nlprnn.data.cells import as_string
from nlprnn.data.column_roles import counted
from nlprnn.data.formats.header import Naming, name_columns
from nlprnn.data.formats.json_layout import JsonLayout, lay_out, split_keys
from nlprnn.data.formats.lines import read_lines, suffix, text_encoding
from nlprnn.data.formats.source import Dialect, Source, TextFile
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_EXTREME = "a number of too many digits, or lists or objects too deep in each other"
_HEAD_ROWS = 501
LINE_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")
_DECODER = json.JSONDecoder()
_LINES, _LIST, _DOCUMENT = "JSON lines", "JSON list", "JSON"
_NamedRow = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class JsonDocument(TextFile):
    """File that is one JSON object; its rows have numbers, as their lines are not known."""

    unit = "row"


def open_json(path: Path, options: ReadOptions) -> Source:
    """Open a JSON file as one table."""
    return _open(path, options, None)


def open_json_splits(path: Path, options: ReadOptions) -> dict[str, Source]:
    """Open a JSON file whose keys are splits, as the source of each; {} for any other file.

    Raises:
        DataError: the file is damaged, or several keys could be the same split.
    """
    if _shape(path, options) != _DOCUMENT:
        return {}
    keys = split_keys(_document(path, options), str(path))
    return {split: _open(path, options, key) for split, key in keys.items()}


def _open(path: Path, options: ReadOptions, key: str | None) -> Source:
    kind = JsonDocument if key or _shape(path, options) == _DOCUMENT else TextFile
    origin = f"{path} ({key})" if key else str(path)
    return kind(origin, options, (path,), partial(read_json, key=key), partial(json_dialect, key=key))


def read_json(path: Path, options: ReadOptions, key: str | None = None) -> Iterator[_NamedRow]:
    """Yield (line or row number, row) for each row; values keep their JSON types.

    One level of nested objects becomes columns "outer.inner". The cells of a row that is a list have the names of
    `--columns`, of a first row of names, or numbers.

    Args:
        path: the file.
        options: options for reading.
        key: key of the rows, in a file whose keys are splits.

    Raises:
        DataError: the file is damaged, or a value is no row; names the place.
    """
    layout, values = _rows(path, options, key)
    naming = None
    for number, value in values:
        if isinstance(value, dict):
            yield number, _flat(value)
            continue
        if naming is None:
            naming = _described(path, options, key)[2]
            if naming is not None and naming.header:
                continue
        if not isinstance(value, list) or naming is None:
            kind = {list: "a list", str: "a string", type(None): "null"}.get(type(value), "a number")
            place = f"{path}, {'row' if layout else 'line'} {number}"
            raise DataError(f'{place}: {kind} where an object such as {{"text": "..."}} is needed')
        if len(value) != len(naming.names):
            place = f"{path}, {'row' if layout else 'line'} {number}"
            raise DataError(f"{place}: {counted(len(value), 'cell')}, but the first row has {len(naming.names)}")
        yield number, {name: cell for name, cell in zip(naming.names, value, strict=True) if name is not None}


def json_dialect(path: Path, options: ReadOptions, key: str | None = None) -> Dialect:
    """Return the form in which a file is written: lines, a list, or the layout of an object."""
    form, notes, naming = _described(path, options, key)
    if naming:
        notes += naming.notes
    numbered = naming is not None and naming.numbered
    return Dialect(form, text_encoding(path, options.encoding), notes, numbered, headed=naming is not None)


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, dict):
            row.update((f"{name}.{inner}", nested) for inner, nested in item.items())
        else:
            row[name] = item
    return row


def _rows(path: Path, options: ReadOptions, key: str | None) -> tuple[JsonLayout | None, Iterator[tuple[int, Any]]]:
    """The rows with their numbers; and the layout, if it is an object."""
    shape = _shape(path, options)
    if shape == _LINES:
        return None, _values_of_lines(path, options)
    if shape == _LIST:
        return None, _values_of_list(path, options)
    document = _document(path, options)
    layout = lay_out(document[key] if key else document)
    return layout, enumerate(layout.rows, start=1)


def _described(path: Path, options: ReadOptions, key: str | None) -> tuple[str, tuple[str, ...], Naming | None]:
    return _known_description(path, _version(path), options.encoding, options.header, options.columns, key)


@lru_cache(maxsize=64)
def _known_description(
    path: Path,
    version: tuple[int, int],
    encoding: str | None,
    header: bool | None,
    columns: tuple[str, ...],
    key: str | None,
) -> tuple[str, tuple[str, ...], Naming | None]:
    """The form of a file, notes, and the names of the cells where the first row is a list of them, else None."""
    options = ReadOptions(encoding=encoding, header=header, columns=columns)
    layout, values = _rows(path, options, key)
    naming = _naming([value for _, value in islice(values, _HEAD_ROWS)], layout, options, str(path))
    if layout is None:
        shape = _shape(path, options)
        return shape + (" of lists" if naming else " of objects" if shape == _LIST else ""), (), naming
    unused: list[str] = []
    if key:
        document = _document(path, options)
        unused += document.keys() - split_keys(document, str(path)).values()
    notes = (f"left out of its keys: {', '.join(sorted(unused)[:5])}",) if unused else ()
    return f"JSON, {layout.form}", (*layout.notes, *notes), naming


def _naming(head: Sequence[Any], layout: JsonLayout | None, options: ReadOptions, origin: str) -> Naming | None:
    if not head or not isinstance(head[0], list) or not head[0]:
        return None
    if layout and layout.names:
        return Naming(False, layout.names, False)
    width = len(head[0])
    texts = [[as_string(cell) or "" for cell in row] for row in head if isinstance(row, list) and len(row) == width]
    if not options.columns and not all(isinstance(cell, str) for cell in head[0]):
        options = ReadOptions(header=False)
    return name_columns(texts[0], texts[1:], width, options, origin)


def _shape(path: Path, options: ReadOptions) -> str:
    if suffix(path) in LINE_SUFFIXES:
        return _LINES
    return _known_shape(path, _version(path), options.encoding)


def _version(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=64)
def _known_shape(path: Path, version: tuple[int, int], encoding: str | None) -> str:
    """Whether a file has a value a line, or is one list or object."""
    filled = (line for line in read_lines(path, encoding) if not line.isspace())
    first, second = [*islice(filled, 2), "", ""][:2]
    try:
        whole = json.loads(first)
    except (ValueError, RecursionError):
        whole = None
    if whole is not None and second.lstrip().startswith(first.lstrip()[0]):
        return _LINES
    if first.lstrip().startswith("["):
        return _LIST
    return _DOCUMENT if first.lstrip().startswith("{") and not (whole is not None and second) else _LINES


def _document(path: Path, options: ReadOptions) -> Any:
    """The object of a file, or the list of the objects of which it has several."""
    text = "".join(read_lines(path, options.encoding))
    values = []
    position = _after_space(text, 0)
    try:
        while position < len(text):
            value, position = _DECODER.raw_decode(text, position)
            values.append(value)
            position = _after_space(text, position)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}: not valid JSON ({error.msg}, column {error.colno}); "
            "each line must be one object, or the file one list or object"
        ) from None
    except (ValueError, RecursionError):
        raise DataError(f"{path}, line {1 + text.count(chr(10), 0, position)}: {_EXTREME}") from None
    return values[0] if len(values) == 1 else values


def _values_of_lines(path: Path, options: ReadOptions) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(read_lines(path, options.encoding), start=1):
        if line.isspace():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(
                f"{path}, line {number}: not valid JSON ({error.msg}, column {error.colno}); "
                "each line must be one object, or the file one list of objects"
            ) from None
        except (ValueError, RecursionError):
            raise DataError(f"{path}, line {number}: {_EXTREME}") from None
        yield number, value


def _values_of_list(path: Path, options: ReadOptions) -> Iterator[tuple[int, Any]]:
    text = "".join(read_lines(path, options.encoding))
    line, counted_to = 1, 0
    position = _after_space(text, _after_space(text, 0) + 1)
    try:
        while not text.startswith("]", position):
            value, end = _DECODER.raw_decode(text, position)
            line, counted_to = line + text.count("\n", counted_to, position), position
            yield line, value
            position = _after_space(text, end)
            if text.startswith(",", position):
                position = _after_space(text, position + 1)
            elif not text.startswith("]", position):
                raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
        if (end := _after_space(text, position + 1)) < len(text):
            raise json.JSONDecodeError("Extra data after the list", text, end)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}, column {error.colno})") from None
    except (ValueError, RecursionError):
        raise DataError(f"{path}, line {1 + text.count(chr(10), 0, position)}: {_EXTREME}") from None


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
