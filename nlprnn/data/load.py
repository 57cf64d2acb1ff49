"""Tables as splits of one form, from a sample's name, a Hub id, a folder, a file or the stem of line-aligned texts."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import LABEL_NAME, Columns, Schema, answer_of, counted, role_of
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.formats.source import Source
from nlprnn.data.label_forms import with_label_form
from nlprnn.data.labels import all_labels, check_classes, check_labels, check_numbers, label_names, use_names
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.repeats import with_repeats_noted
from nlprnn.data.report import DataReport
from nlprnn.data.sources import Sources, find_parallel, find_sources
from nlprnn.data.split import choose_split, complete_splits, hold_out_rows
from nlprnn.data.split_column import (
    SplitColumn,
    find_split_column,
    note_unheeded,
    read_by_split,
    refuse_split_field,
)
from nlprnn.data.table import Split, column_values, concatenate, quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import DatasetDict

logger = logging.getLogger(__name__)


def load_table(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    required: bool = True,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> DatasetDict:
    """Load a table as splits with one column for each role; the rows of `load_splits`, which takes the same arguments.

    Rows that are left out are logged as a warning.

    Raises:
        DataError: as `load_splits`.
    """
    from datasets import DatasetDict

    splits = load_splits(dataset, fields, required=required, split_seed=split_seed, options=options)
    for omission in DataReport.of(splits).left_out:
        logger.warning("left out: %s", omission)
    return DatasetDict({name: split.rows for name, split in splits.items()})


def load_splits(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    required: bool = True,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> dict[str, Split]:
    """Load a table as splits with one column for each role, which know what was read.

    A source without splits is split 80/10/10; if only validation is missing, a tenth of train is held out for
    it, at most 5,000 rows. Both keep the labels' proportions, and identical texts together. Rows of train
    without text are left out before; in files of validation and test their text is "". A split without labels or
    targets is left out with a warning.

    Source and target may also be line-aligned texts: a folder with `train.en`, `train.de`, `valid.en` and so
    on, or the stem of two files ("corpus/train"). The columns then are the suffixes, here "en" and "de".

    Args:
        dataset: an existing file or folder, else the name of a sample, else the stem of line-aligned texts,
            else a Hub id ("owner/name:config").
        fields: role ("text", "label", "labels", "number", "source", "target" or any other) -> column name, or
            None to guess it. "title,body" as the text concatenates columns, with line ends between.
        required: False leaves out a role that is to be guessed and cannot be.
        split_seed: seed of the choice of held-out rows.
        options: options for reading, such as the types of columns; None = defaults.

    Returns:
        "train", "validation" and mostly "test", as memory-mapped tables.

    Raises:
        DataError: the source, a column, a row or a label is missing, damaged or odd; names the place and the mend.
    """
    splits = read_splits(dataset, fields, required=required, options=options)
    labelled = "label" in splits["train"].columns
    if labelled:
        check_classes(splits["train"])
    if "labels" in splits["train"].columns:
        all_labels(column_values(splits["train"].rows, "labels"), splits["train"].origin)  # raises for text
    splits["train"] = _without_empty_texts(splits["train"])
    splits = {name: split if name == "train" else _with_empty_texts(split) for name, split in splits.items()}
    splits = _complete(splits, split_seed)
    if labelled:
        label_names({name: split.rows for name, split in splits.items()})  # raises for labels that train has not
    return with_repeats_noted(splits)


def load_split(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    split: str | None = None,
    options: ReadOptions | None = None,
) -> Split:
    """Load the rows of one split as `load_table` does, with their locations, to score a model.

    Args:
        dataset: a file, folder, sample, stem of line-aligned texts or Hub id, see `load_table`.
        fields: role -> column name, or None to guess it.
        split: "train", "validation" or "test"; None = all rows of a file or of the line-aligned texts of one stem,
            else "test".
        options: options for reading; None = defaults.

    Raises:
        DataError: the data are missing, damaged or odd, see `load_table`, or the dataset has no such split.
    """
    splits = read_splits(dataset, fields, options=options)
    rows = choose_split(
        dataset, splits, split, lambda: _complete({**splits, "train": _without_empty_texts(splits["train"])}, seed=0)
    )
    for role in _text_roles(rows):
        if empty := rows.empty_rows(role):
            message = "no %s, and counted as empty text: %d of %d rows; the first is %s"
            logger.warning(message, role, len(empty), len(rows), rows.location(empty[0]))
    return _with_empty_texts(rows)


def read_splits(
    dataset: str, fields: Mapping[str, str | None], *, required: bool = True, options: ReadOptions | None = None
) -> dict[str, Split]:
    """Return the splits of a dataset as they are, one column for each role; labels and numbers are checked.

    The columns are chosen in train, by name or by guess, and have the same names in the other splits.

    Args:
        dataset: a file, folder, sample, stem of line-aligned texts or Hub id, see `load_table`.
        fields: role -> column name, for a text also several ("title,body"), or None to guess it.
        required: False leaves out a role that is to be guessed and cannot be.
        options: options for reading; None = defaults.

    Returns:
        Split name -> its rows. Splits without labels, numbers or targets are left out, with a warning.

    Raises:
        DataError: the source, a column or a label is missing, damaged or odd.
    """
    options = options or ReadOptions()
    named = [name for role in ("source", "target") if (name := fields.get(role))]
    sources = find_parallel(dataset, named, options) if {"source", "target"} <= fields.keys() else {}
    sources = sources or find_sources(dataset, TABLES, options)
    tables = {split: [(source, source.schema()) for source in shards] for split, shards in sources.items()}
    first = tables["train"][0][1]
    by_column = _split_column(sources, first, _named_columns(fields))
    first = first.without(by_column.name)
    columns = resolve_columns(fields, first, required=required, trained=options.trained_columns)
    if not columns:
        raise DataError(f"{first.origin}: no {first.noun} looks like the {' or '.join(fields)} ({first.listed()})")
    if not all(str(columns.get(LABEL_NAME)) in schema.kinds for shards in tables.values() for _, schema in shards):
        columns.pop(LABEL_NAME, None)
    # A name may mean a column inside an object in one file and a plain one in another: each file resolves it.
    names = {role: fields.get(role) or column.names for role, column in columns.items()}
    answer = answer_of(columns) or ""
    answer_name = fields.get(answer) or str(columns.get(answer))
    splits: dict[str, Split] = {}
    notes: list[str] = []
    for split, shards in tables.items():
        if split != "train" and answer and not all(schema.find(answer_name) for _, schema in shards):
            notes.append(f"{shards[0][1].origin} has no {first.noun} {answer_name!r}: left out")
            continue
        read: dict[str, list[Split]] = {}
        for source, schema in shards:
            resolved = resolve_columns(names, schema)
            chosen = {role: replace(column, names=resolved[role].names) for role, column in columns.items()}
            for name, rows in _read(source, chosen, split, by_column).items():
                if answer and len(rows.empty_rows(answer)) == len(rows):
                    of_split = f" in its {name} split" if by_column.name else ""
                    lacking = f"{rows.origin} has no {answer.removesuffix('s')}s{of_split}"
                    notes.append(f"{lacking}: {counted(len(rows), 'row')} left out")
                    continue
                if answer in ("label", "number"):
                    (check_labels if answer == "label" else check_numbers)(rows)
                read.setdefault(name, []).append(rows)
        splits |= {name: concatenate(tables_of_split) for name, tables_of_split in read.items()}
    if "train" not in splits:
        mend = f"choose with {role_of(answer).option}"
        raise DataError(f"{first.origin}: no row has a {answer} in {str(columns[answer])!r}; {mend}")
    for note in notes:
        logger.warning("%s", note)
        splits["train"] = splits["train"].noted(note)
    return use_names(splits) if LABEL_NAME in columns else splits


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
    source = _with_label_form(source, columns)
    if by_column.note:
        source = replace(source, notes=(*source.notes, by_column.note))
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


def _complete(splits: Mapping[str, Split], seed: int) -> dict[str, Split]:
    def hold_out(train: Split, number: int) -> list[Split]:
        role = next((role for role in ("label", "labels") if role in train.columns), None)
        labels = column_values(train.rows, role) if role else None
        return hold_out_rows(train, number, labels=labels, seed=seed)

    return complete_splits(splits, hold_out, origin=splits["train"].origin)


def _text_roles(split: Split) -> list[str]:
    """The roles whose cells are texts, rather than labels or typed values."""
    features = split.rows.features
    return [role for role in split.columns if role != "label" and getattr(features[role], "dtype", "") == "string"]


def _without_empty_texts(split: Split) -> Split:
    """Leave out the rows in which a text is missing or blank.

    Raises:
        DataError: all rows are.
    """
    empty_of = {role: split.empty_rows(role) for role in _text_roles(split)}
    empty = set(chain.from_iterable(empty_of.values()))
    if len(empty) == len(split):
        raise DataError(f"{split.origin}: no row has any text")
    return split.without(empty, f"without {' or '.join(role for role, rows in empty_of.items() if rows)}")


def _with_empty_texts(split: Split) -> Split:
    """Make missing and blank texts "", so that there is a score for each row."""
    roles = _text_roles(split)
    if not any(split.empty_rows(role) for role in roles):
        return split
    with quiet_datasets():
        rows = split.rows.map(lambda row: {role: _blank_to_empty(row[role]) for role in roles})
    return replace(split, rows=rows)


def _blank_to_empty(text: str | None) -> str:
    return text if text and not text.isspace() else ""
