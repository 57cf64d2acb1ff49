"""Tables whose columns have declared types: Parquet files, and the splits of Hub data sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.data.cells import ReadOptions, RowConverter
from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.formats.source import NumberedRows, Source
from nlprnn.data.labels import set_order
from nlprnn.data.table import READER_VERSION, Split, column_values, quiet_datasets

if TYPE_CHECKING:
    from datasets import Dataset

_MAX_REASON = 300


@dataclass(frozen=True)
class TypedTable(Source):
    """A table with declared types, objects as flat columns; integers with declared names are read as these names."""

    unit = "row"

    table: Dataset

    def schema(self) -> Schema:
        """Return the columns, with kinds by their declared types."""
        return Schema(self.origin, {name: _kind(feature) for name, feature in self.table.features.items()})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each row."""
        names = list(dict.fromkeys(name for column in columns.values() for name in column.names))
        values = [map(_namer(_class_names(self.table, name)), column_values(self.table, name)) for name in names]
        for number, cells in enumerate(zip(*values, strict=True), start=1):
            yield number, dict(zip(names, cells, strict=True))

    def read(self, columns: Columns, options: ReadOptions) -> Split:
        """Return the rows as a table with a typed column for each role; without a copy where the types fit."""
        names = [name for column in columns.values() for name in column.names]
        table, converter = self.table.select_columns(list(dict.fromkeys(names))), RowConverter(columns, options)
        features = converter.features()
        keeps = [table.features[column.names[0]] == features[role] for role, column in columns.items()]
        if all(keeps) and all(map(converter.keeps, columns)) and len(set(names)) == len(names):
            rows = table.rename_columns({str(column): role for role, column in columns.items() if str(column) != role})
        else:
            classes = {name: _class_names(table, name) for name in table.column_names}
            arguments = {"columns": dict(columns), "options": options, "classes": classes, "origin": self.origin}
            with quiet_datasets():
                rows = table.map(
                    _convert_batch,
                    batched=True,
                    with_indices=True,
                    remove_columns=table.column_names,
                    features=features,
                    fn_kwargs={**arguments, "version": READER_VERSION},
                )
        order = _class_names(table, str(columns["label"])) if "label" in columns else None
        if order:
            set_order(rows, order)
        return Split(rows, self.origin, columns, np.arange(1, len(rows) + 1), self.unit)


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
    convert = RowConverter(columns, options)
    cells = {name: map(_namer(classes[name]), values) for name, values in batch.items()}
    rows = (dict(zip(cells, values, strict=True)) for values in zip(*cells.values(), strict=True))
    converted = [convert(row, f"{origin}, row {index + 1}") for index, row in zip(indices, rows, strict=True)]
    return {role: [row[role] for row in converted] for role in columns}


def _kind(feature: Any) -> Kind:
    from datasets import ClassLabel, Value

    if isinstance(feature, ClassLabel):
        return Kind.CLASS
    if isinstance(feature, Value) and feature.dtype in ("string", "large_string", "string_view"):
        return Kind.TEXT
    if isinstance(feature, Value) and feature.dtype.startswith(("int", "uint", "float", "bool")):
        return Kind.NUMBER
    return Kind.LIST if hasattr(feature, "feature") else Kind.OTHER


def _class_names(table: Dataset, column: str) -> list[str] | None:
    """The declared names of a column of integers, or of lists of them."""
    feature = table.features.get(column)
    return getattr(feature, "names", None) or getattr(getattr(feature, "feature", None), "names", None)


def _namer(names: Sequence[str] | None) -> Callable[[Any], Any]:
    """Cell -> the names of its integers. The Hub writes -1 for labels that are kept secret: they are missing."""

    def named(cell: Any) -> Any:
        if isinstance(cell, list):
            return [named(item) for item in cell]
        return names[cell] if names and cell is not None and 0 <= cell < len(names) else None

    return named if names else lambda cell: cell


def one_line(error: BaseException) -> str:
    """Return the message of an error of another library, on one line."""
    return " ".join((str(error) or type(error).__name__).split())[:_MAX_REASON]
