"""Column that names the split of each row, in a dataset that is one table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from nlprnn.data.column_roles import LISTS, Column, Columns, Kind, Schema
from nlprnn.data.folders import split_of_name
from nlprnn.data.formats.source import RowSource, Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.split import SPLITS
from nlprnn.data.table import Split, column_values
from nlprnn.errors import DataError

_ROLE = "split of the row"  # no role's name
_USUAL = {"split", "splits", "fold", "partition", "set", "subset", "data_split", "dataset_split"}
_OTHER = re.compile(
    r"ml_?use|usage|(is|in|for)_?(train|test|val|valid|validation|dev|eval)(ing)?(_?set)?|\w+_(split|fold|partition)"
)
_MAYBE = {"phase", "mode", "dataset", "purpose", "type", "group", "part", "section", "sample", "data_set", "data_type"}
_NO_COLUMN = "none"
_MOST_VALUES = 20


@dataclass(frozen=True)
class SplitColumn:
    """Column that names the split of each row: its name if it is heeded, and a note on those that are not."""

    name: str | None = None
    note: str | None = None


def refuse_split_field(options: ReadOptions, origin: str, reason: str) -> None:
    """Refuse a column that the options name for the splits where it has no effect.

    Args:
        options: options for reading.
        origin: the dataset, for messages.
        reason: why a column has none.

    Raises:
        DataError: the options name one.
    """
    if options.split_field not in (None, _NO_COLUMN):
        raise DataError(f"{origin}: --split-field {options.split_field} has no effect ({reason}); leave it out")


def find_split_column(source: Source, schema: Schema, taken: Collection[str]) -> SplitColumn:
    """Return the column that names the splits: as the options name it, else of a usual name and with such values.

    Args:
        source: the only table of a dataset.
        schema: its columns.
        taken: columns with another role, which are not guessed.

    Raises:
        DataError: the options name a column that does not exist, or do not decide between several that name splits.
    """
    named = source.options.split_field
    if named == _NO_COLUMN:
        return SplitColumn()
    if named is not None:
        column = schema.find(named)
        if column is None:
            raise DataError(f"{schema.origin}: no column {named!r} for the split (--split-field) ({schema.listed()})")
        return SplitColumn(column)
    values_of = _likely_columns(source, schema, taken)
    chosen = [name for name, values in values_of.items() if _is(name, _USUAL) and _name_splits(values)]
    if len(chosen) > 1:
        both = " and ".join(map(repr, chosen))
        raise DataError(f"{schema.origin}: the columns {both} name splits; choose one with --split-field, or none")
    notes = [_note(name, values) for name, values in values_of.items() if name not in chosen]
    return SplitColumn(chosen[0] if chosen else None, "; ".join(notes) or None)


def note_unheeded(source: RowSource, taken: Collection[str], reason: str) -> str | None:
    """Return a note on the columns that seem to name the split of each row of a source, and do not choose it.

    Args:
        source: a table of a dataset.
        taken: columns with a role.
        reason: why they do not.
    """
    if source.options.split_field == _NO_COLUMN:
        return None
    names = [name for name, values in _likely_columns(source, source.schema(), taken).items() if _name_splits(values)]
    return f"the column {names[0]!r} does not choose the splits ({reason})" if names else None


def _likely_columns(source: RowSource, schema: Schema, taken: Collection[str]) -> dict[str, list[str]]:
    """The columns whose name, or name and values, are of splits, with their first values."""
    known = {*_USUAL, *_MAYBE}
    names = [
        name for name in schema.kinds if name not in taken and (_is(name, known) or _OTHER.fullmatch(_folded(name)))
    ]
    names = [name for name in names if schema.kinds[name] not in {*LISTS, Kind.OTHER}]
    if not names:
        return {}
    rows = source.sample({f"{_ROLE} {name}": Column((name,)) for name in names})
    likely = {}
    for name in names:
        values = ["" if row.get(name) is None else str(row[name]) for row in rows]
        few = len(set(values) - {""}) <= _MOST_VALUES
        if _name_splits(values) or (few and not _is(name, _MAYBE)):
            likely[name] = values
    return likely


def _folded(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def _is(name: str, known: Collection[str]) -> bool:
    return _folded(name) in known


def _name_splits(values: Sequence[str]) -> bool:
    return sum(split_of_name(value) is not None for value in values) > len(values) / 2


def _note(name: str, values: Sequence[str]) -> str:
    if _name_splits(values):
        return f"the column {name!r} does not choose the splits (--split-field {name}: it does)"
    shown = ", ".join(sorted(set(values) - {""})[:3])
    return f"the column {name!r} does not choose the splits: its values ({shown}) name none (see --split-field)"


def read_by_split(source: Source, columns: Columns, name: str) -> dict[str, Split]:
    """Return the rows of each split that a column names, train first; rows of no split are left out.

    Where the column was guessed and names no train split, all rows are "train".

    Raises:
        DataError: the source is damaged, or the column that the options name has no train split.
    """
    whole = source.read({**columns, _ROLE: Column((name,))})
    values = [(value or "").strip() for value in column_values(whole.rows, _ROLE)]
    whole = replace(whole, rows=whole.rows.remove_columns([_ROLE]), columns=columns)
    rows_of: dict[str | None, list[int]] = {}
    for row, value in enumerate(values):
        rows_of.setdefault(split_of_name(value), []).append(row)
    if "train" not in rows_of and source.options.split_field is None:
        return {"train": whole.noted(f"the column {name!r} does not choose the splits: it names no train split")}
    if "train" not in rows_of:
        raise DataError(f"{source.origin}: the column {name!r} names no train split; give --split-field none")
    reasons = {row: f"of no split (column {name!r}: {values[row][:40]!r})" for row in rows_of.get(None, [])}
    rest = whole.without_marked([reasons.get(row) for row in range(len(whole))]) if reasons else whole
    whole = replace(whole, omissions=rest.omissions)
    if len(rows_of) > 1:
        whole = whole.noted(f"the column {name!r} chooses the splits (--split-field none: it does not)")
    return {split: whole.select(rows_of[split]) for split in SPLITS if split in rows_of}
