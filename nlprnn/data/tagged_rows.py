"""Tagged sentences of one file or table: columns with a word a line, or rows with lists of words and of tags."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.data.formats.conll import TaggedRow, is_column_file, read_sentences
from nlprnn.data.formats.hub import load_parquet
from nlprnn.data.labels import arrow_column
from nlprnn.data.readers import file_format, read_rows
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

# What a field holds -> tiers of usual names, of which the first with a match decides.
_USUAL = {
    "words": (("tokens",), ("words", "token", "word", "forms")),
    "tags": (("tags", "labels", "ner_tags", "ner", "entities"), ("pos_tags", "upos", "pos", "xpos", "chunk_tags")),
}
_OPTIONS = {"words": "--token-field", "tags": "--tag-field"}


def is_tagged_file(path: Path) -> bool:
    """Whether a file's suffix is one that can hold tagged sentences."""
    return is_column_file(path) or file_format(path) in ("json", "parquet")


def file_rows(path: Path, token_field: str | None, tag_field: str | None) -> Iterator[TaggedRow]:
    """Yield the sentences of a file that `is_tagged_file` takes.

    Args:
        path: of the file.
        token_field: the field with the list of words, or the number of the column; None guesses.
        tag_field: the same of the tags.

    Raises:
        DataError: the file is damaged or empty, has no such field, or a row does not fit; names the line.
    """
    if is_column_file(path):
        yield from read_sentences(path, token_field, tag_field)
    elif file_format(path) == "parquet":
        yield from table_rows(load_parquet([path]).flatten(), token_field, tag_field, str(path))
    else:
        yield from _json_rows(path, token_field, tag_field)


def table_rows(rows: Dataset, token_field: str | None, tag_field: str | None, origin: str) -> Iterator[TaggedRow]:
    """Yield the sentences of a table with declared types; tags that are named integers become their names.

    Args:
        rows: a flat table.
        token_field: the field with the list of words; None guesses.
        tag_field: the same of the tags.
        origin: the file or data set, for messages.

    Raises:
        DataError: there is no such field, or a row does not fit; names the row.
    """
    lists = [name for name, feature in rows.features.items() if hasattr(feature, "feature")]
    token_name, tag_name = _resolve(token_field, tag_field, lists, rows.column_names, origin)
    names = getattr(rows.features[tag_name].feature, "names", None)
    columns = (arrow_column(rows, name).to_pylist() for name in (token_name, tag_name))
    for number, (tokens, tags) in enumerate(zip(*columns, strict=True), start=1):
        if names and tags:
            tags = [names[tag] if tag is not None and 0 <= tag < len(names) else None for tag in tags]
        yield _checked(tokens, tags, f"{origin}, row {number}", (token_name, tag_name))


def _json_rows(path: Path, token_field: str | None, tag_field: str | None) -> Iterator[TaggedRow]:
    chosen: tuple[str, str] | None = None
    for line, row in read_rows(path):
        if chosen is None:
            lists = [name for name, value in row.items() if isinstance(value, list)]
            chosen = _resolve(token_field, tag_field, lists, list(row), str(path))
        yield _checked(*(row.get(name) for name in chosen), f"{path}, line {line}", chosen)


def _checked(tokens: Any, tags: Any, place: str, fields: Sequence[str]) -> TaggedRow:
    """A row whose lists are whole and equally long."""
    for value, name in zip((tokens, tags), fields, strict=True):
        if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
            raise DataError(f"{place}: the field {name!r} must be a list of words or numbers; correct the row")
    if len(tokens) != len(tags):
        raise DataError(f"{place}: {len(tokens)} words in {fields[0]!r}, but {len(tags)} tags in {fields[1]!r}")
    return TaggedRow([str(token) for token in tokens], [str(tag) for tag in tags], place)


def _resolve(
    token_field: str | None, tag_field: str | None, lists: Sequence[str], fields: Sequence[str], origin: str
) -> tuple[str, str]:
    """The fields with the words and with their tags: those asked for, else of usual names, else the only one left."""
    found = {
        what: _named(name, what, lists, fields, origin)
        for what, name in (("words", token_field), ("tags", tag_field))
        if name is not None
    }
    for what in ("words", "tags"):
        if what not in found:
            found[what] = _guessed(what, [name for name in lists if name not in found.values()], fields, origin)
    if found["words"] == found["tags"]:
        raise DataError(f"{origin}: {found['words']!r} cannot hold both the words and their tags ({_listed(fields)})")
    return found["words"], found["tags"]


def _named(name: str, what: str, lists: Collection[str], fields: Sequence[str], origin: str) -> str:
    if name in lists:
        return name
    if name in fields:
        raise DataError(f"{origin}: the field {name!r} holds no lists, but the {what} must be one list a sentence")
    near = difflib.get_close_matches(name, fields, n=1)
    hint = f", did you mean {near[0]!r}?" if near else ""
    raise DataError(f"{origin}: no field {name!r} for the {what} ({_OPTIONS[what]}){hint} ({_listed(fields)})")


def _guessed(what: str, free: Sequence[str], fields: Sequence[str], origin: str) -> str:
    for tier in _USUAL[what]:
        matches = [name for name in free if name.lower() in tier]
        if len(matches) > 1:
            told = " or ".join(map(repr, matches))
            raise DataError(f"{origin}: the {what} could be the field {told}; choose with {_OPTIONS[what]}")
        if matches:
            return matches[0]
    if what == "tags" and len(free) == 1:
        return free[0]
    raise DataError(
        f"{origin}: no field looks like the {what}; choose a list with {_OPTIONS[what]} ({_listed(fields)})"
    )


def _listed(fields: Sequence[str]) -> str:
    return f"fields: {', '.join(fields)}"
