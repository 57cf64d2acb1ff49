"""Recognition of the first line of a table: names of the columns, or data."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nlprnn.data.column_roles import ROLES, counted
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?%?")
_ZONE = r"(Z|(GMT|UTC)?[+-]\d{1,2}(:?\d\d)?|GMT|UTC|[A-Z]{3,4})"
_DATE = re.compile(rf"\d{{1,4}}([-/.:T ]\d{{1,4}}){{1,6}}(\.\d+)?(\s?[AP]\.?M\.?)?(\s?{_ZONE})?", re.IGNORECASE)
_ATTRIBUTION = re.compile(r"CC[- ]BY|.*Attribution:", re.IGNORECASE)
_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", "।", "؟", '."', '!"', '?"')
_MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "?"}
_SURE, _STRONG = 3, 2
_MOST, _RARE = 0.9, 0.02  # shares of the rows
_RECURRENCES = 5  # of a value of a column of few
_LONG_WORDS, _LONG_CHARACTERS = 4, 10
_MORE_NAMES = """
    id idx index no nr split fold set subset partition date time name language lang de en fr es it english german french
    spanish italian src tgt trg sentence1 sentence2 premise hypothesis question answer question1 question2 label_name
    label_text input output key value comment_text review_text full_text texts sentences username user reviews
"""
_USUAL_NAMES = {name for role in ROLES.values() for tier in role.usual for name in tier} | set(_MORE_NAMES.split())
"""Names that columns often have, and that are no data of a column."""


@dataclass(frozen=True)
class Naming:
    """Names of the columns of a table.

    Attributes:
        header: whether the first row holds the names, and is no data.
        names: the names; numbers from 1 where there are none. None for a column that is left out.
        numbered: whether they are numbers.
        notes: how they were found, a sentence each.
    """

    header: bool
    names: tuple[str | None, ...]
    numbered: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeaderGuess:
    """Whether the first line of a table names its columns, and whether that is sure."""

    header: bool
    sure: bool


def name_columns(
    first: Sequence[str], rows: Sequence[Sequence[str]], width: int, options: ReadOptions, origin: str
) -> Naming:
    """Return the names of the columns: as given, those of the first row, or numbers.

    Args:
        first: the cells of the first row, which may be one less or one more than the others have.
        rows: the cells of rows below it.
        width: number of cells in a row.
        options: options for reading.
        origin: the file, for messages.

    Raises:
        DataError: the given names are more or fewer than the columns, or a header has a name twice.
    """
    if options.columns:
        if len(options.columns) != width:
            fault = f"--columns names {counted(len(options.columns), 'column')}, but a row has {counted(width, 'cell')}"
            raise DataError(f"{origin}: {fault}; give a name for each")
        if [cell.strip() for cell in first] == list(options.columns):
            return Naming(True, options.columns, False, ("the first line has the names of --columns, and is no data",))
        return Naming(False, options.columns, False)
    numbers = tuple(map(str, range(1, width + 1)))
    if options.header is False:
        return Naming(False, _without_attribution(numbers, [first, *rows]), True)
    guess = guess_header(first, rows) if options.header is None and len(first) == width else HeaderGuess(True, True)
    names = [cell.strip() for cell in first]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if not guess.header or (twice is not None and not guess.sure):
        note = "the first line is read as data, and columns have numbers; --header if it names them, or --columns"
        return Naming(False, _without_attribution(numbers, [first, *rows]), True, (note,))
    if twice is not None:
        raise DataError(
            f"{origin}, line 1: the header names the column {twice!r} twice; rename one, or give --no-header"
        )
    notes = () if guess.sure else ("the first line is read as the names of the columns; --no-header if it is data",)
    if width > len(names) and any(row[-1].strip() for row in rows):
        return Naming(True, ("", *names), False, ("the first column has no name in the header, as R writes it",))
    return Naming(True, _without_empty_end([*names, ""][:width], rows), False, notes)


def _without_empty_end(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str | None, ...]:
    """The names; None for columns at the end without name and values, and numbers for others without a name."""
    named: list[str | None] = [name or (f"column {place}" if place > 1 else "") for place, name in enumerate(names, 1)]
    for column in reversed(range(1, len(names))):
        if names[column] or any(row[column].strip() for row in rows):
            break
        named[column] = None
    return tuple(named)


def _without_attribution(names: tuple[str | None, ...], rows: Sequence[Sequence[str]]) -> tuple[str | None, ...]:
    """The names; None for a third column with the origin of each pair, as Anki's lists of sentences have it."""
    if len(names) == 3 and all(_ATTRIBUTION.match(row[2]) for row in rows if len(row) == 3):
        return (*names[:2], None)
    return names


def guess_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> HeaderGuess:
    """Return whether the first line names the columns of the rows below it.

    It is data where its cells are as those below: a number among numbers, a value that recurs below, a text as long
    as the others or one that ends as their sentences do; also words in the scripts or cases of their columns, where
    these differ. It is a header where they are not, where one is a name that columns usually have, or where one never
    occurs below in a column of few values.

    Args:
        first: the cells of the first line.
        rows: the cells of the lines below, as many in each.
    """
    if len({_folded(cell) for cell in first} & _USUAL_NAMES) == len(first) > 1:
        return HeaderGuess(header=True, sure=True)
    rows = [row for row in rows if list(row) != list(first)] or rows  # tables that were joined repeat their header
    columns = [[row[column].strip() for row in rows if row[column].strip()] for column in range(len(first))]
    votes = [_vote(cell.strip(), below) for cell, below in zip(first, columns, strict=True)]
    if max(votes) >= _STRONG:
        return HeaderGuess(header=True, sure=max(votes) >= _SURE and min(votes) > -_SURE)
    if min(votes) < 0:
        return HeaderGuess(header=False, sure=min(votes) <= -_SURE and max(votes) <= 0)
    return HeaderGuess(header=max(votes) > 0 or not _has_forms_of(first, columns), sure=False)


def _has_forms_of(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether cells are written as those of their columns, in scripts or cases that differ between the columns.

    Words and their translations are so: "dog" and "Hund" above "cat" and "Katze". Names of columns hardly are.
    """
    forms = [_form(cell) for cell in first]
    alike = [
        sum(_form(value) == form for value in below) > _MOST * len(below)
        for form, below in zip(forms, columns, strict=True)
    ]
    return all(alike) and len(set(forms)) > 1


def _form(cell: str) -> tuple[str, bool]:
    """The script of the first letter, and whether it is a capital."""
    letter = next(filter(str.isalpha, cell), " ")
    return unicodedata.name(letter, "").partition(" ")[0], letter.isupper()


def _folded(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower().rpartition(".")[2])


def _vote(cell: str, below: Sequence[str]) -> int:
    """Evidence of one column: 3 surely a name, 2 a name even if a text is as long as those below, as questions are,
    1 likely a name, 0 none, -1 likely data, -3 surely data.
    """
    if cell not in below and _folded(cell) in _USUAL_NAMES:
        return _SURE
    if not below or cell.lower() in _MISSING:
        return 0
    for kind in (_NUMBER, _DATE):
        share = sum(kind.fullmatch(value) is not None for value in below) / len(below)
        if share > _MOST:
            return -_SURE if kind.fullmatch(cell) else _SURE
    if _NUMBER.fullmatch(cell) and not any(map(_NUMBER.fullmatch, below)):
        return _SURE  # "0" and "1" are the names that pandas gives
    counts = Counter(below)
    if len(below) > 2 and len(counts) <= max(2, len(below) / 2):  # values recur, as labels do
        if cell in counts:
            return -_SURE if counts[cell] > 1 else -1
        if sum(count == 1 for count in counts.values()) >= _RARE * len(below):
            return 0
        return _STRONG if len(counts) * _RECURRENCES <= len(below) else 1
    return _text_vote(cell, below)


def _text_vote(cell: str, below: Sequence[str]) -> int:
    """Evidence of a column whose values differ: a text as long as the others, and which ends as they do, is data."""
    shortest = min(map(len, below))
    words = statistics.median(len(value.split()) for value in below)
    if cell.endswith(_SENTENCE_END) and sum(value.endswith(_SENTENCE_END) for value in below) > len(below) / 2:
        return -_SURE
    if words >= _LONG_WORDS:
        if len(cell.split()) >= _LONG_WORDS and len(cell) >= shortest / 2:
            return -_SURE
        return 0 if " " in cell and len(cell) >= shortest else 1
    if statistics.median(map(len, below)) >= _LONG_CHARACTERS and not "".join(below).isascii():  # without spaces
        return -1 if len(cell) >= shortest else 1
    return 0
