"""Rows of one text file, each with its line number: JSON, CSV, TSV and plain text, plain or packed with gzip.

Damage is never passed over in silence: a DataError names the file, the line and the mend.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from nlprnn.errors import DataError

Row = dict[str, Any]

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FASTTEXT_PREFIX = "__label__"
_EXTREME = "a number of too many digits, or lists or objects too deep in each other"


def file_format(path: Path) -> str | None:
    """The format by the suffix (before ".gz"): json, csv, tsv, txt or parquet; None for any other."""
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    formats = {".json": "json", ".jsonl": "json", ".csv": "csv", ".tsv": "tsv", ".txt": "txt"}
    if suffix == ".parquet" and not packed:
        return "parquet"
    return formats.get(suffix)


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their line ends; a byte order mark is dropped.

    Raises:
        DataError: the file cannot be opened, is damaged gzip, or a line is not UTF-8.
    """
    number = 0
    try:
        with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if number == 1:
                    raw = raw.removeprefix(b"\xef\xbb\xbf")
                yield raw.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"byte 0x{error.object[error.start]:02X} at position {error.start + 1} of the line is not UTF-8"
        if number == 1 and error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
            what = "the text is UTF-16"
        raise DataError(f"{path}, line {number}: {what}; save the file as UTF-8") from None
    except gzip.BadGzipFile as error:
        raise DataError(f"{path} is not a sound gzip file ({error}): pack it again or drop the .gz") from None
    except EOFError:
        raise DataError(f"{path} is cut off (the gzip stream has no end): copy or download it again") from None
    except zlib.error as error:
        raise DataError(f"{path} is damaged ({error}): copy or download it again") from None
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None


def read_text(path: Path) -> str:
    """The whole text of a UTF-8 file, with line ends \\r\\n turned into \\n.

    Raises:
        DataError: as `read_lines`, or the file is empty.
    """
    text = "".join(read_lines(path)).replace("\r\n", "\n")
    if not text:
        raise DataError(f"{path} is empty")
    return text


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield (line number, row) for each row of a file.

    One level of nested objects becomes columns "outer.inner". Values of CSV, TSV and plain text are
    strings as written; values of JSON keep their JSON types.

    Raises:
        DataError: the file is damaged, or a row does not fit the others.
    """
    readers: dict[str | None, Callable[[Path], Iterator[tuple[int, Row]]]] = {
        "json": _read_json,
        "csv": _read_delimited,
        "tsv": _read_delimited,
        "txt": _read_plain,
    }
    return readers[file_format(path)](path)


def _read_json(path: Path) -> Iterator[tuple[int, Row]]:
    first = next((line for line in read_lines(path) if not line.isspace()), "")
    if first.lstrip().startswith("["):
        yield from _read_json_array(path)
        return
    for number, line in enumerate(read_lines(path), start=1):
        if line.isspace():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(
                f"{path}, line {number}: not valid JSON ({error.msg}, column {error.colno}); "
                "each line must be one object, or the file one list of objects"
            ) from None
        except (ValueError, RecursionError):
            raise DataError(f"{path}, line {number}: {_EXTREME}") from None
        yield number, _checked_object(row, path, number)


def _read_json_array(path: Path) -> Iterator[tuple[int, Row]]:
    text = "".join(read_lines(path))
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
            yield line, _checked_object(value, path, line)
            position = after_space(end)
            if text.startswith(",", position):
                position = after_space(position + 1)
            elif not text.startswith("]", position):
                raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
        if after_space(position + 1) < len(text):
            raise json.JSONDecodeError("Extra data after the list", text, after_space(position + 1))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: not valid JSON ({error.msg}, column {error.colno})") from None
    except DataError:  # a ValueError too
        raise
    except (ValueError, RecursionError):
        raise DataError(f"{path}, line {1 + text.count(chr(10), 0, position)}: {_EXTREME}") from None


def _checked_object(value: Any, path: Path, line: int) -> Row:
    if not isinstance(value, dict):
        kind = {list: "a list", str: "a string", type(None): "null"}.get(type(value), "a number")
        raise DataError(f'{path}, line {line}: {kind} where an object such as {{"text": "..."}} is needed')
    row: Row = {}
    for name, item in value.items():
        if isinstance(item, dict):
            row.update({f"{name}.{inner}": part for inner, part in item.items()})
        else:
            row[name] = item
    return row


def _read_delimited(path: Path) -> Iterator[tuple[int, Row]]:
    # The csv module's limit of 131,072 characters a field is too low for documents.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    delimiter = "\t" if file_format(path) == "tsv" else _sniff_delimiter(path)
    plain_quotes = delimiter == "\t" and not _is_quoted(path)
    quoting = csv.QUOTE_NONE if plain_quotes else csv.QUOTE_MINIMAL
    reader = csv.reader(read_lines(path), delimiter=delimiter, quoting=quoting, strict=True)
    header: list[str] = []
    line = 1
    try:
        for values in reader:
            if not header:
                header = [name.strip() for name in values]
                _check_header(header, path)
            elif values:
                if len(values) != len(header):
                    raise DataError(
                        f"{path}, line {line}: {_fields(len(values))}, but the header has {len(header)} "
                        f"(delimiter: {_DELIMITERS[delimiter]}); put values that hold it in quotation marks"
                    )
                yield line, dict(zip(header, values, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {line}: quotation marks do not match ({error}); "
            "close each quoted value and double the quotation marks inside it"
        ) from None


def _fields(number: int) -> str:
    return f"{number} field" if number == 1 else f"{number} fields"


def _check_header(header: list[str], path: Path) -> None:
    for name in header:
        if name and header.count(name) > 1:
            raise DataError(f"{path}, line 1: the header names the field {name!r} twice; rename one")


def _sniff_delimiter(path: Path) -> str:
    """The delimiter that cuts the first rows into the most fields, as many in each as in the header."""
    head = list(islice(read_lines(path), 200))
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if row]
        except csv.Error:  # left to the reader, which knows the line
            continue
        # The last row may be cut off inside a quoted value.
        widths = {len(row) for row in (rows[:-1] if len(rows) > 2 else rows)}
        if len(widths) == 1 and max(widths) > most:
            best, most = delimiter, max(widths)
    if most == 1 and head:  # no delimiter fits every row: let the header decide, the reader will name the bad row
        best = max(_DELIMITERS, key=head[0].count)
    return best


def _is_quoted(path: Path) -> bool:
    """Whether a tab-separated file quotes values; in many of them a quotation mark is a plain character."""
    return _is_even(path, csv.QUOTE_MINIMAL) or not _is_even(path, csv.QUOTE_NONE)


def _is_even(path: Path, quoting: int) -> bool:
    reader = csv.reader(read_lines(path), delimiter="\t", quoting=quoting, strict=True)
    try:
        return len({len(row) for row in reader if row}) <= 1
    except csv.Error:
        return False


def _read_plain(path: Path) -> Iterator[tuple[int, Row]]:
    labelled: bool | None = None
    for number, line in enumerate(read_lines(path), start=1):
        text = line.strip()
        if not text:
            continue
        if labelled is None:
            labelled = text.startswith(_FASTTEXT_PREFIX)
        if not labelled:
            yield number, {"text": line.rstrip("\r\n")}
            continue
        label, text = [*text.split(None, 1), ""][:2]
        if not label.startswith(_FASTTEXT_PREFIX) or text.startswith(_FASTTEXT_PREFIX):
            raise DataError(f"{path}, line {number}: must start with exactly one {_FASTTEXT_PREFIX}... word, as line 1")
        yield number, {"text": text, "label": label.removeprefix(_FASTTEXT_PREFIX)}
