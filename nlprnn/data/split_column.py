"""Column that names the split of each row, in a dataset that is one table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from nlprnn.data.column_roles import Column, Columns, Kind, Schema
from nlprnn.data.folders import split_of_name
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.split import SPLITS
from nlprnn.data.table import Split, column_values
from nlprnn.errors import DataError

_ROLE = "split of the row"  # no role's name
_USUAL = {"split", "splits", "fold", "partition", "set", "subset", "data_split", "dataset_split"}
_NO_COLUMN = "none"
_MOST_VALUES = 20


@dataclass(frozen=True)
class SplitColumn:
    """Column that names the split of each row: its name if it is heeded, and a note on one that is not."""

    name: str | None = None
    note: str | None = None


def find_split_column(source: Source, schema: Schema, taken: Collection[str]) -> SplitColumn:
    """Return the column that names the splits: as the options name it, else of a usual name and with such values.

    Args:
        source: the only table of a dataset.
        schema: its columns.
        taken: columns with another role, which are not guessed.

    Raises:
        DataError: the options name a column that does not exist.
    """
    named = source.options.split_field
    if named == _NO_COLUMN:
        return SplitColumn()
    if named is not None:
        column = schema.find(named)
        if column is None:
            raise DataError(f"{schema.origin}: no column {named!r} for the split (--split-field) ({schema.listed()})")
        return SplitColumn(column)
    usual = [name for name in schema.kinds if name.strip().lower() in _USUAL and name not in taken]
    if len(usual) != 1 or schema.kinds[usual[0]] in (Kind.LIST, Kind.OTHER):
        return SplitColumn()
    name = usual[0]
    rows = source.sample({_ROLE: Column((name,))})
    values = [str(row.get(name) or "") for row in rows if not isinstance(row, LeftOut)]
    different = sorted(set(values) - {""})
    if sum(split_of_name(value) is not None for value in values) > len(values) / 2:
        return SplitColumn(name)
    if len(different) > _MOST_VALUES:
        return SplitColumn()
    return SplitColumn(
        note=f"the column {name!r} does not choose the splits: its values ({', '.join(different[:3])}) name none"
    )


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
