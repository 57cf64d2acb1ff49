"""Recognition of the delimiter of a table: the one that gives every row the same number of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from nlprnn.data.formats.quotation import MARK, Layout, Marks, QuotationError, Reading, split_rows

DELIMITERS = {"\t": "tab", "|": "bar", ";": "semicolon", ",": "comma"}
"""Names of the usual delimiters; the first ones are the rarest in texts."""

NO_DELIMITER = "\x1f"
"""Delimiter of a table of one column, whose values may hold all usual ones."""

_ROW_NAME = re.compile(r"[\w.:/-]{1,30}")
_DECLARED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def declared_delimiter(line: str) -> str | None:
    """Return the delimiter that a first line such as `sep=;` declares, as spreadsheets write it; None for another."""
    match = _DECLARED.fullmatch(line.rstrip("\r\n"))
    return match and match.group(1)


def even_layout(head: Sequence[str], delimiters: Sequence[str], *, truncated: bool) -> Layout | None:
    """Return the layout with two cells or more, the same number in each row; None without such.

    Of several delimiters the one with the fewest stray quotation marks is chosen, then one that is not mostly followed
    by a space as in texts, then the first. A header may have a cell less than the rows, where these begin with names of
    the rows, as R writes them, or end with an empty cell; or it may have a last one that is empty.

    Args:
        head: the first lines.
        delimiters: the delimiters that are possible.
        truncated: whether more lines follow, so that the last row may be incomplete.
    """
    layouts = []
    for rank, delimiter in enumerate(delimiters):
        spaced = sum(line.count(f"{delimiter} ") for line in head) > sum(line.count(delimiter) for line in head) / 2
        for layout in _possible(head, delimiter):
            stray = _stray_marks(head, layout, truncated=truncated)
            if stray is not None:
                layouts.append(((stray, spaced, rank), layout))
                break
    return _with_known_values(head, min(layouts, key=lambda item: item[0])[1]) if layouts else None


def find_layout(head: Sequence[str], delimiters: Sequence[str], *, truncated: bool) -> Layout:
    """Return the layout as `even_layout` does; without such, the delimiter and width of the first line.

    Args:
        head: the first lines.
        delimiters: the delimiters that are possible.
        truncated: whether more lines follow, so that the last row may be incomplete.
    """
    if layout := even_layout(head, delimiters, truncated=truncated):
        return layout
    best = max(reversed(delimiters), key=head[0].count)
    layout = Layout(best, len(cells_of_line(head[0], best)))
    is_even = _stray_marks(head, layout, truncated=truncated) is not None
    return layout if layout.width > 1 or is_even else Layout(NO_DELIMITER, 1, Marks.PLAIN)


def cells_of_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line by itself; its quotation marks are plain characters where they do not match."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)


def is_blank(cells: Sequence[str], width: int) -> bool:
    """Whether cells are those of a blank line."""
    return not cells or (len(cells) == 1 < width and not cells[0].strip())


def fits_header(header: Sequence[str], width: int) -> bool:
    """Whether a header fits rows of this width; see `even_layout`."""
    missing = width - len(header)
    return missing == 0 or (missing == 1 and len(header) > 1) or (missing == -1 and not header[-1].strip())


def _possible(head: Sequence[str], delimiter: str) -> Iterator[Layout]:
    """The layouts with a delimiter that may be, by the usual number of cells."""
    by_line = [len(cells_of_line(line, delimiter)) for line in head if not line.isspace()]
    quoted: list[int] = []
    with suppress(csv.Error):
        quoted += [len(cells) for cells in csv.reader(head, delimiter=delimiter) if cells]
    for width in dict.fromkeys(Counter(widths).most_common(1)[0][0] for widths in (quoted, by_line) if widths):
        if width > 1:
            yield Layout(delimiter, width, quoted_header=_is_quoted(head[0], delimiter))
            yield Layout(delimiter, width, Marks.PLAIN)
            yield Layout(delimiter, width, Marks.ESCAPED)


def _is_quoted(line: str, delimiter: str) -> bool:
    """Whether each cell of a line is in quotation marks."""
    cells = cells_of_line(line, delimiter)
    return delimiter.join(f"{MARK}{cell.replace(MARK, 2 * MARK)}{MARK}" for cell in cells) == line.rstrip("\r\n")


def _stray_marks(head: Sequence[str], layout: Layout, *, truncated: bool) -> int | None:
    """The number of rows with stray quotation marks; None where rows differ in their number of cells."""
    if layout.marks is Marks.QUOTING and _is_even(_strict_rows(head, layout, truncated=truncated), layout.width):
        return 0
    try:
        read = list(split_rows(head, layout))
    except QuotationError:
        return None
    read = read[:-1] if truncated else read
    stray = sum(reading is Reading.STRAY for _, _, reading in read)
    return stray if _is_even([cells for _, cells, _ in read], layout.width) else None


def _strict_rows(head: Sequence[str], layout: Layout, *, truncated: bool) -> list[list[str]]:
    """The rows as the csv module reads them, without an incomplete last one; [] where it fails."""
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(head, delimiter=layout.delimiter, strict=True):
            rows.append(cells)
    except csv.Error as error:
        return rows if truncated and "unexpected end" in str(error) else []
    return rows[:-1] if truncated else rows


def _is_even(rows: Sequence[Sequence[str]], width: int) -> bool:
    filled = [cells for cells in rows if not is_blank(cells, width)]
    if not filled or not fits_header(filled[0], width) or any(len(cells) != width for cells in filled[1:]):
        return False
    return len(filled[0]) >= width or _have_row_names(filled[1:]) or not any(cells[-1].strip() for cells in filled[1:])


def _have_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first cells name the rows, rather than begin texts that hold the delimiter: short and all different.

    A delimiter inside of texts is mostly followed by a space.
    """
    names = {cells[0] for cells in rows}
    spaced = sum(cells[1].startswith(" ") for cells in rows)
    return len(names) == len(rows) >= 2 * spaced and all(map(_ROW_NAME.fullmatch, names))


def _with_known_values(head: Sequence[str], layout: Layout) -> Layout:
    """The layout with the values of the columns where they recur, in the rows as the csv module reads them."""
    rows = _strict_rows(head, layout, truncated=True) or [cells_of_line(line, layout.delimiter) for line in head]
    columns: list[frozenset[str] | None] = []
    for column in range(layout.width):
        values = [cells[column] for cells in rows[1:] if len(cells) == layout.width]
        recur = len(values) > 2 and len(set(values)) <= len(values) / 2
        columns.append(frozenset(values) if recur else None)
    return replace(layout, known=tuple(columns))
