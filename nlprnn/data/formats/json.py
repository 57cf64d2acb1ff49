"""JSON: an object a line (JSON lines), or one list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlprnn.data.formats.lines import read_lines, text_encoding
from nlprnn.data.formats.source import Dialect
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_EXTREME = "a number of too many digits, or lists or objects too deep in each other"


def read_json(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, row) for each object; values keep their JSON types.

    One level of nested objects becomes columns "outer.inner".

    Raises:
        DataError: the file is damaged, or a value is no object; names the line.
    """
    values = _values_of_list(path, options) if _is_list(path, options) else _values_of_lines(path, options)
    for line, value in values:
        if not isinstance(value, dict):
            kind = {list: "a list", str: "a string", type(None): "null"}.get(type(value), "a number")
            raise DataError(f'{path}, line {line}: {kind} where an object such as {{"text": "..."}} is needed')
        row: dict[str, Any] = {}
        for name, item in value.items():
            if isinstance(item, dict):
                row.update((f"{name}.{inner}", nested) for inner, nested in item.items())
            else:
                row[name] = item
        yield line, row


def json_dialect(path: Path, options: ReadOptions) -> Dialect:
    """Return the form in which a file is written: lines, or a list."""
    return Dialect(
        "JSON list of objects" if _is_list(path, options) else "JSON lines", text_encoding(path, options.encoding)
    )


def _is_list(path: Path, options: ReadOptions) -> bool:
    first = next((line for line in read_lines(path, options.encoding) if not line.isspace()), "")
    return first.lstrip().startswith("[")


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
    decoder = json.JSONDecoder()

    def after_space(position: int) -> int:
        while position < len(text) and text[position].isspace():
            position += 1
        return position

    line, counted = 1, 0
    position = after_space(after_space(0) + 1)
    try:
        while not text.startswith("]", position):
            value, end = decoder.raw_decode(text, position)
            line, counted = line + text.count("\n", counted, position), position
            yield line, value
            position = after_space(end)
            if text.startswith(",", position):
                position = after_space(position + 1)
            elif not text.startswith("]", position):
                raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
        if after_space(position + 1) < len(text):
            raise json.JSONDecodeError("Extra data after the list", text, after_space(position + 1))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}, column {error.colno})") from None
    except (ValueError, RecursionError):
        raise DataError(f"{path}, line {1 + text.count(chr(10), 0, position)}: {_EXTREME}") from None
