"""Tables of feature sequences: lists in Parquet or JSON lines, a row a step, or paths of array files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.data.column_roles import Column
from nlprnn.data.formats.parquet import TypedTable
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.list_columns import arrow_depth, flat_numbers, list_depth
from nlprnn.data.table import arrow_column
from nlprnn.errors import DataError
from nlprnn.series.feature_arrays import check_feature_values
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.numbers import are_numbers, is_missing, parse_numbers
from nlprnn.tasks.sequences.columns import Shape
from nlprnn.tasks.sequences.feature_sequences import FeatureSequences, offsets_of
from nlprnn.tasks.sequences.files import is_array_file, read_array, stack_arrays
from nlprnn.tasks.sequences.steps import Steps, arrange_steps

_SHAPES: Mapping[int, Shape] = {1: "channel", 2: "frames"}

_MOSTLY = 0.8
"""Share of numbers from which a column is one of numbers: of the others one is named as damaged."""


@dataclass(frozen=True)
class TableCells:
    """Cells of the rows of a table, column by column.

    Attributes:
        source: of the rows.
        columns: name -> its cells.
        numbers: (rows,) number of each row in its file.
    """

    source: Source
    columns: Mapping[str, Any]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, source: Source, names: Sequence[str]) -> TableCells:
        """Read columns; those of Parquet that hold lists as Arrow arrays, all others as Python values."""
        if isinstance(source, TypedTable):
            arrays = {name: arrow_column(source.table, name) for name in names}
            columns = {name: array if arrow_depth(array.type) else array.to_pylist() for name, array in arrays.items()}
            for name in names:
                if classes := source.class_names(name):
                    columns[name] = [None if cell is None or cell < 0 else classes[cell] for cell in columns[name]]
            return cls(source, columns, np.arange(1, len(source.table) + 1))
        rows = [(number, row) for number, row in source.rows(_roles(names)) if not isinstance(row, LeftOut)]
        columns = {name: [row.get(name) for _, row in rows] for name in names}
        return cls(source, columns, np.array([number for number, _ in rows], dtype=np.int64))

    def place(self, row: int) -> str:
        """Return file and line of a row, from 0."""
        return self.source.location(int(self.numbers[row]))


def column_shapes(source: Source) -> dict[str, Shape]:
    """Return what the cells of each column hold, by the types of Parquet or the first rows of any other table.

    Raises:
        DataError: the table is damaged or empty.
    """
    if isinstance(source, TypedTable):
        schema = source.table.data.schema
        depths = {name: arrow_depth(schema.field(name).type) for name in source.table.column_names}
        flat = [name for name, depth in depths.items() if not depth]
        rows = source.sample(_roles(flat)) if flat else []
        shapes = {name: _SHAPES.get(depth, "other") for name, depth in depths.items()}
        return {**shapes, **{name: _shape([row[name] for row in rows]) for name in flat}}
    rows = source.sample({})
    if not rows:
        raise DataError(f"{source.origin} is empty: it has no rows")
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _shape([row.get(name) for row in rows]) for name in names}


def read_table(source: Source, columns: FeatureColumns, *, more: Sequence[str] = ()) -> tuple[FeatureSequences, Any]:
    """Read the sequences of a table.

    Args:
        source: the table.
        columns: the column of each role; the target and the subject may be missing from the table.
        more: a further column that has one value for each sequence.

    Returns:
        the sequences, and the values of that column.

    Raises:
        DataError: a cell is damaged; names the place.
    """
    names_to_read = [
        *columns.inputs(),
        *(name for name in (columns.target, columns.subject) if name is not None),
        *more,
    ]
    cells = TableCells.of(source, list(dict.fromkeys(names_to_read)))
    if not len(cells.numbers):
        raise DataError(f"{source.origin} is empty: it has no rows")
    read = {"steps": _of_steps, "files": _of_paths}.get(columns.layout, _of_lists)
    values, names, identities, locations, per_sequence = read(cells, columns)
    targets = per_sequence(columns.target) if columns.target else ()
    subjects = per_sequence(columns.subject) if columns.subject else ()
    for place, subject in zip(locations, subjects, strict=False):
        if is_missing(subject):
            raise DataError(f"{place}: column {columns.subject!r} is empty: fill it in, or give --split-by none")
    sequences = FeatureSequences(
        values,
        names,
        targets,
        [str(subject) for subject in subjects],
        identities,
        locations,
        columns,
        files=(source.report(len(cells.numbers)),),
    )
    return sequences, [per_sequence(name) for name in more]


_Read = tuple[SequenceArray, tuple[str, ...], Sequence[str], Sequence[str], Callable[[str], Sequence[Any]]]


def _of_lists(cells: TableCells, columns: FeatureColumns) -> _Read:
    """Rows with one column of lists of lists, or a column of a list for each feature."""
    rows = len(cells.numbers)
    locations = list(map(cells.place, range(rows)))
    depth = 2 if columns.layout == "lists" else 1
    pieces = [flat_numbers(cells.columns[name], depth, name, place=cells.place) for name in columns.features]
    lengths = pieces[0][1]
    for name, (_, others) in zip(columns.features, pieces, strict=True):
        if len(odd := np.flatnonzero(others != lengths)):
            row = int(odd[0])
            raise DataError(
                f"{locations[row]}: {columns.features[0]!r} has {lengths[row]} steps, and {name!r} {others[row]}: give "
                "each feature of a sequence as many"
            )
    values = np.concatenate([numbers for numbers, _ in pieces], axis=1)
    names = columns.features
    if depth == 2:
        names = tuple(f"{names[0]}[{index}]" for index in range(values.shape[1]))
    offsets = offsets_of(lengths)
    check_feature_values(values, offsets, names, place=lambda row: locations[row])
    identities = [str(number) for number in cells.numbers]
    return SequenceArray(values, offsets), names, identities, locations, lambda name: list(cells.columns[name])


def _of_paths(cells: TableCells, columns: FeatureColumns) -> _Read:
    """Rows with the path of an array file, from the folder of the table."""
    locations = list(map(cells.place, range(len(cells.numbers))))
    paths = cells.columns[columns.features[0]]
    if (missing := next((row for row, path in enumerate(paths) if is_missing(path)), None)) is not None:
        raise DataError(f"{locations[missing]} names no file: correct or remove the row")
    folder = Path(cells.source.origin).parent
    arrays = [read_array(folder / str(path), place) for path, place in zip(paths, locations, strict=True)]
    values, names = stack_arrays(arrays, locations)
    return values, names, list(map(str, paths)), locations, lambda name: list(cells.columns[name])


def _of_steps(cells: TableCells, columns: FeatureColumns) -> _Read:
    """Rows that are the steps of sequences."""
    steps = arrange_steps(cells.columns, columns.sequence, columns.time, cells.place)
    locations = [
        f"{cells.place(row)} (sequence {name})" for row, name in zip(steps.first.tolist(), steps.names, strict=True)
    ]
    features = [parse_numbers(cells.columns[name], name, place=cells.place) for name in columns.features]
    values, offsets = np.stack(features, axis=1)[steps.order], offsets_of(steps.lengths)
    check_feature_values(values, offsets, columns.features, place=lambda row: locations[row])
    per_sequence = partial(_one_each, steps, cells)
    return SequenceArray(values, offsets), columns.features, list(steps.names), locations, per_sequence


def _one_each(steps: Steps, cells: TableCells, name: str) -> list[Any]:
    return steps.one_each(cells.columns[name], name, cells.place)


def _roles(names: Sequence[str]) -> dict[str, Column]:
    return {name: Column((name,)) for name in names}


def _shape(cells: Sequence[Any]) -> Shape:
    """Return what some cells of one column hold."""
    present = [cell for cell in cells if not is_missing(cell)]
    if not present:
        return "text"
    if depth := max(map(list_depth, present[:20])):
        return _SHAPES.get(depth, "other")
    if all(isinstance(cell, str) and is_array_file(cell.strip()) for cell in present):
        return "path"
    if isinstance(present[0], dict | bytes):
        return "other"
    numbers = len(present) if are_numbers(present) else sum(are_numbers([cell]) for cell in present)
    return "number" if numbers >= _MOSTLY * len(present) else "text"
