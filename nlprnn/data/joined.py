"""A text that is joined from several columns of a table, such as a title and a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nlprnn.data.column_roles import PART, Kinds, find_column, option
from nlprnn.data.tables import quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

_SEPARATOR = "\n"


def split_fields(fields: Mapping[str, str | None], kinds: Kinds, *, origin: str) -> dict[str, str | None]:
    """Give each column of a text that is named as "title,body" a role of its own: "text", "text+1" and so on.

    A column whose own name has a comma is one column.

    Args:
        fields: role -> column name or names, or None to guess it.
        kinds: column name -> kind, as for `resolve_fields`.
        origin: the file or data set, for messages.

    Raises:
        DataError: a column is named twice.
    """
    given = fields.get("text")
    if given is None or "," not in given or find_column(given, kinds):
        return dict(fields)
    names = [name.strip() for name in given.split(",")]
    if len(set(names)) < len(names):
        raise DataError(f"{origin}: {option('text')} {given} names a field twice: name each once")
    further = {f"text{PART}{number}": name for number, name in enumerate(names[1:], start=1)}
    return {**fields, "text": names[0], **further}


def join_columns(rows: Dataset) -> Dataset:
    """Join the columns "text", "text+1" and so on to one text with line ends between, of what is not empty."""
    roles = [role for role in rows.column_names if role.partition(PART)[0] == "text"]
    if len(roles) < 2:
        return rows
    with quiet_datasets():
        return rows.map(_joined, batched=True, fn_kwargs={"roles": roles}, remove_columns=roles[1:])


def _joined(batch: Mapping[str, list[str | None]], roles: list[str]) -> dict[str, list[str]]:
    cells = zip(*(batch[role] for role in roles), strict=True)
    return {"text": [_SEPARATOR.join(cell for cell in row if cell and not cell.isspace()) for row in cells]}
