"""CSV, TSV and other tables: rows of cells between delimiters, with or without a header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice, takewhile
from pathlib import Path

from nlprnn.data.column_roles import counted
from nlprnn.data.formats.delimiter import (
    DELIMITERS,
    declared_delimiter,
    even_layout,
    find_layout,
    fits_header,
    is_blank,
)
from nlprnn.data.formats.header import Naming, name_columns
from nlprnn.data.formats.lines import read_lines, suffix, text_encoding
from nlprnn.data.formats.quotation import Layout, Marks, NumberedCells, QuotationError, Reading, split_rows
from nlprnn.data.formats.source import Dialect, LeftOut
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_NEARLY_ALL = 0.9
_FIRST_ROWS = 20
_HEAD_LINES, _HEAD_CHARACTERS = 1000, 4_000_000
_MARK_NOTES = {
    Marks.PLAIN: ("quotation marks are plain characters",),
    Marks.ESCAPED: ("a backslash escapes the character after it",),
}
_EMPTY = LeftOut("without any value")
_HEADER = LeftOut("with the header again")


@dataclass(frozen=True)
class _File:
    """Table in a file, after some lines that are skipped; `universal` lines also end with a carriage return alone."""

    path: Path
    encoding: str | None
    layout: Layout
    universal: bool
    skipped: int

    def cells(self) -> NumberedCells:
        """Yield (line number, cells, reading) for each row that is not blank.

        Raises:
            DataError: quotation marks do not match.
        """
        lines = islice(read_lines(self.path, self.encoding, universal=self.universal), self.skipped, None)
        try:
            for number, cells, reading in split_rows(lines, self.layout):
                if not is_blank(cells, self.layout.width):
                    yield number + self.skipped, cells, reading
        except QuotationError as error:
            raise DataError(
                f"{self.path}, line {error.line + self.skipped}: quotation marks do not match ({error}); "
                "close each quoted value and double the quotation marks inside it"
            ) from None


@dataclass(frozen=True)
class _Survey:
    """Result of reading a whole table: whether rows are even, and the rows with a choice between two readings."""

    even: bool
    stray: int = 0
    first_stray: int = 0
    spanning: int = 0
    first_spanning: int = 0


@dataclass(frozen=True)
class _Form:
    file: _File
    naming: Naming
    notes: tuple[str, ...]


def read_delimited(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, str] | LeftOut]]:
    """Yield (line number, row) for each row; all cells are strings as written.

    Raises:
        DataError: the file is damaged, or a row is longer or shorter than the header; names the line.
    """
    form = _form(path, options)
    width, names = form.file.layout.width, form.naming.names
    kept = [(column, name) for column, name in enumerate(names) if name is not None]
    whole = [name for _, name in kept] if len(kept) == width else None
    rows = form.file.cells()
    header = next(rows)[1] if form.naming.header else None
    for line, cells, _ in rows:
        if cells == header and width > 1:
            yield line, _HEADER
            continue
        if len(cells) != width:
            raise DataError(f"{path}, line {line}: {_wrong_width(cells, form)}")
        if width > 1 and not any(cells):
            yield line, _EMPTY
        elif whole is not None:
            yield line, dict(zip(whole, cells, strict=True))
        else:
            yield line, {name: cells[column] for column, name in kept}


def delimited_dialect(path: Path, options: ReadOptions) -> Dialect:
    """Return the form in which a file is written: its delimiter, and whether it has a header."""
    form = _form(path, options)
    delimiter = form.file.layout.delimiter
    columns = f"delimiter: {_shown(delimiter)}" if form.file.layout.width > 1 else "one column"
    header = "" if form.naming.header else ", no header"
    encoding = text_encoding(path, options.encoding)
    notes = (*form.notes, *form.naming.notes)
    return Dialect(f"table, {columns}{header}", encoding, notes, form.naming.numbered, headed=True)


def is_table(path: Path, options: ReadOptions) -> bool:
    """Whether each line of a text file has the same number of cells between tabs, or labels after semicolons or bars.

    Semicolons and bars count in texts without tabs, where the values of one of two columns recur.
    """
    head, truncated = _head(path, options.encoding, universal=False)
    filled = [line for line in head if not line.isspace()]
    if not filled or filled[0].startswith("__label__"):
        return False
    if even_layout(filled, ["\t"], truncated=truncated) or _has_mostly_tabs(filled):
        return True
    layout = even_layout(filled, [";", "|"], truncated=truncated)
    return layout is not None and layout.width == len(layout.known) == 2 and layout.known.count(None) == 1


def _has_mostly_tabs(lines: Sequence[str]) -> bool:
    """Whether nearly all lines have as many tabs as the first: the others are faults to be named, and no texts."""
    number = lines[0].count("\t")
    return number > 0 and sum(line.count("\t") == number for line in lines) >= _NEARLY_ALL * len(lines)


def has_even_rows(path: Path, options: ReadOptions) -> bool:
    """Whether each line of a file has the same number of cells, two or more, between one of the usual delimiters."""
    head, truncated = _head(path, options.encoding, universal=False)
    filled = [line for line in head if not line.isspace()]
    return bool(filled) and even_layout(filled, list(DELIMITERS), truncated=truncated) is not None


def _form(path: Path, options: ReadOptions) -> _Form:
    stat = path.stat()
    return _known_form(path, (stat.st_size, stat.st_mtime_ns), options.encoding, options.header, options.columns)


@lru_cache(maxsize=64)
def _known_form(
    path: Path, version: tuple[int, int], encoding: str | None, header: bool | None, columns: tuple[str, ...]
) -> _Form:
    """The form of a file, after reading it once as a whole."""
    file, notes = _find_file(path, encoding)
    rows = [cells for _, cells, _ in islice(file.cells(), 501)]
    width = file.layout.width
    sample = [cells for cells in rows[1:] if len(cells) == width]
    naming = name_columns(rows[0], sample, width, ReadOptions(header=header, columns=columns), str(path))
    return _Form(file, naming, notes)


def _find_file(path: Path, encoding: str | None) -> tuple[_File, tuple[str, ...]]:
    """How a file is read so that all rows have the same number of cells, if that is possible; with notes."""
    first_line = next(read_lines(path, encoding, universal=True), "")
    by_carriage_return = first_line.endswith("\r")
    for universal in (by_carriage_return, not by_carriage_return):
        file, notes = _first_candidate(path, encoding, universal=universal)
        if _is_even_within_lines(file):
            return replace(file, layout=replace(file.layout, marks=Marks.WITHIN_LINES)), notes
        survey = _survey(file)
        if survey.even and survey.stray:
            plain = replace(file, layout=replace(file.layout, marks=Marks.PLAIN))
            if _survey(plain).even:
                note = f"quotation marks are plain characters, as line {survey.first_stray} has one without its match"
                return plain, (*notes, note)
        if survey.even:
            return file, (*notes, *_quotation_notes(survey))
    file, notes = _first_candidate(path, encoding, universal=by_carriage_return)
    for marks in (Marks.PLAIN, Marks.ESCAPED):
        changed = replace(file, layout=replace(file.layout, marks=marks))
        if _survey(changed).even:
            return changed, (*notes, *_MARK_NOTES[marks])
    return file, notes  # the error names the row


def _first_candidate(path: Path, encoding: str | None, *, universal: bool) -> tuple[_File, tuple[str, ...]]:
    head, truncated = _head(path, encoding, universal=universal)
    declared = declared_delimiter(head[0]) if head else None
    comments = 0 if declared else _count_comments(head)
    skipped = 1 if declared else comments
    filled = [line for line in head[skipped:] if not line.isspace()]
    if not filled:
        raise DataError(f"{path} is empty: it has no rows")
    delimiters = [declared] if declared else list(DELIMITERS)
    if not declared and suffix(path) in (".tsv", ".tab", ".txt") and "\t" in filled[0]:
        delimiters = ["\t"]
    notes: tuple[str, ...] = (f"its first line, {head[0].strip()}, is no data",) if declared else ()
    notes += (f"comments above the table (# ...) are no data: {counted(comments, 'line')}",) if comments else ()
    layout = find_layout(filled, delimiters, truncated=truncated)
    notes += _MARK_NOTES.get(layout.marks, ()) if layout.width > 1 else ()
    return _File(path, encoding, layout, universal, skipped), notes


def _count_comments(head: Sequence[str]) -> int:
    """The number of lines above a table that are comments (# ...) or blank.

    Only without them do the first rows have the same number of cells: a header or a text may begin with # too.
    """
    if not head or not head[0].startswith("#"):
        return 0
    count = sum(1 for _ in takewhile(lambda line: line.startswith("#") or line.isspace(), head))
    rows = [line for line in head[count:] if not line.isspace()][:_FIRST_ROWS]
    comments = [line for line in head[:count] if not line.isspace()]
    is_even = partial(even_layout, delimiters=list(DELIMITERS), truncated=True)
    return count if len(rows) > 1 and is_even(rows) and not is_even([*comments, *rows]) else 0


def _head(path: Path, encoding: str | None, *, universal: bool) -> tuple[list[str], bool]:
    """The first lines, and whether there are more."""
    lines = read_lines(path, encoding, universal=universal)
    head: list[str] = []
    characters = 0
    for line in lines:
        if len(head) == _HEAD_LINES or characters > _HEAD_CHARACTERS:
            return head, True
        head.append(line)
        characters += len(line)
    return head, False


def _is_even_within_lines(file: _File) -> bool:
    """Whether the csv module reads a row from each line, with the same number of cells; takes a tenth of `_survey`."""
    if file.layout.marks is not Marks.QUOTING:
        return False
    lines = islice(read_lines(file.path, file.encoding, universal=file.universal), file.skipped, None)
    rows = csv.reader(lines, delimiter=file.layout.delimiter, strict=True)
    width = file.layout.width
    header = False
    try:
        for number, cells in enumerate(rows, start=1):
            fits = len(cells) == width or is_blank(cells, width) or (not header and fits_header(cells, width))
            if not fits or rows.line_num != number:
                return False
            header = header or not is_blank(cells, width)
    except csv.Error:
        return False
    return True


def _survey(file: _File) -> _Survey:
    width = file.layout.width
    stray: list[int] = []
    spanning: list[int] = []
    try:
        for place, (number, cells, reading) in enumerate(file.cells()):
            if len(cells) != width and (place or not fits_header(cells, width)):
                return _Survey(even=False)
            if reading is Reading.STRAY:
                stray.append(number)
            elif reading is Reading.SPANNING:
                spanning.append(number)
    except DataError:  # of the reading proper
        return _Survey(even=False)
    return _Survey(True, len(stray), stray[0] if stray else 0, len(spanning), spanning[0] if spanning else 0)


def _quotation_notes(survey: _Survey) -> Iterator[str]:
    if survey.stray:
        rows = counted(survey.stray, "row")
        yield f"quotation marks without their match are plain characters in {rows} (first: line {survey.first_stray})"
    if survey.spanning:
        rows = counted(survey.spanning, "row")
        yield (
            f"{rows} in quotation marks took several lines that could be a row each (first: line "
            f"{survey.first_spanning}); double quotation marks that quote nothing"
        )


def _wrong_width(cells: list[str], form: _Form) -> str:
    other = "the header" if form.naming.header else "the first line"
    delimiter = _shown(form.file.layout.delimiter)
    return (
        f"{counted(len(cells), 'cell')}, but {other} has {form.file.layout.width} (delimiter: {delimiter}); put values "
        "that hold it in quotation marks"
    )


def _shown(delimiter: str) -> str:
    return DELIMITERS.get(delimiter, repr(delimiter))
