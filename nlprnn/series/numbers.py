"""Numbers in the cells of a table: missing values, decimal commas, thousands separators."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.cells import Cells, cell_blocks

Decimal = Literal[".", ","]

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "."})
"""Cells, in lower case, that stand for a missing value."""

_GROUPED = {
    ".": re.compile(r"[+-]?(\d{1,3}(?:[, '\u00a0\u202f]\d{3})+|\d+)(\.\d+)?"),
    ",": re.compile(r"[+-]?(\d{1,3}(?:[. '\u00a0\u202f]\d{3})+|\d+)(,\d+)?"),
}
"""Decimal mark -> numbers that are written with it, with thousands separators or without."""

_EXPONENT = re.compile(r"[+-]?\d+(,\d+)?[eE][+-]?\d+")
_NO_NUMBER = (ValueError, TypeError, OverflowError)
"""What cells raise that are no numbers, such as a text, a list, or an integer of 400 digits."""

_SEPARATORS = re.compile(r"[ '\u00a0\u202f]")


def is_missing(cell: Any) -> bool:
    """Return whether a cell has no value."""
    if isinstance(cell, str):
        return cell.strip().lower() in MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def are_numbers(cells: Sequence[Any]) -> bool:
    """Return whether cells are numbers, or written as numbers with one of the two decimal marks."""
    present = [cell for cell in cells if not is_missing(cell)]
    marks: tuple[Decimal, ...] = (".", ",")
    return bool(present) and any(all(_is_number(cell, mark) for cell in present) for mark in marks)


def parse_numbers(
    cells: Cells, column: str, *, place: Callable[[int], str], decimal: Decimal | None = None
) -> NDArray[np.float64]:
    """Parse a column of numbers, block by block.

    Args:
        cells: (n,) numbers or texts.
        column: its name, for messages.
        place: index of a cell -> where it is, for messages.
        decimal: the decimal mark; None = recognised.

    Returns:
        (n,) float64, NaN where a value is missing.

    Raises:
        DataError: a cell is no number or infinite, or the decimal mark is ambiguous; names the place.
    """
    try:
        numbers = _parse_blocks(cells, _parse_plain if decimal is None else partial(_parse_marked, mark=decimal))
    except _NO_NUMBER:
        numbers = _parse_texts(cells, column, place, decimal)
    if len(infinite := np.flatnonzero(np.isinf(numbers))):
        raise DataError(f"{place(int(infinite[0]))}: column {column!r} is infinite: give a number, or leave it empty")
    return numbers


def _parse_texts(
    cells: Cells, column: str, place: Callable[[int], str], decimal: Decimal | None
) -> NDArray[np.float64]:
    """Parse cells of which some are no plain numbers, by the decimal mark with which all of them are numbers."""
    marks: list[Decimal] = [".", ","] if decimal is None else [decimal]
    readings: dict[Decimal, NDArray[np.float64]] = {}
    for mark in marks:
        try:
            readings[mark] = _parse_blocks(cells, partial(_parse_marked, mark=mark))
        except _NO_NUMBER:
            continue
    if not readings:
        row, cell = next(
            (row, cell)
            for row, cell in enumerate(cells)
            if not is_missing(cell) and not any(_is_number(cell, mark) for mark in marks)
        )
        raise DataError(f"{place(row)}: {str(cell)[:40]!r} in column {column!r} is no number")
    first, *others = readings.values()
    if others and not np.array_equal(first, others[0], equal_nan=True):
        row = int(np.flatnonzero((first != others[0]) & ~np.isnan(first))[0])
        raise DataError(
            f"{place(row)}: {cells[row]!r} in column {column!r} may be {first[row]:g} or {others[0][row]:g}: give the "
            "decimal mark with --decimal . or --decimal ,"
        )
    return first


def _parse_blocks(cells: Cells, parse: Callable[[Iterable[Any]], NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.empty(0), *map(parse, cell_blocks(cells))])


def _parse_plain(cells: Iterable[Any]) -> NDArray[np.float64]:
    return np.array([math.nan if is_missing(cell) else cell for cell in cells], dtype=np.float64)


def _parse_marked(cells: Iterable[Any], mark: Decimal) -> NDArray[np.float64]:
    return np.array([math.nan if is_missing(cell) else _parse(cell, mark) for cell in cells], dtype=np.float64)


def _is_number(cell: Any, mark: Decimal) -> bool:
    try:
        _parse(cell, mark)
    except _NO_NUMBER:
        return False
    return True


def _parse(cell: Any, mark: Decimal) -> float:
    """Parse one cell; ValueError where it is no number with this decimal mark."""
    if not isinstance(cell, str):
        return float(cell)
    text = cell.strip()
    if (match := _GROUPED[mark].fullmatch(text)) is None:
        if mark == "," and _EXPONENT.fullmatch(text):
            return float(text.replace(",", "."))
        return float(text)  # ValueError where there is a comma
    whole = _SEPARATORS.sub("", match[1]).replace("," if mark == "." else ".", "")
    sign = -1.0 if text.startswith("-") else 1.0
    return sign * float(whole + (match[2] or "").replace(",", "."))
