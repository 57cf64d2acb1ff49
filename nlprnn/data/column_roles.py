"""Which column of a table plays which role: named by the user, or guessed from the usual names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Features

# Column name -> kind of its values, in the table's order.
Kinds = Mapping[str, str]
TEXT, NUMBER, CLASS, OTHER = "text", "number", "class", "other"
# One of several line-aligned texts: its name is a file's suffix, and the order of the columns says nothing.
SIDE = "side"
# Stands between a role and a number: a further column of the same text.
PART = "+"

_OPTIONS = {
    "text": "--text-field",
    "label": "--label-field",
    "labels": "--label-field",
    "number": "--label-field",
    "source": "--source",
    "target": "--target",
}

# Tiers of usual names: the first tier with a match decides, and it must match one column only.
_USUAL: dict[str, tuple[set[str], ...]] = {
    "text": (
        {"text"},
        {
            "sentence",
            "content",
            "review",
            "body",
            "document",
            "article",
            "tweet",
            "comment",
            "message",
            "post",
        },
        {"headline", "title", "question", "query", "phrase", "description", "utterance"},
    ),
    "label": (
        {"label"},
        {"labels", "category", "class", "topic", "sentiment", "target", "rating", "intent"},
        {"class_index", "emotion", "polarity", "stars", "score", "genre"},
    ),
    "labels": (
        {"labels"},
        {"label", "categories", "topics", "tags", "classes", "genres", "aspects"},
        {"genre", "topic"},
    ),
    "number": (
        {"score", "number", "value"},
        {"label", "rating", "stars", "grade", "target", "points"},
        {"price", "year", "similarity"},
    ),
    "source": ({"source"}, {"src"}),
    "target": ({"target"}, {"tgt", "trg"}),
}
_IDENTIFIERS = {"", "id", "idx", "index", "unnamed: 0", "__index_level_0__"}


def resolve_fields(
    fields: Mapping[str, str | None], kinds: Kinds, *, origin: str, required: bool = True
) -> dict[str, str]:
    """Find the column of each role.

    Args:
        fields: role ("text", "label", "source", "target") -> column name, or None to guess it.
        kinds: column name -> "text", "number", "class" (named numbers), "side" (a line-aligned text) or
            "other"; "outer.inner" names a part of an object.
        origin: the file or data set, for messages.
        required: False leaves out a role that cannot be guessed.

    Returns:
        Role -> column name, in the order of `fields`.

    Raises:
        DataError: a named column does not exist or is source and target at once, or a guess is ambiguous or
            fails.
    """
    found: dict[str, str] = {}
    for role, name in fields.items():
        if name is not None:
            found[role] = _named(name, role, kinds, origin)
            if role in ("label", "number") and kinds[found[role]] == OTHER:
                mend = ", or several with --multi-label" if role == "label" else ""
                raise DataError(f"{origin}: the field {name!r} holds lists; a {role} is one word or number a row{mend}")
    if "source" in found and found["source"] == found.get("target"):
        raise DataError(
            f"{origin}: {found['source']!r} cannot be both the source and the target; choose another with --source "
            f"or --target ({_listed(kinds)})"
        )
    for role in fields:
        if role not in found:
            matches = _usual_matches(role, _free(kinds, found))
            if len(matches) > 1:
                raise DataError(
                    f"{origin}: the {role} could be the field {' or '.join(map(repr, matches))}; "
                    f"choose with {option(role)}"
                )
            found.update(zip([role], matches, strict=False))
    _take_pair(fields, kinds, found)
    for role in fields:
        if role not in found:
            candidates = _remaining(role, _free(kinds, found))
            if len(candidates) == 1:
                found[role] = candidates[0]
    missing = [role for role in fields if role not in found]
    if missing and required:
        raise DataError(f"{origin}: {_why_missing(missing, found, kinds)} ({_listed(kinds)})")
    return {role: found[role] for role in fields if role in found}


def feature_kinds(features: Features) -> dict[str, str]:
    """Kind of each column of a `datasets` table, from its declared types."""
    from datasets import ClassLabel, Value

    kinds = {}
    for name, feature in features.items():
        kinds[name] = OTHER
        if isinstance(feature, ClassLabel):
            kinds[name] = CLASS
        elif isinstance(feature, Value) and feature.dtype in ("string", "large_string", "string_view"):
            kinds[name] = TEXT
        elif isinstance(feature, Value) and feature.dtype.startswith(("int", "uint", "float", "bool")):
            kinds[name] = NUMBER
    return kinds


def name_column(label: str, kinds: Kinds) -> str | None:
    """The column with the names of a numeric label column, such as `label_name`; None when there is none."""
    for name in (f"{label}_name", f"{label}_text", f"{label}_names"):
        if kinds.get(label) == NUMBER and kinds.get(name) == TEXT:
            return name
    return None


def find_column(name: str, kinds: Kinds) -> str | None:
    """The column of that name, or the only one "outer.name"; None without."""
    parts = [column for column in kinds if column.rpartition(".")[2] == name]
    if name in kinds:
        return name
    return parts[0] if len(parts) == 1 else None


def option(role: str) -> str:
    """The command-line option that names a role's column."""
    role = role.partition(PART)[0]
    return _OPTIONS.get(role, f"--{role}-field")


def noun(kinds: Kinds) -> str:
    """What a column is called in messages."""
    return "suffix" if SIDE in kinds.values() else "field"


def _named(name: str, role: str, kinds: Kinds, origin: str) -> str:
    column = find_column(name, kinds)
    if column is not None:
        return column
    role = role.partition(PART)[0]
    if not kinds:
        raise DataError(f"{origin}: no field {name!r} for the {role}, for it has no fields at all")
    folded = {column.lower(): column for column in kinds}
    near = difflib.get_close_matches(name.lower(), folded, n=1)
    hint = f", did you mean {folded[near[0]]!r}?" if near else ""
    raise DataError(f"{origin}: no {noun(kinds)} {name!r} for the {role} ({option(role)}){hint} ({_listed(kinds)})")


def _why_missing(roles: Sequence[str], found: Mapping[str, str], kinds: Kinds) -> str:
    """Why the columns of some roles cannot be guessed, and the mend."""
    if {"source", "target"} & set(roles) and not _remaining(roles[0], _free(kinds, found)):
        return f"no {noun(kinds)} is left for the {roles[0]}; a translation needs two texts"
    options = " and ".join(map(option, roles))
    if SIDE in kinds.values():
        return f"which {noun(kinds)} is the {' and which the '.join(roles)} cannot be known; choose with {options}"
    return f"no field looks like the {' or the '.join(roles)}; choose with {options}"


def _listed(kinds: Kinds) -> str:
    return f"{'suffixes' if SIDE in kinds.values() else 'fields'}: {', '.join(kinds)}"


def _free(kinds: Kinds, found: Mapping[str, str]) -> dict[str, str]:
    """The columns without a role yet."""
    taken = set(found.values())
    names = {name_column(column, kinds) for column in taken}
    return {name: kind for name, kind in kinds.items() if name not in taken | names}


def _usual_matches(role: str, kinds: Kinds) -> list[str]:
    usable = {name for name, kind in kinds.items() if kind != OTHER or role == "labels"}
    for tier in _USUAL.get(role, ({role},)):
        matches = [name for name in kinds if name in usable and _plain(name) in tier]
        if matches:
            return matches
    return []


def _plain(name: str) -> str:
    return name.rpartition(".")[2].strip().lower().replace(" ", "_").replace("-", "_")


def _take_pair(fields: Mapping[str, str | None], kinds: Kinds, found: dict[str, str]) -> None:
    """Give source and target the table's only two text columns, in the table's order."""
    texts = [name for name, kind in kinds.items() if kind == TEXT]
    if {"source", "target"} <= fields.keys() and not {"source", "target"} & found.keys() and len(texts) == 2:
        found["source"], found["target"] = texts


def _remaining(role: str, kinds: Kinds) -> list[str]:
    """The columns a role could still take: text columns for a text, any plain column for a label."""
    if role == "labels":
        return [name for name in kinds if name.lower() not in _IDENTIFIERS]
    if role == "number":
        return [name for name, kind in kinds.items() if kind == NUMBER and name.lower() not in _IDENTIFIERS]
    if role == "label":
        return [name for name, kind in kinds.items() if kind != OTHER and name.lower() not in _IDENTIFIERS]
    return [name for name, kind in kinds.items() if kind in (TEXT, SIDE)]
