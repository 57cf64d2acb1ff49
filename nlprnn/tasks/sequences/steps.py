"""Tables with a row a step: rows put together to sequences, in the order of their times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.numbers import is_missing, parse_numbers
from nlprnn.series.times import parse_times

Place = Callable[[int], str]


@dataclass(frozen=True)
class Steps:
    """Rows of a table, sorted by sequence and time.

    Attributes:
        names: of the sequences, in the order of their first rows.
        first: (N,) first row of each sequence in the table.
        order: (rows,) rows of the table, by sequence and time.
        group: (rows,) index of the sequence of each row of the table.
    """

    names: tuple[str, ...]
    first: NDArray[np.int64]
    order: NDArray[np.int64]
    group: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(N,) number of steps of each sequence."""
        return np.bincount(self.group, minlength=len(self.names))

    def one_each(self, cells: Sequence[Any], column: str, place: Place) -> list[Any]:
        """Return the one value that each sequence has in a column; a cell may be empty where another is filled.

        Raises:
            DataError: a sequence has two; names the row.
        """
        values: list[Any] = [None] * len(self.names)
        for row, (index, cell) in enumerate(zip(self.group.tolist(), cells, strict=True)):
            if is_missing(cell):
                continue
            if values[index] is None:
                values[index] = cell
            elif values[index] != cell:
                raise DataError(
                    f"{place(row)}: column {column!r} changes from {values[index]!r} to {cell!r} within the sequence "
                    f"{self.names[index]}: a sequence has one value of it, so split the sequence, or check --group"
                )
        return values


def arrange_steps(cells: Mapping[str, Sequence[Any]], sequence: Sequence[str], time: str | None, place: Place) -> Steps:
    """Sort the rows of a table by sequence and time.

    Args:
        cells: column -> its cells, (rows,) each.
        sequence: columns that together name the sequence of a row.
        time: column of the time; None = the order of the rows.
        place: row -> where it is, for messages.

    Raises:
        DataError: a sequence has no name, or a time is missing, no time, or repeated; names the row.
    """
    index: dict[tuple[str, ...], int] = {}
    group, first = [], []
    for row, key in enumerate(zip(*(cells[name] for name in sequence), strict=True)):
        if any(map(is_missing, key)):
            raise DataError(f"{place(row)}: the row names no sequence ({', '.join(sequence)}): fill it in")
        name = tuple(map(str, key))
        if name not in index:
            index[name] = len(index)
            first.append(row)
        group.append(index[name])
    groups = np.array(group, dtype=np.int64)
    names = tuple(", ".join(name) for name in index)
    times = np.arange(len(groups)) if time is None else _sort_keys(cells[time], time, place)
    order = np.lexsort((times, groups))
    if time is not None:
        repeated = np.flatnonzero((np.diff(times[order]) == 0) & (np.diff(groups[order]) == 0))
        if len(repeated):
            row = int(order[repeated[0] + 1])
            raise DataError(
                f"{place(row)}: the time {cells[time][row]} occurs twice in the sequence {names[groups[row]]}: check "
                "--group, or give --time none to keep the order of the rows"
            )
    return Steps(names, np.array(first, dtype=np.int64), order, groups)


def _sort_keys(cells: Sequence[Any], column: str, place: Place) -> NDArray[Any]:
    """Return numbers or times (rows,) of a column, in its order."""
    if missing := next((row for row, cell in enumerate(cells) if is_missing(cell)), None):
        raise DataError(f"{place(missing)}: the time in column {column!r} is missing: fill it in or drop the row")
    try:
        return parse_numbers(cells, column, place=place)
    except (DataError, TypeError):
        pass
    try:
        return np.array(cells, dtype="datetime64[us]").astype(np.int64)
    except (ValueError, TypeError):
        return parse_times(cells, column, place=place).values.astype(np.int64)
