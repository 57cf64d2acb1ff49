"""Sources of feature sequences: tables, folders of array files by class, and the splits that they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlprnn.data.column_roles import Kind, Schema
from nlprnn.data.files_by_class import files_by_class
from nlprnn.data.folders import plain_files, split_of_name
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.formats.source import Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import Omission
from nlprnn.data.sources import find_sources, local_path
from nlprnn.data.split import SPLITS
from nlprnn.data.split_column import find_split_column
from nlprnn.errors import DataError
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.tasks.sequences.columns import ColumnRequest, choose_feature_columns
from nlprnn.tasks.sequences.feature_sequences import FeatureSequences, concatenated
from nlprnn.tasks.sequences.files import is_array_file, sequences_of_files
from nlprnn.tasks.sequences.tables import column_shapes, read_table


def find_sequences(
    dataset: str,
    request: ColumnRequest,
    reading: ReadOptions,
    *,
    known: FeatureColumns | None = None,
) -> dict[str, FeatureSequences]:
    """Return the feature sequences of each split that a data set has.

    Args:
        dataset: a table, a folder with tables, a folder of array files by class, an array file, a sample's name or a
            Hub id.
        request: the columns that a user names.
        reading: options for reading.
        known: columns that a model was trained on, which come before a guess.

    Returns:
        split -> its sequences, all as "train" where no split is named.

    Raises:
        DataError: there is no such data set, a column or a cell is missing or damaged, or splits do not fit each other.
    """
    splits = _of_arrays(dataset) or _of_tables(dataset, request, reading, known)
    first = splits[next(iter(splits))]
    for name, split in splits.items():
        if len(split.names) != len(first.names):
            raise DataError(
                f"{split.origin}: the {name} split has {len(split.names)} features a step, {first.origin} has "
                f"{len(first.names)}: give the same features"
            )
    return splits


def _of_arrays(dataset: str) -> dict[str, FeatureSequences]:
    """The sequences of files of NumPy; {} for any other data set."""
    if is_array_file(dataset) and not Path(dataset).expanduser().is_file():
        raise DataError(f"{dataset!r}: no such file")
    path = local_path(dataset)
    if path is None or (path.is_file() and not is_array_file(path)):
        return {}
    if path.is_file():
        return {"train": sequences_of_files(str(path), [(path, "")])}
    files = plain_files(path)
    if any(TABLES.can_open(file) for file in files):
        return {}
    if arrays := [(file, "") for file in files if is_array_file(file)]:
        return {"train": sequences_of_files(str(path), arrays)}
    by_class = files_by_class(path, is_array_file)
    return {split: sequences_of_files(str(path), of_split) for split, of_split in by_class.items() if of_split}


def _of_tables(
    dataset: str, request: ColumnRequest, reading: ReadOptions, known: FeatureColumns | None
) -> dict[str, FeatureSequences]:
    sources = find_sources(dataset, TABLES, reading)
    first = next(iter(sources.values()))[0]
    shapes = column_shapes(first)
    columns, guessed = _columns(first, shapes, request, known)
    single = len(sources) == 1 == len(next(iter(sources.values())))
    split_column = None
    if single or reading.split_field not in (None, "none"):
        kinds = {"number": Kind.NUMBER, "text": Kind.TEXT}
        schema = Schema(first.origin, {name: kinds.get(shape, Kind.LIST) for name, shape in shapes.items()})
        taken = {*columns.inputs(), columns.target, columns.subject}
        split_column = find_split_column(first, schema, {name for name in taken if name}).name
    if split_column and not single:
        raise DataError(f"{first.origin}: --split-field has no effect beside files of splits: leave it out")
    if split_column:
        sequences, (names,) = read_table(first, columns, more=[split_column])
        return _by_column(replace(sequences, guessed=guessed), split_column, names)
    return {
        split: concatenated([_read(source, columns, guessed) for source in of_split])
        for split, of_split in sources.items()
    }


def _columns(
    source: Source, shapes: Any, request: ColumnRequest, known: FeatureColumns | None
) -> tuple[FeatureColumns, frozenset[str]]:
    """The columns of a model where the table has them, else those that are named or guessed."""
    if known is None or known.layout == "files" or request.features:
        return choose_feature_columns(shapes, request, source.origin)
    missing = [name for name in known.inputs() if name not in shapes]
    if missing and "frames" in shapes.values():
        return choose_feature_columns(shapes, request, source.origin)
    if missing:
        raise DataError(
            f"{source.origin} has no column {missing[0]!r}, which the model was trained on: there are "
            f"{', '.join(map(repr, shapes))}"
        )
    target = request.target or known.target
    if request.target and request.target not in shapes:
        raise DataError(f"{source.origin}: no column {request.target!r} for --label-field")
    present = {name: name if name in shapes else None for name in (target, known.subject) if name is not None}
    return replace(
        known,
        target=present.get(target) if target else None,
        subject=present.get(known.subject) if known.subject else None,
    ), frozenset()


def _read(source: Source, columns: FeatureColumns, guessed: frozenset[str]) -> FeatureSequences:
    """The sequences of one of several tables, which may lack target and subject."""
    shapes = column_shapes(source)
    if missing := [name for name in columns.inputs() if name not in shapes]:
        raise DataError(f"{source.origin} has no column {missing[0]!r}: there are {', '.join(map(repr, shapes))}")
    target = columns.target if columns.target in shapes else None
    subject = columns.subject if columns.subject in shapes else None
    read, _ = read_table(source, replace(columns, target=target, subject=subject))
    return replace(read, guessed=guessed, feature_columns=columns)


def _by_column(sequences: FeatureSequences, name: str, values: Sequence[Any]) -> dict[str, FeatureSequences]:
    """The sequences of each split that a column names; those of no split are left out."""
    rows_of: dict[str | None, list[int]] = {}
    for row, value in enumerate(values):
        rows_of.setdefault(split_of_name("" if value is None else str(value)), []).append(row)
    if "train" not in rows_of:
        return {"train": sequences.noted(f"the column {name!r} does not choose the splits: it names no train split")}
    if rest := rows_of.get(None):
        omission = Omission(f"of no split (column {name!r})", len(rest), sequences.locations[rest[0]], "sequence")
        sequences = replace(sequences, omissions=(*sequences.omissions, omission))
    sequences = sequences.noted(f"the column {name!r} chooses the splits (--split-field none: it does not)")
    return {split: sequences.select(rows_of[split]) for split in SPLITS if split in rows_of}
