"""Interface of all formats: a source has a schema, rows with their numbers, and gives them typed as a split."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from nlprnn.data.cells import ReadOptions, RowConverter
from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.table import Split, arrow_column, cached_table
from nlprnn.errors import DataError

Row = Mapping[str, Any]
NumberedRows = Iterator[tuple[int, Row]]

_NUMBER = "row number"  # no role's name
_SAMPLE_ROWS = 500


@dataclass(frozen=True)
class Source(ABC):
    """Rows of one file, of one split of a dataset, or of several files that belong together.

    Attributes:
        origin: the file or dataset, for messages.
    """

    unit: ClassVar[str] = "line"
    """What the row numbers count."""

    origin: str

    @abstractmethod
    def schema(self) -> Schema:
        """Return the columns.

        Raises:
            DataError: the source is damaged or empty.
        """

    @abstractmethod
    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (number, row) for each row, with the values of these columns at least.

        Raises:
            DataError: the source is damaged; names the place.
        """

    @abstractmethod
    def read(self, columns: Columns, options: ReadOptions) -> Split:
        """Return the rows as a table on disk, with a typed column for each role.

        Raises:
            DataError: the source is damaged, or a cell is of the wrong type; names the place.
        """

    def location(self, number: int) -> str:
        """Return the place of a row, for messages."""
        return f"{self.origin}, {self.unit} {number}"


@dataclass(frozen=True)
class FileSource(Source):
    """Source of files, kept as a table in the cache of `datasets` until one of them changes."""

    files: tuple[Path, ...]

    def read(self, columns: Columns, options: ReadOptions) -> Split:
        """Return the rows as a table on disk, with a typed column for each role."""
        from datasets import Value

        features = RowConverter(columns, options, self.location).features()
        features[_NUMBER] = Value("int64")
        arguments = {"source": self, "columns": dict(columns), "options": options}
        table = cached_table(_typed_rows, self.files, features, **arguments)
        numbers = arrow_column(table, _NUMBER).to_numpy()
        return Split(table.remove_columns(_NUMBER), self.origin, columns, numbers, self.unit)


def _typed_rows(key: str, source: Source, columns: Columns, options: ReadOptions) -> Iterator[dict[str, Any]]:
    convert = RowConverter(columns, options, source.location)
    for number, row in source.rows(columns):
        cells = convert(row, number)
        cells[_NUMBER] = number
        yield cells


@dataclass(frozen=True)
class TextFile(FileSource):
    """File of a format that is read row by row; `parse` yields (line number, row) for each row of a file."""

    parse: Callable[[Path], NumberedRows]

    def schema(self) -> Schema:
        """Return the columns, and the kinds of their values in the first 500 rows."""
        values: dict[str, list[Any]] = {}
        for _, row in islice(self.rows({}), _SAMPLE_ROWS):
            for name, value in row.items():
                values.setdefault(name, []).append(value)
        if not values:
            raise DataError(f"{self.origin} is empty: it has no rows")
        # An object that is null in some rows is no column itself.
        objects = {name.partition(".")[0] for name in values if "." in name}
        columns = [name for name, cells in values.items() if name not in objects or any(c is not None for c in cells)]
        return Schema(self.origin, {name: _kind(values[name]) for name in columns})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line number, row) for each row."""
        return self.parse(self.files[0])


def _kind(cells: Sequence[Any]) -> Kind:
    present = [cell for cell in cells if cell is not None and cell != ""]
    if any(isinstance(cell, dict) for cell in present):
        return Kind.OTHER
    if any(isinstance(cell, list) for cell in present):
        return Kind.LIST
    return Kind.NUMBER if present and all(map(_is_number, present)) else Kind.TEXT


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    except OverflowError:  # one of hundreds of digits
        return True
    return True
