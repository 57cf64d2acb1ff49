"""Sentences of one text file in columns: a line a word, an empty line between sentences (CoNLL's shared tasks).

Columns are parted by tabs where the first word's line has one, else by spaces. `-DOCSTART-` lines and, before
the first word of a sentence, comments (`# text = ...`) are passed over; in CoNLL-U so are the words that stand for
several or none of the text (`3-4`, `5.1`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nlprnn.data.readers import read_lines
from nlprnn.errors import DataError

_SUFFIXES = {".conll", ".conllu", ".bio", ".iob", ".iob2", ".txt", ".tsv"}
_OWN_SUFFIXES = _SUFFIXES - {".txt", ".tsv"}  # which no table or plain text has
_DOCUMENT = "-DOCSTART-"
_CONLLU_COLUMNS = (2, 4)  # the word and its universal part of speech
_NOT_A_WORD = re.compile(r"\d+[-.]\d+")


class TaggedRow(NamedTuple):
    """The words of a sentence, the tag of each, and file and line of the first, for messages."""

    tokens: list[str]
    tags: list[str]
    place: str


def is_column_file(path: Path, *, own_suffix: bool = False) -> bool:
    """Whether a file's suffix (before ".gz") is one of files in columns.

    Args:
        path: of the file.
        own_suffix: take none that tables or plain texts have as well.
    """
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    return suffix in (_OWN_SUFFIXES if own_suffix else _SUFFIXES)


def read_sentences(path: Path, token_column: str | None, tag_column: str | None) -> Iterator[TaggedRow]:
    """Yield the sentences of a file.

    Args:
        path: of the file, plain or packed with gzip.
        token_column: number of the column with the words, from 1, or from -1 backwards; None = the first (of CoNLL-U
            the second).
        tag_column: number of the column with the tags; None = the last (of CoNLL-U the fourth).

    Raises:
        DataError: the file is damaged or empty, or a line has other columns than the first.
    """
    form = _form(path, token_column, tag_column)
    sentence = TaggedRow([], [], "")
    for number, line in enumerate(read_lines(path), start=1):
        cells = _cells(line, form.separator)
        if not cells or cells[0] == _DOCUMENT:
            if sentence.tokens:
                yield sentence
            sentence = TaggedRow([], [], "")
        elif not _is_passed_over(cells, form, inside=bool(sentence.tokens)):
            token, tag = _word(cells, form, f"{path}, line {number}")
            sentence = sentence if sentence.tokens else TaggedRow([], [], f"{path}, line {number}")
            sentence.tokens.append(token)
            sentence.tags.append(tag)
    if sentence.tokens:
        yield sentence


class _Form(NamedTuple):
    """What parts the columns of a file (None = spaces), how many there are, and which are read, from 0."""

    separator: str | None
    width: int
    token: int
    tag: int
    universal: bool


def _form(path: Path, token_column: str | None, tag_column: str | None) -> _Form:
    universal = Path(path.name.lower().removesuffix(".gz")).suffix == ".conllu"
    separator, width = _shape(path, universal=universal)
    token_default, tag_default = _CONLLU_COLUMNS if universal else (1, -1)
    token = _column(token_column, token_default, width, path, "--token-field")
    tag = _column(tag_column, tag_default, width, path, "--tag-field")
    if token == tag:
        raise DataError(
            f"{path}: column {token + 1} of {width} cannot hold both the words and their tags; choose others with "
            "--token-field and --tag-field"
        )
    return _Form(separator, width, token, tag, universal)


def _shape(path: Path, *, universal: bool) -> tuple[str | None, int]:
    """What parts the columns of a file, and how many there are, from the first line of a word."""
    for line in read_lines(path):
        if line.isspace() or line.startswith((_DOCUMENT, "#")):
            continue
        separator = "\t" if "\t" in line or universal else None
        width = len(_cells(line, separator))
        if width == 1:
            raise DataError(
                f"{path}: the first word's line, {line.strip()[:50]!r}, has one column; a line is a word, white space, "
                "and its tag"
            )
        return separator, width
    raise DataError(f"{path} is empty: it has no words")


def _cells(line: str, separator: str | None) -> list[str]:
    if line.isspace():
        return []
    # Spaces that are no plain ones belong to words: "10\xa0000".
    line = line.strip("\r\n" if separator else " \t\r\n")
    return [cell.strip(" ") for cell in (line.split(separator) if separator else re.split("[ \t]+", line))]


def _is_passed_over(cells: list[str], form: _Form, *, inside: bool) -> bool:
    """Whether a line is a comment before a sentence (and no word such as "#1" with its tag), or no word of CoNLL-U."""
    if cells[0].startswith("#") and not inside:
        return form.universal or len(cells) != form.width
    return form.universal and _NOT_A_WORD.fullmatch(cells[0]) is not None


def _word(cells: list[str], form: _Form, place: str) -> tuple[str, str]:
    """The word of a line and its tag."""
    if len(cells) != form.width:
        raise DataError(
            f"{place}: {_columns(len(cells))}, but the first word's line has {form.width}; "
            "put an empty line between sentences, and the same columns in all others"
        )
    token, tag = cells[form.token], cells[form.tag]
    if not token or not tag:
        raise DataError(f"{place}: the {'tag' if token else 'word'} is missing; fill it in")
    return token, tag


def _column(given: str | None, default: int, width: int, path: Path, option: str) -> int:
    """A column's place in a line, from 0."""
    try:
        number = default if given is None else int(given)
    except ValueError:
        raise DataError(
            f"{path} has columns without names: {option} is the number of one, 1 to {width}, and not {given!r}"
        ) from None
    place = number - 1 if number > 0 else width + number
    if number == 0 or not 0 <= place < width:
        raise DataError(f"{path} has {_columns(width)}, so there is no column {number}; choose another with {option}")
    return place


def _columns(number: int) -> str:
    return f"{number} column" if number == 1 else f"{number} columns"
