"""Tables with declared types that are read as they are needed: Parquet files and the Hub, with `--streaming`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_roles import Columns, Schema
from nlprnn.data.formats.parquet import TypedTable, one_line
from nlprnn.data.formats.source import SAMPLE_ROWS, Dialect, LeftOut, NumberedRows, Row, Source
from nlprnn.data.labels import set_order
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.table import Split, quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

_CHUNK_ROWS = 1000


@dataclass(frozen=True)
class StreamedTable(Source):
    """Table with declared types, of which nothing is kept on disk.

    Attributes:
        table: the table.
        form: "Parquet", or what else it is read from.
    """

    unit = "row"

    table: IterableDataset
    form: str

    def dialect(self) -> Dialect:
        """Return where the table comes from."""
        return Dialect(self.form)

    def schema(self) -> Schema:
        """Return the columns, with kinds by their declared types."""
        return self._head().schema()

    def sample(self, columns: Columns) -> list[Row]:
        """Return the first 500 rows."""
        return self._head().sample(columns)

    def class_names(self, column: str) -> list[str] | None:
        """Return the declared names of a column of integers."""
        return self._head().class_names(column)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each row."""
        return self.rows_from(columns, 0)

    def rows_from(self, columns: Columns, start: int) -> NumberedRows:
        """Yield (row number, row) for each row from the one with the index `start` on."""
        for chunk in self._chunks(start):
            rows = TypedTable(self.origin, self.options, chunk, self.form)
            for number, row in rows.rows(columns):
                yield start + number, row
            start += len(chunk)

    def read(self, columns: Columns) -> Split:
        """Return the rows as a table in memory."""
        from datasets import Dataset

        convert = RowConverter(columns, self.options, self.location)
        cells = [convert(row, number) for number, row in self.rows(columns) if not isinstance(row, LeftOut)]
        rows = Dataset.from_list(cells, features=convert.features())
        if "label" in columns and (order := self.class_names(str(columns["label"]))):
            set_order(rows, order)
        report = self.report(len(rows))
        return Split(rows, self.origin, columns, np.arange(1, len(rows) + 1), self.unit, (report,))

    def _head(self) -> TypedTable:
        """The first 500 rows as a table in memory."""
        first = next(self._chunks(0, SAMPLE_ROWS), None)
        if first is None:
            raise DataError(f"{self.origin} is empty: it has no rows")
        return TypedTable(self.origin, self.options, first, self.form)

    def _chunks(self, start: int, size: int = _CHUNK_ROWS) -> Iterator[Dataset]:
        """Tables in memory of some rows each, whose objects are flat columns."""
        import datasets

        features: Any = self.table.features
        info = datasets.DatasetInfo(features=features) if features else None
        try:
            with quiet_datasets():
                rows = self.table.skip(start) if start else self.table
                for table in rows.with_format("arrow").iter(batch_size=size):
                    yield datasets.Dataset(
                        table.cast(features.arrow_schema) if features else table, info=info
                    ).flatten()
        except (GeneratorExit, DataError):
            raise
        except Exception as error:  # of three libraries, for the network and damaged bytes
            raise DataError(f"{self.origin} cannot be read from row {start + 1} on: {one_line(error)}") from error


def open_streamed_parquet(path: Path, options: ReadOptions) -> StreamedTable:
    """Open a Parquet file whose rows are read as they are needed.

    Raises:
        DataError: the file is damaged or empty.
    """
    import datasets

    try:
        with quiet_datasets():
            table = datasets.load_dataset("parquet", data_files=[str(path)], split="train", streaming=True)
    except Exception as error:  # of two libraries, for damaged bytes
        raise DataError(f"{path}: damaged Parquet ({one_line(error)}); copy or download it again") from error
    return StreamedTable(str(path), options, table, "Parquet")
