"""Times in the cells of a table: dates, texts, integers, time zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.cells import Cells, cell_blocks, comparable
from nlprnn.series.numbers import is_missing
from nlprnn.series.written_dates import DateOrder, parse_written

_MILLISECONDS, _SECONDS = 10**11, 10**8
"""Numbers from which on times count milliseconds or seconds since 1970; smaller ones count steps."""

_DATES = (1800_01_01, 2200_01_01)
"""Numbers between which times are dates of eight digits, if all of them are such dates."""

_MOST_DISTINCT = 200_000
"""Different times up to which each is parsed once."""


class Times(NamedTuple):
    """Times of the rows of a table.

    Attributes:
        values: (n,) datetime64[s] in UTC or in the clock of the data; or (n,) int64 where times count steps.
        note: on what was recognised or converted; "" for the usual form.
    """

    values: NDArray[Any]
    note: str = ""


def parse_times(
    cells: Cells,
    column: str,
    *,
    place: Callable[[int], str],
    order: DateOrder | None = None,
    zone: str | None = None,
    group: NDArray[np.integer] | None = None,
) -> Times:
    """Parse a column of times.

    Args:
        cells: (n,) texts such as 2016-01-31 13:00, 31/01/2016 or 2016年1月31日, dates, or integers: seconds or
            milliseconds since 1970, dates such as 20160131, or else numbers of steps.
        column: its name, for messages.
        place: index of a cell -> where it is, for messages.
        order: of day, month and year; None = recognised.
        zone: time zone of the clock, such as Europe/Berlin: times are converted to UTC, so that no hour is missing or
            twice where the clock changes.
        group: (n,) integers, series of each cell; None = all are of one.

    Raises:
        DataError: a cell is missing or no time, or the order is ambiguous; names the place.
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "M":
        cells = cells.astype("datetime64[s]").tolist()
    if zone is None and (coded := _coded(cells)) is not None:
        return _parse_distinct(*coded, column, place, order)
    if (missing := next((row for row, cell in enumerate(cells) if is_missing(cell)), None)) is not None:
        raise DataError(f"{place(missing)}: the time in column {column!r} is missing: fill it in or drop the row")
    if all(isinstance(cell, date) for cell in cells):
        values, has_offset = _from_dates(cells)
    else:
        try:
            return _from_integers(np.concatenate([_integers(block) for block in cell_blocks(cells)]))
        except (ValueError, TypeError, OverflowError):
            values, has_offset = _from_texts(cells, column, place, order)
    if has_offset:
        return Times(values, "times are converted to UTC")
    if zone is not None:
        return Times(_in_utc(values, zone, group), f"times are converted from {zone} to UTC")
    return Times(values)


def _coded(cells: Cells) -> tuple[NDArray[np.int32], list[Any]] | None:
    """Return the codes (n,) of cells and the different ones by code; None where more than half are different."""
    index: dict[Any, int] = {}
    most, codes = min(len(cells) // 2, _MOST_DISTINCT), []
    for block in cell_blocks(cells):
        numbers = (index.setdefault(cell, len(index)) for cell in comparable(block))
        try:
            codes.append(np.fromiter(numbers, dtype=np.int32, count=len(block)))
        except TypeError:  # a list, which is no time
            return None
        if len(index) > most:
            return None
    return (np.concatenate(codes), list(index)) if codes else None


def _parse_distinct(
    codes: NDArray[np.int32], distinct: list[Any], column: str, place: Callable[[int], str], order: DateOrder | None
) -> Times:
    """Return times of which each is parsed once, as many series have the same ones: in less time and memory."""
    times = parse_times(distinct, column, place=lambda number: place(int((codes == number).argmax())), order=order)
    return Times(times.values[codes], times.note)


def _from_texts(
    cells: Cells, column: str, place: Callable[[int], str], order: DateOrder | None
) -> tuple[NDArray[np.datetime64], bool]:
    """Return times that are not all integers, (n,), in UTC where they have an offset, and whether one has.

    Raises:
        DataError: a cell is no time; where the first one is an integer, the first that is none is named.
    """
    try:
        return parse_written(cells, column, place=place, order=order)
    except DataError:
        row = next(row for row, cell in enumerate(cells) if not _is_integer(cell))
        if row == 0:
            raise
    raise DataError(
        f"{place(row)}: {str(cells[row]).strip()[:40]!r} in column {column!r} is no time like those before it, which "
        "are whole numbers: write all times in one form"
    )


def _is_integer(cell: Any) -> bool:
    try:
        return -(2**63) <= _integer(cell) < 2**63
    except (ValueError, TypeError, OverflowError):
        return False


def _integers(cells: Iterable[Any]) -> NDArray[np.int64]:
    return np.array([_integer(cell) for cell in cells], dtype=np.int64)


def _integer(cell: Any) -> int:
    if isinstance(cell, str) and not cell.strip().lstrip("+-").isdecimal():
        raise ValueError(cell)
    if isinstance(cell, date) or int(cell) != float(cell):
        raise ValueError(cell)
    return int(cell)


def _from_integers(numbers: NDArray[np.int64]) -> Times:
    if len(numbers) and numbers.min() >= _MILLISECONDS:
        return Times((numbers // 1000).astype("datetime64[s]"), "times are milliseconds since 1970")
    if len(numbers) and numbers.min() >= _SECONDS:
        return Times(numbers.astype("datetime64[s]"), "times are seconds since 1970")
    if len(numbers) and numbers.min() > _DATES[0] and numbers.max() < _DATES[1]:
        try:
            days = [date(number // 10_000, number // 100 % 100, number % 100) for number in numbers.tolist()]
        except ValueError:
            return Times(numbers, "times count steps")
        return Times(np.array(days, dtype="datetime64[s]"), "times are dates of eight digits")
    return Times(numbers, "times count steps")


def _from_dates(cells: Cells) -> tuple[NDArray[np.datetime64], bool]:
    """Return times (n,), in UTC where they have an offset, and whether one has."""
    values, has_offset = [], False
    for block in cell_blocks(cells):
        moments = [one if isinstance(one, datetime) else datetime(one.year, one.month, one.day) for one in block]
        if any(moment.tzinfo is not None for moment in moments):
            has_offset = True
            moments = [one if one.tzinfo is None else one.astimezone(UTC).replace(tzinfo=None) for one in moments]
        values.append(np.array(moments, dtype="datetime64[s]"))
    return np.concatenate(values), has_offset


def _in_utc(values: NDArray[np.datetime64], zone: str, group: NDArray[np.integer] | None) -> NDArray[np.datetime64]:
    """Convert times of a local clock; where an hour is repeated in autumn, its second occurrence is the later one."""
    try:
        info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise DataError(f"--time-zone {zone} is unknown: give a name such as Europe/Berlin") from None
    seen: set[tuple[int, datetime]] = set()
    converted = []
    series = np.zeros(len(values), dtype=np.int64) if group is None else group
    for block, of_block in zip(cell_blocks(values), cell_blocks(series), strict=True):
        moments = []
        for value, number in zip(block, of_block, strict=True):
            moment = value.item().replace(tzinfo=info)
            later = moment.replace(fold=1)
            if moment.utcoffset() > later.utcoffset():  # this hour occurs twice
                key = int(number), value.item()
                moment = later if key in seen else moment
                seen.add(key)
            moments.append(moment.astimezone(UTC).replace(tzinfo=None))
        converted.append(np.array(moments, dtype="datetime64[s]"))
    return np.concatenate(converted)
