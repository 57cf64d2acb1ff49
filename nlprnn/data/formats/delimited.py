"""CSV and TSV: rows of cells between delimiters, under a header with the names of the columns."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from nlprnn.data.column_roles import counted
from nlprnn.data.formats.lines import read_lines, suffix, text_encoding
from nlprnn.data.formats.source import Dialect
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE


def read_delimited(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) for each row; all cells are strings as written.

    Raises:
        DataError: the file is damaged, or a row is longer or shorter than the header; names the line.
    """
    # The csv module's limit of 131,072 characters a cell is too low for documents.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    delimiter = "\t" if suffix(path) == ".tsv" else _sniff_delimiter(path, options)
    quoting: _Quoting = csv.QUOTE_NONE if delimiter == "\t" and not _is_quoted(path, options) else csv.QUOTE_MINIMAL
    cells_of_rows = csv.reader(
        read_lines(path, options.encoding, universal=True), delimiter=delimiter, quoting=quoting, strict=True
    )
    header: list[str] = []
    line = 1
    try:
        for cells in cells_of_rows:
            if not header:
                header = [name.strip() for name in cells]
                for name in header:
                    if name and header.count(name) > 1:
                        raise DataError(f"{path}, line 1: the header names the column {name!r} twice; rename one")
            elif cells:
                if len(cells) != len(header):
                    raise DataError(
                        f"{path}, line {line}: {counted(len(cells), 'cell')}, but the header has {len(header)} "
                        f"(delimiter: {_DELIMITERS[delimiter]}); put values that hold it in quotation marks"
                    )
                yield line, dict(zip(header, cells, strict=True))
            line = cells_of_rows.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {line}: quotation marks do not match ({error}); "
            "close each quoted value and double the quotation marks inside it"
        ) from None


def delimited_dialect(path: Path, options: ReadOptions) -> Dialect:
    """Return the form in which a file is written: its delimiter."""
    delimiter = "\t" if suffix(path) == ".tsv" else _sniff_delimiter(path, options)
    return Dialect(f"table, delimiter: {_DELIMITERS[delimiter]}", text_encoding(path, options.encoding))


def _sniff_delimiter(path: Path, options: ReadOptions) -> str:
    """The delimiter that splits the first rows into the most cells, the same number in each as in the header."""
    head = list(islice(read_lines(path, options.encoding, universal=True), 200))
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if row]
        except csv.Error:  # an error of the reading proper, which knows the line
            continue
        # The last row may end inside a quoted value.
        widths = {len(row) for row in (rows[:-1] if len(rows) > 2 else rows)}
        if len(widths) == 1 and max(widths) > most:
            best, most = delimiter, max(widths)
    if most == 1 and head:  # no delimiter fits every row: let the header decide, and the bad row be named
        best = max(_DELIMITERS, key=head[0].count)
    return best


def _is_quoted(path: Path, options: ReadOptions) -> bool:
    """Whether a tab-separated file quotes values; in many of them a quotation mark is a plain character."""
    return _is_even(path, options, csv.QUOTE_MINIMAL) or not _is_even(path, options, csv.QUOTE_NONE)


def _is_even(path: Path, options: ReadOptions, quoting: _Quoting) -> bool:
    rows = csv.reader(read_lines(path, options.encoding, universal=True), delimiter="\t", quoting=quoting, strict=True)
    try:
        return len({len(row) for row in rows if row}) <= 1
    except csv.Error:
        return False
