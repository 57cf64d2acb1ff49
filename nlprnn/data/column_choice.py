"""Choice of the column of each role: named by the user, as in training, defined by the format, or guessed.

Columns are chosen here and nowhere else: the formats receive a `Column` for each role.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from nlprnn.data.column_guess import candidates, guess_columns, label_name_column, usual_matches
from nlprnn.data.column_roles import LABEL_NAME, LISTS, Column, Columns, Kind, Role, Schema, counted, role_of
from nlprnn.errors import DataError

_LISTED = ("tokens", "tags")
_EXCLUSIVE = (("source", "target"), _LISTED)


def resolve_columns(
    fields: Mapping[str, str | tuple[str, ...] | None],
    schema: Schema,
    *,
    required: bool = True,
    trained: Mapping[str, str] | None = None,
) -> dict[str, Column]:
    """Choose the column of each role.

    Args:
        fields: role -> column name (of a text also several, "title,body" or a tuple), or None to guess it.
        schema: the columns of the table.
        required: False leaves out a role that cannot be guessed.
        trained: role -> column that a model was trained on, which comes before a guess where the table has it.

    Returns:
        Role -> its column, in the order of `fields`; also `LABEL_NAME` if numeric labels have names.

    Raises:
        DataError: a named column does not exist, is named twice or holds values of the wrong kind, or a guess is
            ambiguous or fails.
    """
    columns = {role: Column(_named(names, role, schema)) for role, names in fields.items() if names is not None}
    taken = {name for column in columns.values() for name in column.names}
    for role in [role for role in fields if role not in columns]:
        if known := _known(role, (trained or {}).get(role), schema):
            columns[role] = Column(known, guessed=True, note="as in training")
        elif role in schema.usual and (role in _LISTED or schema.usual[role] not in taken):
            columns[role] = Column(_named(schema.usual[role], role, schema), guessed=True)
    _check_exclusive(columns, schema)
    columns.update(guess_columns([role for role in fields if role not in columns], schema, _free(schema, columns)))
    missing = [role for role in fields if role not in columns]
    if missing and required:
        raise DataError(f"{schema.origin}: {_why_missing(missing, columns, schema)} ({schema.listed()})")
    names = label_name_column(columns["label"], schema) if "label" in columns else None
    chosen = {role: columns[role] for role in fields if role in columns}
    return {**chosen, LABEL_NAME: Column((names,), guessed=True)} if names else chosen


def _named(requested: str | tuple[str, ...], role: str, schema: Schema) -> tuple[str, ...]:
    """The columns that are named for a role: one, or several of a text."""
    if isinstance(requested, tuple):
        names = requested
    else:
        several = role_of(role).several and not schema.find(requested)
        names = tuple(name.strip() for name in requested.split(",")) if several else (requested,)
    if len(set(names)) < len(names):
        raise DataError(f"{schema.origin}: {role_of(role).option} {requested} names a column twice: name each once")
    return tuple(_find(name, role_of(role), schema) for name in names)


def _known(role: str, requested: str | None, schema: Schema) -> tuple[str, ...]:
    """The columns of a name, none where the table has no such or they hold values of another kind."""
    try:
        return _named(requested, role, schema) if requested else ()
    except DataError:
        return ()


def _find(name: str, role: Role, schema: Schema) -> str:
    """The column of a name or number, which must hold values of a kind that fits."""
    column = _find_number(name, role, schema) if schema.numbered else schema.find(name)
    if column is None:
        folded = {column.lower(): column for column in schema.kinds}
        near = difflib.get_close_matches(name.lower(), folded, n=1)
        hint = f", did you mean {folded[near[0]]!r}?" if near else ""
        raise DataError(
            f"{schema.origin}: no {schema.noun} {name!r} for the {role.noun} ({role.option}){hint} ({schema.listed()})"
        )
    if schema.kinds.get(column, Kind.TEXT) not in role.fits:
        if role.fits == LISTS:
            fault = f"holds no lists, but the {role.noun} must be one list a sentence"
        else:
            mend = ", or several with --multi-label" if role.noun == "label" else ""
            held = "values that are no words" if schema.kinds.get(column) is Kind.OTHER else "lists"
            fault = f"holds {held}; a {role.noun} is one word or number a row{mend}"
        raise DataError(f"{schema.origin}: the {schema.noun} {name!r} {fault}")
    return column


def _find_number(name: str, role: Role, schema: Schema) -> str:
    width = len(schema.kinds)
    try:
        number = int(schema.aliases.get(name, name))
    except ValueError:
        named = f"the columns {', '.join(schema.aliases)}" if schema.aliases else "columns without names"
        raise DataError(
            f"{schema.origin} has {named}: {role.option} is the number of one, 1 to {width}, and not {name!r}"
        ) from None
    column = number if number > 0 else width + 1 + number
    if number == 0 or not 1 <= column <= width:
        has = f"{schema.origin} has {counted(width, 'column')}"
        raise DataError(f"{has}, so there is no column {number}; choose another with {role.option}")
    return str(column)


def _check_exclusive(columns: Columns, schema: Schema) -> None:
    for pair in _EXCLUSIVE:
        if pair[0] in columns and pair[1] in columns and columns[pair[0]].names == columns[pair[1]].names:
            one, other = map(role_of, pair)
            raise DataError(
                f"{schema.origin}: {str(columns[pair[0]])!r} cannot be both the {one.noun} and the {other.noun}; "
                f"choose another with {one.option} or {other.option} ({schema.listed()})"
            )


def _why_missing(roles: list[str], columns: Columns, schema: Schema) -> str:
    """Why the columns of some roles cannot be guessed, and the mend."""
    nouns, options = [role_of(role).noun for role in roles], " and ".join(role_of(role).option for role in roles)
    if {"source", "target"} & set(roles) and not candidates(roles[0], _free(schema, columns)):
        return f"no {schema.noun} is left for the {nouns[0]}; a translation needs two texts"
    lists = {name: kind for name, kind in _free(schema, columns).items() if kind is Kind.LIST}
    if "label" in roles and (several := usual_matches("labels", lists)):
        return f"the {schema.noun} {several[0]!r} holds lists of labels; give --multi-label for several labels a row"
    if roles == ["labels"]:
        options += ", which also takes several columns of 0 and 1, one a label (a,b,c)"
    if not schema.ordered:
        return f"which {schema.noun} is the {' and which the '.join(nouns)} cannot be known; choose with {options}"
    return f"no {schema.noun} looks like the {' or the '.join(nouns)}; choose with {options}"


def _free(schema: Schema, columns: Columns) -> dict[str, Kind]:
    """The columns without a role yet."""
    taken = {name for column in columns.values() for name in column.names}
    taken |= {name for column in columns.values() if (name := label_name_column(column, schema))}
    return {name: kind for name, kind in schema.kinds.items() if name not in taken}
