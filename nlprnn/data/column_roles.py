"""Column roles: which column of a table is its text, its label, its tokens; named by the user, or guessed.

Columns are chosen here and nowhere else: the formats receive a `Column` for each role.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from nlprnn.errors import DataError


class Kind(Enum):
    """Kind of the values of a column; `CLASS` are integers with declared names."""

    TEXT = "text"
    NUMBER = "number"
    CLASS = "class"
    LIST = "list"
    OTHER = "other"


_ALL = frozenset(Kind)
_SINGLE = frozenset({Kind.TEXT, Kind.NUMBER, Kind.CLASS})


@dataclass(frozen=True)
class Role:
    """Use of a column.

    Attributes:
        noun: name of its values in messages.
        option: command-line option that names its column.
        usual: tiers of usual column names: the first tier with a match decides, and it must match one column only.
        fits: kinds of column that may be named for it.
        guessed: kinds of column that are guessed by a usual name.
        last: kinds of column that are guessed if only one is left.
        cells: type of its values, of `nlprnn.data.cells`.
        several: whether several columns may be named, separated by commas: texts are then concatenated, and labels are
            the names of the columns with a true value.
    """

    noun: str
    option: str
    usual: tuple[frozenset[str], ...]
    fits: frozenset[Kind] = _ALL
    guessed: frozenset[Kind] = _SINGLE
    last: frozenset[Kind] = frozenset({Kind.TEXT})
    cells: str = "string"
    several: bool = False


def _tiers(*tiers: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(tier.split()) for tier in tiers)


_TEXT = _tiers(
    "text",
    "sentence content review body document article tweet comment message post",
    "headline title question query phrase description utterance",
)
_LABEL = _tiers(
    "label",
    "labels category class topic sentiment target rating intent",
    "class_index emotion polarity stars score genre",
)
_LABELS = _tiers("labels", "label categories topics tags classes genres aspects", "genre topic")
_NUMBER = _tiers("score number value", "label rating stars grade target points", "price year similarity")
_TAGS = _tiers("tags labels ner_tags ner entities", "pos_tags upos pos xpos chunk_tags")
_LISTS = frozenset({Kind.LIST})

LABEL_NAME = "label_name"
"""Role of the column with the names of numeric labels: chosen along with the label's, and read in its place."""

ROLES: Mapping[str, Role] = {
    "text": Role("text", "--text-field", _TEXT, several=True),
    "label": Role("label", "--label-field", _LABEL, fits=_SINGLE, last=_SINGLE, cells="label"),
    "labels": Role("labels", "--label-field", _LABELS, guessed=_ALL, last=_ALL, cells="labels", several=True),
    "number": Role("number", "--label-field", _NUMBER, fits=_SINGLE, last=frozenset({Kind.NUMBER}), cells="float64"),
    "source": Role("source", "--source", _tiers("source", "src")),
    "target": Role("target", "--target", _tiers("target", "tgt trg")),
    "tokens": Role("words", "--token-field", _tiers("tokens", "words token word forms"), _LISTS, _LISTS, frozenset()),
    "tags": Role("tags", "--tag-field", _TAGS, _LISTS, _LISTS, _LISTS),
    LABEL_NAME: Role("label name", "--label-field", (), cells="label"),
}
"""Known roles by name; `role_of` also returns any other."""

_EXCLUSIVE = (("source", "target"), ("tokens", "tags"))
_ANSWERS = ("label", "labels", "number", "target")
_IDENTIFIERS = {"", "id", "idx", "index", "unnamed: 0", "__index_level_0__"}


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: "1 column", "3 columns"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def role_of(role: str) -> Role:
    """Return a role by name; an unknown one is a text in a column of that name."""
    return ROLES.get(role) or Role(role, f"--{role.replace('_', '-')}-field", _tiers(role))


def answer_of(roles: Iterable[str]) -> str | None:
    """Return the role among these that a model predicts; None without one."""
    return next((role for role in _ANSWERS if role in roles), None)


@dataclass(frozen=True)
class Column:
    """Column of a role, or several whose texts are concatenated, and whether it was guessed."""

    names: tuple[str, ...]
    guessed: bool = False

    def __str__(self) -> str:
        return ",".join(self.names)


Columns = Mapping[str, Column]
"""The column of each role."""


@dataclass(frozen=True)
class Schema:
    """Columns of a file or table, before any has a role.

    Attributes:
        origin: the file or dataset, for messages.
        kinds: column -> kind of its values, in the table's order; "outer.inner" is a column inside an object.
        noun: name of a column in messages.
        ordered: whether the first of two text columns is the source.
        numbered: whether columns have no names and are chosen by number: from 1, or from -1 backwards.
        usual: role -> column, if the format itself defines it.
        aliases: other names of columns, such as those of a header -> column.
    """

    origin: str
    kinds: Mapping[str, Kind]
    noun: str = "column"
    ordered: bool = True
    numbered: bool = False
    usual: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """Return the column of this name, else the only "outer.name", else None."""
        nested = [column for column in self.kinds if column.rpartition(".")[2] == name]
        return name if name in self.kinds else nested[0] if len(nested) == 1 else None

    def listed(self) -> str:
        """Return all columns, for messages."""
        return f"{self.noun}{'es' if self.noun.endswith('x') else 's'}: {', '.join(self.kinds) or 'none'}"


def resolve_columns(
    fields: Mapping[str, str | tuple[str, ...] | None], schema: Schema, *, required: bool = True
) -> dict[str, Column]:
    """Choose the column of each role.

    Args:
        fields: role -> column name (of a text also several, "title,body" or a tuple), or None to guess it.
        schema: the columns of the table.
        required: False leaves out a role that cannot be guessed.

    Returns:
        Role -> its column, in the order of `fields`; also `LABEL_NAME` if numeric labels have names.

    Raises:
        DataError: a named column does not exist, is named twice or holds values of the wrong kind, or a guess is
            ambiguous or fails.
    """
    columns = {role: Column(_named(names, role, schema)) for role, names in fields.items() if names is not None}
    for role in fields:
        if role in schema.usual and role not in columns:
            columns[role] = Column(_named(schema.usual[role], role, schema), guessed=True)
    _check_exclusive(columns, schema)
    for role in fields:
        if role not in columns:
            matches = _usual_matches(role, _free(schema, columns))
            if len(matches) > 1:
                raise DataError(
                    f"{schema.origin}: the {role_of(role).noun} could be the {schema.noun} "
                    f"{' or '.join(map(repr, matches))}; choose with {role_of(role).option}"
                )
            if matches:
                columns[role] = Column((matches[0],), guessed=True)
    texts = [name for name, kind in schema.kinds.items() if kind is Kind.TEXT]
    if schema.ordered and {"source", "target"} <= fields.keys() - columns.keys() and len(texts) == 2:
        columns.update(source=Column((texts[0],), guessed=True), target=Column((texts[1],), guessed=True))
    for role in fields:
        candidates = _candidates(role, _free(schema, columns))
        if role not in columns and len(candidates) == 1:
            columns[role] = Column((candidates[0],), guessed=True)
    missing = [role for role in fields if role not in columns]
    if missing and required:
        raise DataError(f"{schema.origin}: {_why_missing(missing, columns, schema)} ({schema.listed()})")
    names = _label_name(columns["label"], schema) if "label" in columns else None
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
    if schema.kinds[column] not in role.fits:
        if role.fits == _LISTS:
            fault = f"holds no lists, but the {role.noun} must be one list a sentence"
        else:
            mend = ", or several with --multi-label" if role.noun == "label" else ""
            fault = f"holds lists; a {role.noun} is one word or number a row{mend}"
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
    if {"source", "target"} & set(roles) and not _candidates(roles[0], _free(schema, columns)):
        return f"no {schema.noun} is left for the {nouns[0]}; a translation needs two texts"
    lists = {name: kind for name, kind in _free(schema, columns).items() if kind is Kind.LIST}
    if "label" in roles and (several := _usual_matches("labels", lists)):
        return f"the {schema.noun} {several[0]!r} holds lists of labels; give --multi-label for several labels a row"
    if not schema.ordered:
        return f"which {schema.noun} is the {' and which the '.join(nouns)} cannot be known; choose with {options}"
    return f"no {schema.noun} looks like the {' or the '.join(nouns)}; choose with {options}"


def _free(schema: Schema, columns: Columns) -> dict[str, Kind]:
    """The columns without a role yet."""
    taken = {name for column in columns.values() for name in column.names}
    taken |= {name for column in columns.values() if (name := _label_name(column, schema))}
    return {name: kind for name, kind in schema.kinds.items() if name not in taken}


def _usual_matches(role: str, kinds: Mapping[str, Kind]) -> list[str]:
    for tier in role_of(role).usual:
        matches = [name for name, kind in kinds.items() if kind in role_of(role).guessed and _plain(name) in tier]
        if matches:
            return [name for name in matches if "." not in name] or matches
    return []


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip().lower().replace(" ", "_").replace("-", "_")


def _candidates(role: str, kinds: Mapping[str, Kind]) -> list[str]:
    """The columns that a role could still have: text columns for a text, any plain column for a label."""
    last = role_of(role).last
    unusable = () if last == {Kind.TEXT} else _IDENTIFIERS
    return [name for name, kind in kinds.items() if kind in last and name.lower() not in unusable]


def _label_name(label: Column, schema: Schema) -> str | None:
    """The column with the names of a numeric column, such as `label_name` for `label`."""
    names = (f"{label}_name", f"{label}_text", f"{label}_names")
    numeric = schema.kinds.get(str(label)) is Kind.NUMBER
    return next((name for name in names if numeric and schema.kinds.get(name) is Kind.TEXT), None)
