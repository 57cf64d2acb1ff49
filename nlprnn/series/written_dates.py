"""Dates and times as texts: their forms, and the order of day, month and year in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.cells import Cells, cell_blocks
from nlprnn.series.numbers import is_missing

DateOrder = Literal["ymd", "dmy", "mdy"]

_FORM = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?"
    r" ?(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号]?)?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_ISO_LENGTHS = frozenset({10, 16, 19})
"""Characters of 2016-01-31, 2016-01-31 13:00 and 2016-01-31 13:00:00."""

_NO_OFFSET = 10**6
_NO_CLOCK = -1

Place = Callable[[int], str]


class WrittenTimes(NamedTuple):
    """Times that were written as texts.

    Attributes:
        values: (n,) datetime64[s], in UTC where an offset is written.
        has_offset: whether one has an offset to UTC.
    """

    values: NDArray[np.datetime64]
    has_offset: bool


def are_times(cells: Sequence[Any]) -> bool:
    """Return whether cells are dates, or written as dates; integers, which may be anything, are none."""
    present = [cell for cell in cells if not is_missing(cell)]
    forms = (_FORM, _YEAR_MONTH)
    return bool(present) and all(
        isinstance(cell, date) or any(form.fullmatch(_plain(str(cell))) for form in forms) for cell in present
    )


def parse_written(cells: Cells, column: str, *, place: Place, order: DateOrder | None) -> WrittenTimes:
    """Parse times that are written as texts, block by block.

    Args:
        cells: (n,) texts.
        column: its name, for messages.
        place: index of a cell -> where it is, for messages.
        order: of day, month and year; None = the only one in which all dates exist.

    Raises:
        DataError: a cell is no time, or the order is ambiguous; names the place.
    """
    if order in (None, "ymd") and (values := _parse_iso(cells)) is not None:
        return WrittenTimes(values, has_offset=False)
    blocks, first = [], 0
    for block in cell_blocks(cells):
        rows = [_numbers(str(cell), first + index, column, place) for index, cell in enumerate(block)]
        blocks.append(np.array(rows, dtype=np.int32))
        first += len(block)
    numbers = np.concatenate(blocks)  # (n, 5)
    order = order or _recognised_order(numbers, cells, column, place)
    return _times(numbers, order, cells, place)


def _parse_iso(cells: Cells) -> NDArray[np.datetime64] | None:
    """Return times of the usual form, 2016-01-31 or 2016-01-31 13:00:00, at a tenth of the cost; None for others."""
    values = []
    for block in cell_blocks(cells):
        if not all(
            isinstance(cell, str) and len(cell) in _ISO_LENGTHS and cell[4] == "-" and "1" <= cell[0] <= "9"
            for cell in block
        ):
            return None
        try:
            values.append(np.array(block, dtype="datetime64[s]"))
        except ValueError:
            return None
    return np.concatenate(values)


def _numbers(text: str, row: int, column: str, place: Place) -> tuple[int, int, int, int, int]:
    """Return three numbers in the order in which they are written, the seconds of the day, and those to UTC."""
    plain = _plain(text)
    if match := _FORM.fullmatch(plain):
        first, _, second, third, *clock, half, offset = match.groups()
        hour, minute, second_of_clock = (int(number or 0) for number in clock)
        if half is not None and 1 <= hour <= 12:
            hour = hour % 12 + 12 * (half in "Pp")
        exists = hour < 24 and minute < 60 and second_of_clock < 60
        seconds = 3600 * hour + 60 * minute + second_of_clock if exists else _NO_CLOCK
        return int(first), int(second), int(third), seconds, _offset(offset)
    if match := _YEAR_MONTH.fullmatch(plain):
        return int(match[1]), int(match[2]), 1, 0, _NO_OFFSET
    raise DataError(
        f"{place(row)}: {text.strip()[:40]!r} in column {column!r} is no time: write it as 2016-01-31 or "
        "2016-01-31 13:00:00"
    )


def _plain(text: str) -> str:
    """Return a written time with the marks of Chinese dates replaced."""
    return _CHINESE.sub(lambda match: "-".join(filter(None, match.groups())), text.strip())


def _offset(text: str | None) -> int:
    """Return the seconds from UTC to the clock."""
    if text in (None, ""):
        return _NO_OFFSET
    if text in ("Z", "UTC"):
        return 0
    assert text is not None
    seconds = 3600 * int(text[1:3]) + 60 * int(text[-2:])
    return seconds if text[0] == "+" else -seconds


def _recognised_order(numbers: NDArray[np.int32], cells: Cells, column: str, place: Place) -> DateOrder:
    """Return the only order in which all dates exist.

    Raises:
        DataError: there are two, or none.
    """
    first, second = numbers[:, 0], numbers[:, 1]
    if (first > 31).all():
        return "ymd"
    day_first, month_first = bool((second <= 12).all()), bool((first <= 12).all())
    if day_first and month_first:
        raise DataError(
            f"{place(0)}: {cells[0]!r} in column {column!r} may begin with the day or with the month, and no other "
            "date decides: give --date-order dmy or --date-order mdy"
        )
    if day_first:
        return "dmy"
    if month_first:
        return "mdy"
    row = int(np.flatnonzero(first > 12)[0])
    raise DataError(
        f"{place(row)}: {cells[row]!r} in column {column!r} begins with the day, others with the month: write all "
        "dates in one form, such as 2016-01-31"
    )


def _times(numbers: NDArray[np.int32], order: DateOrder, cells: Cells, place: Place) -> WrittenTimes:
    year, month, day = (numbers[:, order.index(name)].astype(np.int64) for name in "ymd")
    year = year + np.where(year < 70, 2000, np.where(year < 100, 1900, 0))
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    first_days = months.astype("datetime64[D]")
    lengths = ((months + 1).astype("datetime64[D]") - first_days).astype(np.int64)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (day <= lengths) & (numbers[:, 3] != _NO_CLOCK)
    if not exists.all():
        row = int(np.flatnonzero(~exists)[0])
        raise DataError(
            f"{place(row)}: there is no date {cells[row]!r} (order: {order}): correct it, write all dates in one "
            "form, such as 2016-01-31, or give --date-order"
        )
    written = numbers[:, 4] != _NO_OFFSET
    seconds = numbers[:, 3].astype(np.int64) - np.where(written, numbers[:, 4], 0)
    midnights = (first_days + (day - 1)).astype("datetime64[s]").astype(np.int64)
    return WrittenTimes((midnights + seconds).astype("datetime64[s]"), bool(written.any()))
