"""Tables whose columns have declared types: Parquet files, and what the Hub gives."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_guess import prose_length
from nlprnn.data.column_roles import Column, Columns, Kind, Schema
from nlprnn.data.formats.source import SAMPLE_ROWS, Dialect, LeftOut, NumberedRows, Row, Source, kind_of_lists
from nlprnn.data.labels import set_order
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.table import READER_VERSION, Split, column_values, quiet_datasets
from nlprnn.errors import DataError, list_names
from nlprnn.serialization.checksums import file_checksum

if TYPE_CHECKING:
    from datasets import Dataset

_MAX_REASON = 300
_CHUNK_ROWS = 10_000
_NUMBERS = ("int", "uint", "float", "bool", "decimal", "date", "time", "duration")
"""Beginnings of the types whose values are written as one word."""


@dataclass(frozen=True)
class TypedTable(Source):
    """Table with declared types, objects as flat columns; integers with declared names are read as these names.

    Attributes:
        table: the table.
        form: "Parquet", or what else it was read from.
    """

    unit = "row"

    table: Dataset
    form: str

    def dialect(self) -> Dialect:
        """Return where the table comes from."""
        return Dialect(self.form)

    def schema(self) -> Schema:
        """Return the columns, with kinds by their declared types."""
        kinds = {name: _kind(feature) for name, feature in self.table.features.items()}
        sampled = {name: Column((name,)) for name, kind in kinds.items() if kind in (Kind.TEXT, Kind.LIST)}
        rows = self.sample(sampled)
        lengths = {name: prose_length(row[name] for row in rows) for name in sampled if kinds[name] is Kind.TEXT}
        lists = [name for name in sampled if kinds[name] is Kind.LIST]
        kinds |= {name: kind_of_lists([row[name] for row in rows if row[name] is not None]) for name in lists}
        return Schema(self.origin, kinds, lengths=lengths)

    def sample(self, columns: Columns) -> list[Row]:
        """Return the first 500 rows, without a look at the others."""
        head = replace(self, table=self.table.select(range(min(SAMPLE_ROWS, len(self.table)))))
        return [row for _, row in head.rows(columns) if not isinstance(row, LeftOut)]

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each row."""
        return self.rows_from(columns, 0)

    def rows_from(self, columns: Columns, start: int) -> NumberedRows:
        """Yield (row number, row) for each row from the one with the index `start` on."""
        names = list(dict.fromkeys(name for column in columns.values() for name in column.names))
        classes = {name: _class_names(self.table, name) for name in names}
        for first in range(start, len(self.table), _CHUNK_ROWS):
            chunk = self.table.select(range(first, min(first + _CHUNK_ROWS, len(self.table))))
            values = {name: column_values(chunk, name) for name in names}
            rows = _named_rows(values, classes, partial(self._location_in, first))
            yield from enumerate(rows, start=first + 1)

    def _location_in(self, first: int, index: int) -> str:
        """The place of a row with an index counted from that of another, for messages."""
        return self.location(first + index + 1)

    def class_names(self, column: str) -> list[str] | None:
        """Return the declared names of a column of integers."""
        return _class_names(self.table, column) if column in self.table.features else None

    def read(self, columns: Columns) -> Split:
        """Return the rows as a table with a typed column for each role, without a copy if the types fit."""
        names = [name for column in columns.values() for name in column.names]
        table, converter = (
            self.table.select_columns(list(dict.fromkeys(names))),
            RowConverter(columns, self.options, self.location),
        )
        features = converter.features()
        fits = [converter.keeps(role) and table.features[str(columns[role])] == features[role] for role in columns]
        if all(fits) and len(set(names)) == len(names):
            rows = table.rename_columns({str(column): role for role, column in columns.items() if str(column) != role})
        else:
            arguments = {
                "columns": dict(columns),
                "options": self.options,
                "classes": {name: _class_names(table, name) for name in table.column_names},
                "origin": self.origin,
                "version": READER_VERSION,
            }
            options_of_map = {"batched": True, "with_indices": True, "remove_columns": table.column_names}
            with quiet_datasets():
                rows = table.map(_convert_batch, features=features, fn_kwargs=arguments, **options_of_map)
        order = _class_names(table, str(columns["label"])) if "label" in columns else None
        if order:
            set_order(rows, order)
        report = self.report(len(rows))
        return Split(rows, self.origin, columns, np.arange(1, len(rows) + 1), self.unit, (report,))


def open_parquet(path: Path, options: ReadOptions) -> TypedTable:
    """Open a Parquet file, with the types that `datasets` noted in it.

    Raises:
        DataError: the file is damaged or empty.
    """
    import datasets
    from datasets.exceptions import DatasetGenerationError

    try:
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                raise DataError(f"{path} is not a Parquet file")
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    try:
        with quiet_datasets():
            # The library knows a file by its time alone, which another one may have too.
            cache = Path(datasets.config.HF_DATASETS_CACHE) / "nlprnn-parquet" / file_checksum(path)[:32]
            table = datasets.load_dataset("parquet", data_files=[str(path)], split="train", cache_dir=str(cache))
    except (DatasetGenerationError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
            raise cause from None
        raise DataError(f"{path}: damaged Parquet ({one_line(cause)}); copy or download it again") from error
    if not len(table):
        raise DataError(f"{path} is empty: it has no rows")
    return TypedTable(str(path), options, table.flatten(), "Parquet")


def one_line(error: BaseException) -> str:
    """Return the message of an error of another library, on one line."""
    return " ".join((str(error) or type(error).__name__).split())[:_MAX_REASON]


def _convert_batch(
    batch: Mapping[str, list[Any]],
    indices: Sequence[int],
    *,
    columns: Columns,
    options: ReadOptions,
    classes: Mapping[str, list[str] | None],
    origin: str,
    version: int,
) -> dict[str, list[Any]]:
    convert = RowConverter(columns, options, f"{origin}, row {{}}".format)
    rows = _named_rows(batch, classes, lambda place: f"{origin}, row {indices[place] + 1}")
    converted = [convert(row, index + 1) for index, row in zip(indices, rows, strict=True)]
    return {role: [row[role] for row in converted] for role in columns}


def _kind(feature: Any) -> Kind:
    from datasets import ClassLabel, Value

    if isinstance(feature, ClassLabel):
        return Kind.CLASS
    if isinstance(feature, Value) and feature.dtype in ("string", "large_string", "string_view"):
        return Kind.TEXT
    if isinstance(feature, Value) and feature.dtype.startswith(_NUMBERS):
        return Kind.NUMBER
    return Kind.LIST if hasattr(feature, "feature") else Kind.OTHER


def _class_names(table: Dataset, column: str) -> list[str] | None:
    """The declared names of a column of integers, or of lists of them."""
    feature = table.features[column]
    names = getattr(feature, "names", None) or getattr(getattr(feature, "feature", None), "names", None)
    return [str(name) for name in names] if names else None


def _named_rows(
    columns: Mapping[str, Iterable[Any]], classes: Mapping[str, list[str] | None], location: Callable[[int], str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of columns with the names of integers.

    Raises:
        DataError: an integer has no name; names the row, which `location` finds from its index.
    """
    named = {name: names for name, names in classes.items() if names}
    for index, cells in enumerate(zip(*columns.values(), strict=True)):
        row = dict(zip(columns, cells, strict=True))
        try:
            for name, names in named.items():
                row[name] = _named(row[name], names)
        except IndexError:
            raise DataError(
                f"{location(index)}, column {name!r}: {row[name]} has no name among the {len(names)} that the file "
                f"declares ({list_names(names, limit=5)}); correct it"
            ) from None
        yield row


def _named(cell: Any, names: Sequence[str]) -> Any:
    """Replace integers by their names. The Hub writes -1 for labels that are kept secret: they are missing.

    Raises:
        IndexError: an integer has no name.
    """
    if isinstance(cell, list):
        return [_named(item, names) for item in cell]
    if cell is None or cell == -1:
        return None
    if cell < 0:
        raise IndexError(cell)
    return names[cell]
