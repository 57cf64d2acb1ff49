"""Splits of a table as a dataset has them, one column for each role, before any row is held out or left out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import LABEL_NAME, Column, Columns, Schema, answer_of, counted, role_of
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.formats.source import Source
from nlprnn.data.label_forms import with_label_form
from nlprnn.data.labels import check_labels, check_numbers, use_names
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.sources import Sources, find_parallel, find_sources
from nlprnn.data.split_column import SplitColumn, find_split_column, note_unheeded, read_by_split, refuse_split_field
from nlprnn.data.table import Split, concatenate
from nlprnn.errors import DataError

logger = logging.getLogger(__name__)

_Tables = Mapping[str, Sequence[tuple[Source, Schema]]]


@dataclass(frozen=True)
class ChosenTables:
    """Sources of each split with the column of each role, before their rows are read.

    Attributes:
        splits: split name -> its sources, each with its columns.
        columns: role -> its column in the first source.
        by_column: column that names the split of each row, where the dataset is one table.
        notes: on what is left out.
    """

    splits: Mapping[str, Sequence[tuple[Source, Columns]]]
    columns: Columns
    by_column: SplitColumn
    notes: tuple[str, ...]


def choose_tables(
    dataset: str, fields: Mapping[str, str | None], *, required: bool = True, options: ReadOptions | None = None
) -> ChosenTables:
    """Find the sources of a dataset and choose their columns, without a look at more than their first rows.

    The columns are chosen in train, by name or by guess, and have the same names in the other splits.

    Args:
        dataset: a file, folder, sample, stem of line-aligned texts or Hub id, see `load_table`.
        fields: role -> column name, for a text also several ("title,body"), or None to guess it.
        required: False leaves out a role that is to be guessed and cannot be.
        options: options for reading; None = defaults.

    Raises:
        DataError: the source or a column is missing, damaged or odd.
    """
    options = options or ReadOptions()
    sources = _find_sources(dataset, fields, options)
    tables = {split: [(source, source.schema()) for source in shards] for split, shards in sources.items()}
    first = tables["train"][0][1]
    by_column = _split_column(sources, first, _named_columns(fields))
    columns = _choose_columns(fields, first.without(by_column.name), tables, required=required, options=options)
    answer = answer_of(columns)
    # A name may mean a column inside an object in one file and a plain one in another: each file resolves it.
    names = {role: fields.get(role) or column.names for role, column in columns.items()}
    splits: dict[str, list[tuple[Source, Columns]]] = {}
    notes: list[str] = []
    for split, shards in tables.items():
        if split != "train" and answer and (lacking := _without_column(shards, fields.get(answer), columns[answer])):
            notes.append(lacking)
            continue
        for source, schema in shards:
            resolved = resolve_columns(names, schema)
            chosen = {role: replace(column, names=resolved[role].names) for role, column in columns.items()}
            noted = replace(source, notes=(*source.notes, by_column.note)) if by_column.note else source
            splits.setdefault(split, []).append((_with_label_form(noted, chosen), chosen))
    return ChosenTables(splits, columns, by_column, tuple(notes))


def read_splits(
    dataset: str, fields: Mapping[str, str | None], *, required: bool = True, options: ReadOptions | None = None
) -> dict[str, Split]:
    """Return the splits of a dataset as they are, one column for each role; labels and numbers are checked.

    Args:
        dataset: as `choose_tables` takes it, and so are the other arguments.
        fields: role -> column name, or None to guess it.
        required: False leaves out a role that is to be guessed and cannot be.
        options: options for reading; None = defaults.

    Returns:
        Split name -> its rows. Splits without labels, numbers or targets are left out, with a warning.

    Raises:
        DataError: the source, a column or a label is missing, damaged or odd.
    """
    tables = choose_tables(dataset, fields, required=required, options=options)
    answer, by_column = answer_of(tables.columns), tables.by_column
    splits: dict[str, Split] = {}
    notes = list(tables.notes)
    for split, shards in tables.splits.items():
        read: dict[str, list[Split]] = {}
        for source, columns in shards:
            for name, rows in _read(source, columns, split, by_column).items():
                if answer and (lacking := _without_values(rows, answer, name if by_column.name else None)):
                    notes.append(lacking)
                    continue
                check_answers(rows, answer)
                read.setdefault(name, []).append(rows)
        splits |= {name: concatenate(tables_of_split) for name, tables_of_split in read.items()}
    if answer and "train" not in splits:
        mend = f"choose with {role_of(answer).option}"
        origin = tables.splits["train"][0][0].origin
        raise DataError(f"{origin}: no row has a {answer} in {str(tables.columns[answer])!r}; {mend}")
    for note in notes:
        logger.warning("%s", note)
        splits["train"] = splits["train"].noted(note)
    return use_names(splits) if LABEL_NAME in tables.columns else splits


def _find_sources(dataset: str, fields: Mapping[str, str | None], options: ReadOptions) -> Sources:
    """The sources of a dataset, which may be line-aligned texts where a source and a target are requested."""
    named = [name for role in ("source", "target") if (name := fields.get(role))]
    parallel = find_parallel(dataset, named, options) if {"source", "target"} <= fields.keys() else {}
    return parallel or find_sources(dataset, TABLES, options)


def _choose_columns(
    fields: Mapping[str, str | None], first: Schema, tables: _Tables, *, required: bool, options: ReadOptions
) -> dict[str, Column]:
    """The column of each role in the first table of train; names of numeric labels only where all tables have them."""
    columns = resolve_columns(fields, first, required=required, trained=options.trained_columns)
    if not columns:
        raise DataError(f"{first.origin}: no {first.noun} looks like the {' or '.join(fields)} ({first.listed()})")
    if not all(str(columns.get(LABEL_NAME)) in schema.kinds for shards in tables.values() for _, schema in shards):
        columns.pop(LABEL_NAME, None)
    return columns


def _without_column(shards: Sequence[tuple[Source, Schema]], named: str | None, column: Column) -> str | None:
    """Why a split is left out whose tables have no column of answers; None where all have it."""
    name, first = named or str(column), shards[0][1]
    if all(schema.find(name) for _, schema in shards):
        return None
    return f"{first.origin} has no {first.noun} {name!r}: left out"


def _without_values(rows: Split, answer: str, split: str | None) -> str | None:
    """Why rows are left out that have no answers; `split` is the name of theirs where a column gives it."""
    if len(rows.empty_rows(answer)) < len(rows):
        return None
    of_split = f" in its {split} split" if split else ""
    return f"{rows.origin} has no {answer.removesuffix('s')}s{of_split}: {counted(len(rows), 'row')} left out"


def check_answers(rows: Split, answer: str | None) -> None:
    """Check the labels or numbers of rows.

    Args:
        rows: of one split.
        answer: role of what a model predicts; None = there is none.

    Raises:
        DataError: one is missing or odd; names the row.
    """
    if answer == "label":
        check_labels(rows)
    elif answer == "number":
        check_numbers(rows)


def _split_column(sources: Sources, first: Schema, taken: Collection[str]) -> SplitColumn:
    """The column that names the splits, if the dataset is a single table."""
    table = sources["train"][0]
    if len(sources) == 1 == len(sources["train"]):
        return find_split_column(table, first, taken)
    reason = "its files or folders are the splits" if len(sources) > 1 else "it is of several tables"
    refuse_split_field(table.options, first.origin, f"a single table has such a column; {reason}")
    return SplitColumn(note=note_unheeded(table, taken, reason))


def _named_columns(fields: Mapping[str, str | None]) -> set[str]:
    return {name.strip() for names in fields.values() if names for name in (names, *names.split(","))}


def _read(source: Source, columns: Columns, split: str, by_column: SplitColumn) -> dict[str, Split]:
    """The rows of one table by split: all of one, or as a column names them."""
    return read_by_split(source, columns, by_column.name) if by_column.name else {split: source.read(columns)}


def _with_label_form(source: Source, columns: Columns) -> Source:
    """The source with options for the form of its column of several labels."""
    if "labels" not in columns or len(columns["labels"].names) > 1 or "labels" in source.options.types:
        return source
    name = columns["labels"].names[0]
    cells = [row.get(name) for row in source.sample({"labels": columns["labels"]})]
    try:
        options = with_label_form(source.options, cells)
    except ValueError as error:
        raise DataError(f"{source.origin}, column {name!r}: {error}") from None
    if options is source.options:
        return source
    note = "lists of 0 and 1 have a mark for each label, named by position or by --label-names"
    return replace(source, options=options, notes=(*source.notes, note))
