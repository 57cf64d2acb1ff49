"""Rows of a table between delimiters, whose quotation marks may quote values or be plain characters."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

MARK = '"'

# The csv module's limit of 131,072 characters a cell is too low for documents.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


class Marks(Enum):
    """Meaning of quotation marks in a table.

    They quote values, all of which end in their lines (`WITHIN_LINES`) or not (`QUOTING`), also with a backslash as
    an escape character (`ESCAPED`), or are plain characters.
    """

    WITHIN_LINES = "within lines"
    QUOTING = "quoting"
    PLAIN = "plain"
    ESCAPED = "escaped"


class Reading(Enum):
    """Way in which a row was read."""

    CLEAR = "clear"
    STRAY = "stray"  # its quotation marks are plain characters, though they look like quoting ones
    SPANNING = "spanning"  # of several lines, each of which could be a row


@dataclass(frozen=True)
class Layout:
    """Cells of a table.

    Attributes:
        delimiter: the character between cells.
        width: number of cells in a row.
        marks: meaning of quotation marks.
        known: for each column its values in the first rows where they recur, as labels do; else None.
        quoted_header: whether the first line quotes its cells, so that a program wrote the file that closes quotations.
    """

    delimiter: str
    width: int
    marks: Marks = Marks.QUOTING
    known: tuple[frozenset[str] | None, ...] = ()
    quoted_header: bool = False


NumberedCells = Iterator[tuple[int, list[str], Reading]]


class QuotationError(Exception):
    """A quotation that never ends, or that ends inside a value.

    Args:
        line: number of the line where the row begins.
        reason: the reason, of the csv module.
    """

    def __init__(self, line: int, reason: csv.Error) -> None:
        super().__init__(str(reason))
        self.line = line


def split_rows(lines: Iterable[str], layout: Layout) -> NumberedCells:
    """Yield (line number, cells, reading) for each row; an empty line has no cells.

    A quotation that does not end in its line continues in the next ones. Where each of these lines could be a row,
    the mark is a plain character if the values of the lines recur in their columns, as labels do, or, in a table
    without such columns, if the delimiter is a tab. So it is where the quotation never ends or ends inside a value,
    and the line without it has the right number of cells.

    Raises:
        QuotationError: a quotation never ends, or ends inside a value.
    """
    if layout.marks is Marks.PLAIN:
        yield from ((number, _plain_cells(line, layout), Reading.CLEAR) for number, line in enumerate(lines, start=1))
        return
    if layout.marks is Marks.WITHIN_LINES:
        try:
            rows = csv.reader(lines, delimiter=layout.delimiter, strict=True)
            yield from ((rows.line_num, cells, Reading.CLEAR) for cells in rows)
        except csv.Error as error:
            raise QuotationError(rows.line_num, error) from None
        return
    lines = iter(lines)
    ahead: deque[str] = deque()
    delimiter, escaped = layout.delimiter, layout.marks is Marks.ESCAPED
    number = 1
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        if MARK not in line and not escaped:
            text = line.removesuffix("\n").removesuffix("\r")
            yield number, text.split(delimiter) if text else [], Reading.CLEAR
            number += 1
            continue
        consumed = [line]
        cells, reading = _quoted_cells(consumed, ahead, lines, layout, number)
        if reading is Reading.STRAY:  # the lines after it are read again
            ahead.extendleft(reversed(consumed[1:]))
        yield number, cells, reading
        number += 1 if reading is Reading.STRAY else len(consumed)


def _quoted_cells(
    consumed: list[str], ahead: deque[str], lines: Iterator[str], layout: Layout, number: int
) -> tuple[list[str], Reading]:
    """The cells of the row that begins with the line in `consumed`, to which the other lines of the row are added."""
    try:
        cells = next(_csv_rows(_remembered(consumed, ahead, lines), layout))
    except csv.Error as error:
        plain = _plain_cells(consumed[0], layout)
        if len(plain) != layout.width or layout.marks is Marks.ESCAPED:
            raise QuotationError(number, error) from None
        return plain, Reading.STRAY
    if len(consumed) == 1 or layout.marks is Marks.ESCAPED:
        return cells, Reading.CLEAR
    rows = [row for line in consumed if (row := _row_of_line(line, layout))]
    if len(rows) < len(consumed):
        return cells, Reading.CLEAR
    if len(cells) != layout.width or _are_rows(rows, layout):
        return rows[0], Reading.STRAY
    return cells, Reading.SPANNING


def _remembered(consumed: list[str], ahead: deque[str], lines: Iterator[str]) -> Iterator[str]:
    """The line in `consumed` and those after it, which are added to `consumed` when they are taken."""
    yield consumed[0]
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        consumed.append(line)
        yield line


def _csv_rows(lines: Iterable[str], layout: Layout) -> Iterator[list[str]]:
    escape = "\\" if layout.marks is Marks.ESCAPED else None
    return csv.reader(lines, delimiter=layout.delimiter, escapechar=escape, strict=True)


def _plain_cells(line: str, layout: Layout) -> list[str]:
    text = line.removesuffix("\n").removesuffix("\r")
    return text.split(layout.delimiter) if text else []


def _row_of_line(line: str, layout: Layout) -> list[str] | None:
    """The cells of a line that is a row by itself; None for another."""
    if MARK in line:
        try:
            cells = next(_csv_rows((line,), layout))
        except csv.Error:
            cells = []
        if len(cells) == layout.width:
            return cells
    cells = _plain_cells(line, layout)
    return cells if len(cells) == layout.width else None


def _are_rows(rows: Sequence[Sequence[str]], layout: Layout) -> bool:
    """Whether lines that could be a row each, or a quotation together, are rows."""
    if layout.quoted_header:
        return False
    recurring = [(column, values) for column, values in enumerate(layout.known) if values is not None]
    if not recurring:
        return layout.delimiter == "\t"
    return all(row[column] in values for row in rows for column, values in recurring)
