"""Guess of the columns that the user did not name, by their names and, for a text, by their content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nlprnn.data.column_roles import Column, Columns, Kind, Schema, role_of
from nlprnn.errors import DataError

_IDENTIFIERS = {"", "id", "idx", "index", "unnamed: 0", "__index_level_0__"}
_PAIRS = (
    {"premise", "hypothesis"},
    {"question", "sentence"},
    {"question", "passage"},
    {"question", "answer"},
    {"query", "passage"},
    {"query", "document"},
)
_NUMBERED = re.compile(r"(.+?)_?(?:([12])|([ab]))", re.IGNORECASE)
_LONGER = 2.0
"""How many times as long the values of a column are that is more likely the text."""
_SENTENCE = 20.0
"""Mean number of characters from which a column without a usual name may be the text beside others."""
# A space between two words, or a script without spaces.
_PROSE = re.compile(r"\S\s+\S|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}")


def guess_columns(roles: Sequence[str], schema: Schema, free: Mapping[str, Kind]) -> dict[str, Column]:
    """Guess the columns of roles; a role that none fits is left out.

    Args:
        roles: roles without a column.
        schema: the columns of the table.
        free: those without a role yet.

    Raises:
        DataError: several columns have names that are usual for one role.
    """
    columns: dict[str, Column] = {}
    for role in sorted(roles, key=lambda role: role == "text"):  # what is no label or number may be the text
        left = {name: kind for name, kind in free.items() if name not in _taken(columns, schema)}
        if column := _guess_text(left, schema) if role == "text" else _guess_by_name(role, left, schema):
            columns[role] = column
    texts = [name for name, kind in schema.kinds.items() if kind is Kind.TEXT]
    if schema.ordered and {"source", "target"} <= set(roles) - columns.keys() and len(texts) == 2:
        columns.update(source=Column((texts[0],), guessed=True), target=Column((texts[1],), guessed=True))
    for role in sorted(roles, key=lambda role: role != "text"):
        left = {name: kind for name, kind in free.items() if name not in _taken(columns, schema)}
        fitting = candidates(role, _not_nested(left) if role == "text" else left)
        if role not in columns and len(fitting) == 1:
            columns[role] = Column((fitting[0],), guessed=True)
    return columns


def usual_matches(role: str, kinds: Mapping[str, Kind]) -> list[str]:
    """Return the columns whose names are usual for a role, all of the best tier.

    Those of a text or label may also end with such a word, as `full_text`.
    """
    fitting = [name for name, kind in kinds.items() if kind in role_of(role).guessed]
    for tier in role_of(role).usual:
        for key in (_plain, _last_word) if role in ("text", "label") else (_plain,):
            if matches := [name for name in fitting if key(name) in tier]:
                return [name for name in matches if "." not in name] or matches
    return []


def label_name_column(label: Column, schema: Schema) -> str | None:
    """Return the column with the names of a numeric column, such as `label_name` for `label`."""
    names = (f"{label}_name", f"{label}_text", f"{label}_names")
    numeric = schema.kinds.get(str(label)) is Kind.NUMBER
    return next((name for name in names if numeric and schema.kinds.get(name) is Kind.TEXT), None)


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip().lower().replace(" ", "_").replace("-", "_")


def _last_word(name: str) -> str:
    return _plain(name).rpartition("_")[2]


def candidates(role: str, kinds: Mapping[str, Kind]) -> list[str]:
    """The columns that a role could still have: text columns for a text, any plain column for a label."""
    last = role_of(role).last
    unusable = () if last == {Kind.TEXT} else _IDENTIFIERS
    return [name for name, kind in kinds.items() if kind in last and name.lower() not in unusable]


def prose_length(cells: Iterable[Any]) -> float:
    """Return the mean number of characters of texts; 0 where most of them have no words, as addresses and dates."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    prose = sum(_PROSE.search(text) is not None for text in texts)
    return sum(map(len, texts)) / len(texts) if 3 * prose > len(texts) else 0.0


def _taken(columns: Columns, schema: Schema) -> set[str]:
    names = {name for column in columns.values() for name in column.names}
    return names | {name for column in columns.values() if (name := label_name_column(column, schema))}


def _guess_by_name(role: str, free: Mapping[str, Kind], schema: Schema) -> Column | None:
    matches = usual_matches(role, free)
    if len(matches) > 1:
        raise DataError(
            f"{schema.origin}: the {role_of(role).noun} could be the {schema.noun} "
            f"{' or '.join(map(repr, matches))}; choose with {role_of(role).option}"
        )
    return Column((matches[0],), guessed=True) if matches else None


def _guess_text(free: Mapping[str, Kind], schema: Schema) -> Column | None:
    """The text: the column of a usual name, both texts of a pair, or the one with the longest values."""
    texts = _not_nested(free)
    matches = usual_matches("text", texts)
    first, second = role_of("text").usual[:2]
    if matches and _plain(matches[0]) in first:
        return _guess_by_name("text", texts, schema)
    if pair := _pair(texts):
        return Column(pair, guessed=True, note="both texts of a pair")
    longest = sorted((name for name, kind in texts.items() if kind is Kind.TEXT), key=_length_in(schema), reverse=True)
    lengths = [_length_in(schema)(name) for name in longest]
    if matches:
        by_name = _guess_by_name("text", texts, schema)
        if by_name is None or lengths[0] < max(_SENTENCE, _LONGER * schema.lengths.get(matches[0], 0.0)):
            return by_name
        if _last_word(matches[0]) in first | second and schema.lengths.get(matches[0], 0.0) >= _SENTENCE:
            return Column((matches[0],), guessed=True, note=f"{longest[0]!r} is longer")
        return Column((longest[0],), guessed=True, note=f"longer than {matches[0]!r}")
    if len(longest) > 1 and (lengths[0] >= max(_SENTENCE, _LONGER * lengths[1]) or lengths[0] > lengths[1] == 0.0):
        return Column((longest[0],), guessed=True, note=f"longer than {longest[1]!r}")
    return None


def _not_nested(free: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """The columns outside objects, if there are texts among them: an author may have a description inside one."""
    plain = {name: kind for name, kind in free.items() if "." not in name}
    return plain if any(kind is Kind.TEXT for kind in plain.values()) else free


def _length_in(schema: Schema) -> Callable[[str], float]:
    return lambda name: schema.lengths.get(name, 0.0)


def _pair(texts: Mapping[str, Kind]) -> tuple[str, ...]:
    """The two columns of a task on pairs of texts, such as premise and hypothesis, or question1 and question2."""
    by_name = {_plain(name): name for name, kind in texts.items() if kind is Kind.TEXT}
    for pair in _PAIRS:
        if pair <= by_name.keys():
            return tuple(name for plain, name in by_name.items() if plain in pair)
    stems: dict[str, list[str]] = {}
    for plain, name in by_name.items():
        if match := _NUMBERED.fullmatch(plain):
            stems.setdefault(match.group(1), []).append(name)
    return next((tuple(sorted(names)) for names in stems.values() if len(names) == 2), ())
