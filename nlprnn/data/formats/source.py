"""Interface of all formats: a source has a schema, rows with their numbers, and gives them typed as a split."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_guess import prose_length
from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import FileReport
from nlprnn.data.table import Split, arrow_column, cached_table
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from pyarrow import ChunkedArray

Row = Mapping[str, Any]

_LONGER = 1.5
_NO_HEADER = "without a header: --columns names them, --header reads the first line as their names"


@dataclass(frozen=True)
class LeftOut:
    """Row that a format does not read.

    Attributes:
        reason: such as "without a word".
        noun: what it is, if it is less than a row: "line".
    """

    reason: str
    noun: str = "row"


NumberedRows = Iterator[tuple[int, Row | LeftOut]]

_PLACE = "row number, and why the row is left out"  # no role's name; one column, as each costs time
SAMPLE_ROWS = 500


@dataclass(frozen=True)
class Dialect:
    """Form in which a source is written, as far as it is known from the source itself.

    Attributes:
        format: such as "CSV with semicolons, no header".
        encoding: of its text; None where the format defines it.
        notes: choices between several readings, a sentence each.
        numbered: whether its columns have no names, but numbers.
        headed: whether it may have a header, so that options tell of it.
    """

    format: str
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    numbered: bool = False
    headed: bool = False


@dataclass(frozen=True)
class RowSource(ABC):
    """Rows of one file, of one split of a dataset, or of several files that belong together.

    Attributes:
        origin: the file or dataset, for messages.
        options: options of the user for reading.
        notes: choices between several readings of its folder, a sentence each.
    """

    unit: ClassVar[str] = "line"
    """What the row numbers count."""

    origin: str
    options: ReadOptions
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    @abstractmethod
    def dialect(self) -> Dialect:
        """Return the form in which the source is written.

        Raises:
            DataError: the source is damaged.
        """

    @abstractmethod
    def schema(self) -> Schema:
        """Return the columns.

        Raises:
            DataError: the source is damaged or empty.
        """

    @abstractmethod
    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (number, row) for each row, with the values of these columns at least, or why it is left out.

        Raises:
            DataError: the source is damaged; names the place.
        """

    def sample(self, columns: Columns) -> list[Row]:
        """Return the first 500 rows, with the values of these columns at least."""
        return list(islice((row for _, row in self.rows(columns) if not isinstance(row, LeftOut)), SAMPLE_ROWS))

    def location(self, number: int) -> str:
        """Return the place of a row, for messages."""
        return f"{self.origin}, {self.unit} {number}"

    def report(self, rows: int) -> FileReport:
        """Return the report of the source after it was read, with its number of rows."""
        dialect = self.dialect()
        notes = (*dialect.notes, *self.notes, *_without_effect(self.options, dialect))
        return FileReport(self.origin, dialect.format, rows, dialect.encoding, notes)


def _without_effect(options: ReadOptions, dialect: Dialect) -> Iterator[str]:
    """Notes on the options that a form does not know."""
    if options.encoding and dialect.encoding is None:
        yield f"--encoding has no effect: {dialect.format} defines it"
    if not dialect.headed and (options.columns or options.header is not None):
        option = "--columns" if options.columns else "--header" if options.header else "--no-header"
        yield f"{option} has no effect: the form ({dialect.format}) has no header"


@dataclass(frozen=True)
class Source(RowSource):
    """Rows that can be read as a table."""

    def class_names(self, column: str) -> list[str] | None:
        """Return the names that the source declares for the integers of a column; None without such."""
        return None

    def rows_from(self, columns: Columns, start: int) -> NumberedRows:
        """Yield (number, row) as `rows` does, from the row with the index `start` on, those left out counted too."""
        return islice(self.rows(columns), start, None)

    @abstractmethod
    def read(self, columns: Columns) -> Split:
        """Return the rows as a table on disk, with a typed column for each role.

        Raises:
            DataError: the source is damaged, or a cell is of the wrong type; names the place.
        """


@dataclass(frozen=True)
class FileSource(Source):
    """Source of files, kept as a table in the cache of `datasets` until one of them changes."""

    files: tuple[Path, ...]

    def read(self, columns: Columns) -> Split:
        """Return the rows as a table on disk, with a typed column for each role."""
        from datasets import Value

        features = RowConverter(columns, self.options, self.location).features()
        features[_PLACE] = Value("string")
        table = cached_table(_typed_rows, self.files, features, source=self, columns=dict(columns))
        numbers, reasons = _numbers_and_reasons(arrow_column(table, _PLACE))
        rows = table.remove_columns(_PLACE)
        report = self.report(len(rows))
        split = Split(rows, self.origin, columns, numbers, self.unit, (report,))
        return split.without_marked(reasons) if any(reasons) else split


def _typed_rows(key: str, source: Source, columns: Columns) -> Iterator[dict[str, Any]]:
    convert = RowConverter(columns, source.options, source.location)
    for number, row in source.rows(columns):
        if isinstance(row, LeftOut):
            yield {**dict.fromkeys(columns), _PLACE: f"{number} {row.reason}"}
        else:
            cells = convert(row, number)
            cells[_PLACE] = str(number)
            yield cells


def _numbers_and_reasons(marks: ChunkedArray) -> tuple[np.ndarray, list[str | None]]:
    """The number of each row, (rows,) int64, and why it is left out; no reasons where all rows are kept."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring(marks, " ")).as_py():
        return marks.cast("int64").to_numpy(), []
    pieces = [mark.partition(" ") for mark in marks.to_pylist()]
    return np.array([int(number) for number, _, _ in pieces]), [reason or None for _, _, reason in pieces]


@dataclass(frozen=True)
class TextFile(FileSource):
    """File of a format that is read row by row.

    Attributes:
        parse: function that yields (line number, row) for each row of a file.
        describe: function that returns the form in which a file is written.
    """

    parse: Callable[[Path, ReadOptions], NumberedRows]
    describe: Callable[[Path, ReadOptions], Dialect]

    def dialect(self) -> Dialect:
        """Return the form in which the file is written."""
        return self.describe(self.files[0], self.options)

    def schema(self) -> Schema:
        """Return the columns, and the kinds of their values in the first 500 rows."""
        values: dict[str, list[Any]] = {}
        for row in self.sample({}):
            for name, value in row.items():
                values.setdefault(name, []).append(value)
        if not values:
            raise DataError(f"{self.origin} is empty: it has no rows")
        # An object that is null in some rows is no column itself.
        objects = {name.partition(".")[0] for name in values if "." in name}
        columns = [name for name, cells in values.items() if name not in objects or any(c is not None for c in cells)]
        kinds = {name: _kind(values[name]) for name in columns}
        lengths = {name: prose_length(values[name]) for name, kind in kinds.items() if kind is Kind.TEXT}
        if not self.dialect().numbered:
            return Schema(self.origin, kinds, lengths=lengths)
        usual = _usual_columns(values, kinds)
        return Schema(self.origin, kinds, numbered=True, lengths=lengths, usual=usual, hint=_NO_HEADER)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line number, row) for each row."""
        return self.parse(self.files[0], self.options)


def _usual_columns(values: Mapping[str, Sequence[Any]], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """The label and the text among columns without names, where their values make it plain.

    Labels are the values of the only column where they recur, the text is by far the longest of the others.
    """
    recurring = [name for name, cells in values.items() if len(set(map(str, cells))) <= len(cells) / 2]
    lengths = {name: sum(map(len, map(str, values[name]))) for name, kind in kinds.items() if kind is Kind.TEXT}
    longest = sorted((name for name in lengths if name not in recurring), key=lengths.__getitem__, reverse=True)
    usual = dict.fromkeys(("label", "labels"), recurring[0]) if len(recurring) == 1 else {}
    if longest and (len(longest) == 1 or lengths[longest[0]] > _LONGER * lengths[longest[1]]):
        usual["text"] = longest[0]
    return usual


def _kind(cells: Sequence[Any]) -> Kind:
    present = [cell for cell in cells if cell is not None and cell != ""]
    if any(isinstance(cell, dict) for cell in present):
        return Kind.OTHER
    if any(isinstance(cell, list) for cell in present):
        return kind_of_lists(present)
    return Kind.NUMBER if present and all(map(_is_number, present)) else Kind.TEXT


def kind_of_lists(cells: Sequence[Any]) -> Kind:
    """Return `Kind.ONE` for lists of at most one word or number, as a single label may be written; else `Kind.LIST`."""
    are_single = all(
        isinstance(cell, list) and len(cell) < 2 and all(isinstance(item, str | int | float) for item in cell)
        for cell in cells
    )
    return Kind.ONE if are_single and any(cells) else Kind.LIST


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    except OverflowError:  # one of hundreds of digits
        return True
    return True
