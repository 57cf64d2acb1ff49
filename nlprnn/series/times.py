"""Dates and times in the cells of a table: their forms, the order of day and month, time zones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.numbers import is_missing

DateOrder = Literal["ymd", "dmy", "mdy"]

_FORM = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?"
    r" ?(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号]?)?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_MILLISECONDS, _SECONDS = 10**11, 10**8
"""Numbers from which on times count milliseconds or seconds since 1970; smaller ones count steps."""

_DATES = (1800_01_01, 2200_01_01)
"""Numbers between which times are dates of eight digits, if all of them are such dates."""


@dataclass(frozen=True)
class Times:
    """Times of the rows of a table.

    Attributes:
        values: (n,) datetime64[s] in UTC or in the clock of the data; or (n,) int64 where times count steps.
        note: on what was recognised or converted; "" for the usual form.
    """

    values: NDArray[Any]
    note: str = ""


class _Pieces(NamedTuple):
    """Numbers of a written time: the first three in the order in which they are written, and the offset to UTC."""

    first: int
    second: int
    third: int
    clock: tuple[int, int, int]
    offset: timedelta | None


def parse_times(
    cells: Sequence[Any] | NDArray[Any],
    column: str,
    *,
    place: Callable[[int], str],
    order: DateOrder | None = None,
    zone: str | None = None,
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

    Raises:
        DataError: a cell is missing or no time, or the order is ambiguous; names the place.
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "M":
        cells = cells.astype("datetime64[s]").tolist()
    cells = list(cells)
    if zone is None and len(distinct := dict.fromkeys(cells)) <= len(cells) // 2:
        return _parse_distinct(cells, list(distinct), column, place, order)
    if len(missing := [row for row, cell in enumerate(cells) if is_missing(cell)]):
        raise DataError(f"{place(missing[0])}: the time in column {column!r} is missing: fill it in or drop the row")
    if all(isinstance(cell, date) for cell in cells):
        return _from_dates(list(cells), zone)
    try:
        return _from_integers(np.array([_integer(cell) for cell in cells], dtype=np.int64))
    except ValueError:
        pass
    pieces = [_pieces(str(cell), row, column, place) for row, cell in enumerate(cells)]
    order = order or _recognised_order(pieces, cells, column, place)
    return _from_dates([_date(piece, order, row, cells, place) for row, piece in enumerate(pieces)], zone)


def _parse_distinct(
    cells: Sequence[Any], distinct: list[Any], column: str, place: Callable[[int], str], order: DateOrder | None
) -> Times:
    """Return times of which each is parsed once, as many series have the same ones: in less time and memory."""
    index = {cell: number for number, cell in enumerate(distinct)}
    codes = np.fromiter((index[cell] for cell in cells), dtype=np.int64, count=len(cells))
    rows = np.unique(codes, return_index=True)[1]
    times = parse_times(distinct, column, place=lambda number: place(int(rows[number])), order=order)
    return Times(times.values[codes], times.note)


def are_times(cells: Sequence[Any]) -> bool:
    """Return whether cells are dates, or written as dates; integers, which may be anything, are none."""
    present = [cell for cell in cells if not is_missing(cell)]
    forms = (_FORM, _YEAR_MONTH)
    return bool(present) and all(
        isinstance(cell, date) or any(form.fullmatch(_plain(str(cell))) for form in forms) for cell in present
    )


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


def _pieces(text: str, row: int, column: str, place: Callable[[int], str]) -> _Pieces:
    plain = _plain(text)
    if match := _FORM.fullmatch(plain):
        first, _, second, third, *clock, half, offset = match.groups()
        hour, minute, second_of_clock = (int(number or 0) for number in clock)
        if half is not None and 1 <= hour <= 12:
            hour = hour % 12 + 12 * (half in "Pp")
        return _Pieces(int(first), int(second), int(third), (hour, minute, second_of_clock), _offset(offset))
    if match := _YEAR_MONTH.fullmatch(plain):
        return _Pieces(int(match[1]), int(match[2]), 1, (0, 0, 0), None)
    raise DataError(
        f"{place(row)}: {text.strip()[:40]!r} in column {column!r} is no time: write it as 2016-01-31 or "
        "2016-01-31 13:00:00"
    )


def _plain(text: str) -> str:
    """Return a written time with the marks of Chinese dates replaced."""
    return _CHINESE.sub(lambda match: "-".join(filter(None, match.groups())), text.strip())


def _offset(text: str | None) -> timedelta | None:
    if text in (None, ""):
        return None
    if text in ("Z", "UTC"):
        return timedelta()
    assert text is not None
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timedelta(minutes=minutes if text[0] == "+" else -minutes)


def _recognised_order(
    pieces: Sequence[_Pieces], cells: Sequence[Any], column: str, place: Callable[[int], str]
) -> DateOrder:
    """Return the only order in which all dates exist.

    Raises:
        DataError: there are two, or none.
    """
    if all(piece.first > 31 for piece in pieces):
        return "ymd"
    day_first = all(piece.second <= 12 for piece in pieces)
    month_first = all(piece.first <= 12 for piece in pieces)
    if day_first and month_first:
        raise DataError(
            f"{place(0)}: {cells[0]!r} in column {column!r} may begin with the day or with the month, and no other "
            "date decides: give --date-order dmy or --date-order mdy"
        )
    if day_first:
        return "dmy"
    if month_first:
        return "mdy"
    row = next(row for row, piece in enumerate(pieces) if piece.first > 12)
    raise DataError(
        f"{place(row)}: {cells[row]!r} in column {column!r} begins with the day, others with the month: write all "
        "dates in one form, such as 2016-01-31"
    )


def _date(piece: _Pieces, order: DateOrder, row: int, cells: Sequence[Any], place: Callable[[int], str]) -> datetime:
    numbers = dict(zip(order, piece[:3], strict=True))
    year = numbers["y"] + (2000 if numbers["y"] < 70 else 1900 if numbers["y"] < 100 else 0)
    try:
        moment = datetime(year, numbers["m"], numbers["d"], *piece.clock)
    except ValueError:
        raise DataError(f"{place(row)}: there is no date {cells[row]!r} (order: {order})") from None
    return moment if piece.offset is None else moment.replace(tzinfo=timezone(piece.offset))


def _from_dates(dates: Sequence[date], zone: str | None) -> Times:
    """Return times in UTC where they have an offset or a zone is given, else as they are."""
    moments = [one if isinstance(one, datetime) else datetime(one.year, one.month, one.day) for one in dates]
    note = ""
    if any(moment.tzinfo is not None for moment in moments):
        moments = [moment.astimezone(UTC).replace(tzinfo=None) for moment in moments]
        note = "times are converted to UTC"
    elif zone is not None:
        moments, note = _in_utc(moments, zone), f"times are converted from {zone} to UTC"
    return Times(np.array(moments, dtype="datetime64[s]"), note)


def _in_utc(moments: Sequence[datetime], zone: str) -> list[datetime]:
    """Convert times of a local clock; where an hour is repeated in autumn, its second occurrence is the later one."""
    try:
        info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise DataError(f"--time-zone {zone} is unknown: give a name such as Europe/Berlin") from None
    seen: set[datetime] = set()
    converted = []
    for moment in moments:
        fold = int(moment in seen)
        seen.add(moment)
        aware = moment.replace(tzinfo=info, fold=fold)
        converted.append(aware.astimezone(UTC).replace(tzinfo=None))
    return converted
