"""Data sets that are larger than memory: rows to train on that are read as they are needed, the others in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_roles import LABEL_NAME, Column, Columns, answer_of, counted
from nlprnn.data.formats.source import Source
from nlprnn.data.labels import case_note, in_order, label_names, refuse_text, set_order
from nlprnn.data.load import with_empty_texts
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.row_stream import Cells, RowStream
from nlprnn.data.split import SPLITS
from nlprnn.data.survey import SPLIT_ROLE, Place, Survey, SurveyOptions, labels_of
from nlprnn.data.table import Split, concatenate
from nlprnn.data.table_splits import ChosenTables, check_answers, choose_tables
from nlprnn.errors import DataError

if TYPE_CHECKING:
    pass

_SHARE = 0.1
_MOST_HELD_OUT = 5_000
_MANY = 1_000
_SORTED = 0.1
"""Share of the changes of label of rows in a random order below which they are in the order of their labels."""


@dataclass(frozen=True)
class StreamedSplits:
    """A data set whose rows to train on are not in memory.

    Attributes:
        train: rows to train on.
        held_out: split -> its rows, in memory: "validation" and mostly "test".
        missing: those of them that the data set does not have, and that were held out of train.
    """

    train: RowStream
    held_out: Mapping[str, Split]
    missing: Sequence[str]


def stream_splits(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    sample_rows: int,
    held_out_characters: int = 20_000_000,
    options: ReadOptions | None = None,
) -> StreamedSplits:
    """Open a table as splits with one column for each role, of which train is read whenever it is needed.

    A first pass counts the rows and their labels and draws a sample. Where there is no split for validation, rows are
    held out for it, and for test where that is missing too: a tenth each, at most 5,000, by a digest of their texts, so
    that equal texts stay together. They are others than those of `load_splits`.

    Args:
        dataset: as `load_splits` takes it.
        fields: role -> column name, or None to guess it.
        sample_rows: rows of the sample, at most.
        held_out_characters: of the rows that are held out, at most.
        options: options for reading; None = defaults.

    Raises:
        DataError: the source, a column, a row or a label is missing, damaged or odd; names the place and the mend.
    """
    tables = choose_tables(dataset, fields, options=replace(options or ReadOptions(), streaming=True))
    roles = [role for role in tables.columns if role != LABEL_NAME]
    sources = [(source, {role: columns[role] for role in roles}) for source, columns in tables.splits["train"]]
    held_out = _other_splits(tables, roles)
    train, more = stream_sources(
        sources,
        sample_rows=sample_rows,
        missing=missing_splits(held_out),
        by_column=tables.by_column.name,
        held_out_characters=held_out_characters,
    )
    splits = {name: split for name in SPLITS if (split := {**held_out, **more}.get(name))}
    labels = _label_order(train, splits)
    notes = (*tables.notes, *train.notes)
    train = replace(train, labels={label: train.labels.get(label, 0) for label in labels}, notes=notes)
    return StreamedSplits(train, splits, () if tables.by_column.name else list(more))


def missing_splits(splits: Collection[str]) -> list[str]:
    """Return the names of the splits that have to be held out: none where there is one for validation."""
    return [] if "validation" in splits else [name for name in SPLITS[1:] if name not in splits]


def stream_sources(
    sources: Sequence[tuple[Source, Columns]],
    *,
    sample_rows: int,
    missing: Sequence[str] = (),
    by_column: str | None = None,
    held_out_characters: int,
) -> tuple[RowStream, dict[str, Split]]:
    """Return the rows of sources, and the splits that are made of some of them.

    Args:
        sources: of the rows, each with its columns.
        sample_rows: rows of the sample, at most.
        missing: splits that are held out.
        by_column: column that names the split of each row; None = there is none.
        held_out_characters: of each of the splits, at most.

    Raises:
        DataError: a source is damaged, or has too few rows.
    """
    missing = () if by_column else missing
    number = len(missing)
    options = SurveyOptions(
        sample_rows, held_out=number * _MOST_HELD_OUT, held_out_characters=number * held_out_characters
    )
    survey = Survey([(source, _with_split(columns, by_column)) for source, columns in sources], options)
    origin = sources[0][0].origin
    if by_column and not {"train", "validation"} <= {*survey.of_split, "train" if survey.kept.any() else ""}:
        raise DataError(
            f"{origin}: the column {by_column!r} does not name rows for train and for validation, which --streaming "
            "needs; give --split-field none to hold some out"
        )
    if not survey.kept.any():
        raise DataError(f"{origin}: no row has any text")
    held_out = {name: _split(rows, sources) for name in SPLITS[1:] if (rows := survey.of_split.get(name))}
    held_out |= _hold_out(survey, sources, missing)
    stream = RowStream(
        [(source, columns, rows) for (source, columns), rows in zip(sources, survey.rows, strict=True)],
        sources[0][1],
        survey.kept,
        survey.remaining_sizes(),
        sample=_sample(survey, sample_rows),
        digest=survey.digest,
        labels=dict(survey.labels),
        first_rows=survey.first_rows,
        files=tuple(survey.files),
        omissions=survey.omissions,
        notes=tuple(_notes(survey)),
    )
    return stream, held_out


def _other_splits(tables: ChosenTables, roles: Sequence[str]) -> dict[str, Split]:
    """The splits beside train that the data set has, in memory."""
    splits = {}
    for name, shards in tables.splits.items():
        if name != "train":
            read = [source.read({role: columns[role] for role in roles}) for source, columns in shards]
            for rows in read:
                check_answers(rows, answer_of(roles))
            splits[name] = with_empty_texts(concatenate(read))
    return splits


def _with_split(columns: Columns, name: str | None) -> Columns:
    return {**columns, SPLIT_ROLE: Column((name,))} if name else columns


def _split(rows: Sequence[tuple[Place, Cells]], sources: Sequence[tuple[Source, Columns]]) -> Split:
    """Rows of the sources of train as a split in memory."""
    from datasets import Dataset

    source, columns = sources[0]
    features = RowConverter(columns, source.options, source.location).features()
    table = Dataset.from_list([dict(cells) for _, cells in rows], features=features)
    numbers = np.array([number for (_, number), _ in rows])
    split = Split(table, source.origin, columns, numbers, source.unit)
    check_answers(split, answer_of(columns))
    return split


def _hold_out(survey: Survey, sources: Sequence[tuple[Source, Columns]], missing: Sequence[str]) -> dict[str, Split]:
    """Take rows out of train, and return the splits that are missing made of them."""
    if not missing:
        return {}
    size = min(_MOST_HELD_OUT, int(_SHARE * np.count_nonzero(survey.kept)))
    rows: dict[str, list[tuple[Place, Cells]]] = {name: [] for name in missing}
    for candidate in survey.held_out.rows():
        smallest = min(missing, key=lambda name: len(rows[name]))
        if len(rows[smallest]) == size:
            break
        if survey.hold_out(candidate, labels_of(candidate.first[1])):
            rows[smallest].append(candidate.first)
    if not all(rows.values()):
        raise DataError(
            f"{sources[0][0].origin}: too few rows to hold out validation and test, "
            f"{counted(len(survey.kept), 'row')}; add rows, or give a folder with train and validation files"
        )
    return {name: _split(of, sources) for name, of in rows.items()}


def _sample(survey: Survey, most: int) -> list[Cells]:
    """The rows of the sample that are in train, in their order."""
    rows = [row for row in survey.sample.rows(most) if survey.kept[row.indices[0]]]
    return [row.first for row in sorted(rows, key=lambda row: row.indices[0])]


def _label_order(train: RowStream, held_out: Mapping[str, Split]) -> list[str]:
    """The labels in their order, after the checks of `load_splits`; none without a column of labels.

    Raises:
        DataError: they are numbers and words, one alone, look like text, or train lacks one of another split.
    """
    (source, columns, _), labels = train.sources[0], train.labels
    if "labels" in columns and not labels:
        raise DataError(f"{source.origin}: no text has a label; choose another column with --label-field")
    order = source.class_names(str(columns["label"])) if "label" in columns else None
    if order is None:
        refuse_text(len(labels), len(train), source.origin)
    if "label" not in columns:
        return in_order(set(labels))
    only = {"label": columns["label"]}
    firsts = _split([(train.first_rows[label], {"label": label}) for label in labels], [(source, only)])
    if order:
        set_order(firsts.rows, order)
    return label_names({"train": firsts.rows, **{name: split.rows for name, split in held_out.items()}})


def _notes(survey: Survey) -> list[str]:
    """What is odd about the rows."""
    total = survey.labels.total()
    notes = [note] if (note := case_note(survey.labels)) else []
    expected = total - sum(count**2 for count in survey.labels.values()) / max(1, total)
    if total > _MANY and survey.changes < _SORTED * expected:
        notes.append(
            "the rows are in the order of their labels, of which streaming shuffles neighbouring ones alone "
            "(--shuffle-buffer): shuffle the file, or the model unlearns one label while it reads the next"
        )
    return notes
