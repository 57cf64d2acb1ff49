"""A table as series on a regular grid: sorted, gaps filled with missing values, repeated times averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.cells import CellColumn, Cells, cell_blocks
from nlprnn.series.columns import SeriesColumns
from nlprnn.series.frequency import Frequency, recognised_frequency
from nlprnn.series.numbers import Decimal, is_missing, parse_numbers
from nlprnn.series.series_data import SeriesData
from nlprnn.series.times import Times, parse_times
from nlprnn.series.written_dates import DateOrder

Place = Callable[[int], str]

_MOST_CATEGORIES = 50
_MOST_EMPTY = 100
"""Steps of the grid for each row of the table at most: beyond, the frequency must be wrong."""


@dataclass(frozen=True)
class TableForm:
    """How the cells of a table are written.

    Attributes:
        frequency: of the grid; values of the same step are averaged. None = recognised.
        date_order: of day, month and year; None = recognised.
        time_zone: of the clock; None = times are taken as they are.
        decimal: decimal mark; None = recognised.
        numbers: covariates that must be numbers; others may be texts.
        categories: covariate -> its categories, as a model knows them; others are missing values.
    """

    frequency: Frequency | None = None
    date_order: DateOrder | None = None
    time_zone: str | None = None
    decimal: Decimal | None = None
    numbers: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def build_series(
    table: Mapping[str, Cells], columns: SeriesColumns, *, form: TableForm | None = None, place: Place | None = None
) -> SeriesData:
    """Arrange the rows of a table as series.

    Args:
        table: column -> its cells, (n,) each.
        columns: the roles of the columns; without a column of time a row is a step, in the order of the table.
        form: how cells are written; None = recognised.
        place: index of a row -> where it is, for messages.

    Raises:
        DataError: a cell is damaged, the times are uneven, or a target has no value; names the place and the mend.
    """
    form, place = form or TableForm(), place or (lambda row: f"row {row + 1}")
    if not len(table[columns.targets[0]]):
        raise DataError("the table has no rows")
    names, group = group_rows(table, columns, place)
    times, note = _times(table, columns, group, form, place)
    grid = _Grid.of(times, group, form.frequency, names)
    del times, group
    categories: dict[str, tuple[str, ...]] = {}

    def on_grid(columns: Sequence[str], *, number: bool = False) -> NDArray[np.float64]:
        values = []
        for name in columns:
            cells, known = _column(table[name], name, form, place, number=number or name in form.numbers)
            if known is not None:
                categories[name] = known
            values.append(grid.means(cells, is_category=known is not None))
        if len(values) == 1:
            return values[0][:, None]
        return np.stack(values, axis=1) if values else np.empty((grid.size, 0))

    targets = on_grid(columns.targets, number=True)
    for index, name in enumerate(columns.targets):
        if np.isnan(targets[:, index]).all():
            raise DataError(f"column {name!r} has no value at all: choose another with --target")
    past, future, static = on_grid(columns.past), on_grid(columns.future), on_grid(columns.static)
    return SeriesData(
        names=names,
        columns=columns,
        frequency=grid.frequency,
        starts=grid.starts,
        offsets=grid.offsets,
        targets=targets,
        past=past,
        future=future,
        static=static[grid.offsets[:-1]],
        categories=categories,
        notes=(*filter(None, [note]), *grid.notes(place)),
    )


class _Grid(NamedTuple):
    """The steps of all series, end to end, and the step of each row of a table."""

    frequency: Frequency
    starts: NDArray[np.int64]  # (N,) position of the first step of each series
    offsets: NDArray[np.int64]  # (N + 1,) rows of the grid
    order: NDArray[np.int64] | None  # (n,) rows of the table, by series and time; None = as they are
    rows: NDArray[np.int64]  # (n,) row of the grid of each of `order`, ascending
    was_sorted: bool

    @classmethod
    def of(
        cls, times: NDArray[Any], group: NDArray[np.integer], frequency: Frequency | None, names: Sequence[str]
    ) -> _Grid:
        order, was_sorted = _order(times, group)
        if order is not None:
            group, times = group[order], times[order]
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1, [len(group)]])
        frequency = frequency or _recognised(times, bounds, names)
        rows = frequency.positions(times)
        starts = rows[bounds[:-1]]
        lengths = rows[bounds[1:] - 1] - starts + 1
        if lengths.sum() > _MOST_EMPTY * len(group) + 10_000:
            raise DataError(
                f"a grid of step {frequency} would have {lengths.sum():,} steps for {len(group):,} rows: give a longer "
                "step with --frequency"
            )
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        for first, end, shift in zip(bounds[:-1], bounds[1:], offsets[:-1] - starts, strict=True):
            rows[first:end] += shift
        return cls(frequency, starts, offsets, order, rows, was_sorted)

    @property
    def size(self) -> int:
        return int(self.offsets[-1])

    @property
    def repeats(self) -> int:
        """Number of rows whose step has a row before."""
        return len(self.rows) - self.filled

    @property
    def filled(self) -> int:
        """Number of steps that have a row."""
        return int(np.count_nonzero(np.diff(self.rows))) + 1

    def means(self, cells: NDArray[np.float64], *, is_category: bool) -> NDArray[np.float64]:
        """Return the mean of the cells (n,) of each step, of a category the last one; NaN where there is none."""
        if self.order is None and len(cells) == self.size and not self.repeats:
            return cells
        values = cells if self.order is None else cells[self.order]
        present = ~np.isnan(values)
        result = np.full(self.size, np.nan)
        if is_category or not self.repeats:
            result[self.rows[present]] = values[present]
            return result
        counts = np.bincount(self.rows[present], minlength=self.size)
        sums = np.bincount(self.rows[present], weights=values[present], minlength=self.size)
        return np.divide(sums, counts, out=result, where=counts > 0)

    def notes(self, place: Place) -> Iterator[str]:
        """Yield what was done to the rows."""
        if not self.was_sorted:
            yield "the rows are sorted by time"
        if self.repeats:
            row = int((np.diff(self.rows) == 0).argmax()) + 1
            first = place(row if self.order is None else int(self.order[row]))
            yield f"{self.repeats:,} rows repeat a time of their series, and are averaged (first: {first})"
        if gaps := self.size - self.filled:
            yield f"{gaps:,} of {self.size:,} steps of {self.frequency} have no row, and are missing values"


def _order(times: NDArray[Any], group: NDArray[np.integer]) -> tuple[NDArray[np.int64] | None, bool]:
    """Return the order of rows (n,) by series and time, None where they are so; and whether times ascend in each."""
    if _ascends(times, group):
        return None, True
    by_series = np.argsort(group, kind="stable")  # in the order of the table
    was_sorted = _ascends(times[by_series], group[by_series])
    return (by_series if was_sorted else np.lexsort((times, group))), was_sorted


def _ascends(times: NDArray[Any], group: NDArray[np.integer]) -> bool:
    """Return whether groups ascend, and times within each of them."""
    return bool(((group[1:] > group[:-1]) | ((group[1:] == group[:-1]) & (times[1:] >= times[:-1]))).all())


def group_rows(
    table: Mapping[str, Cells], columns: SeriesColumns, place: Place
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the names of the series, in the order of the table, and the index (n,) of each row's series.

    Raises:
        DataError: a row has no name; a text such as NA is one.
    """
    if columns.group is None:
        return (columns.targets[0],), np.broadcast_to(np.int32(0), len(table[columns.targets[0]]))
    index: dict[str, int] = {}
    codes = [
        np.fromiter((index.setdefault(str(name), len(index)) for name in block), dtype=np.int32, count=len(block))
        for block in cell_blocks(table[columns.group])
    ]
    if any(not name.strip() or name in ("None", "nan") for name in index):
        for row, cell in enumerate(table[columns.group]):
            if not cell.strip() if isinstance(cell, str) else is_missing(cell):
                raise DataError(
                    f"{place(row)}: the series in column {columns.group!r} has no name: fill it in or drop the row"
                )
    return tuple(index), np.concatenate(codes)


def _times(
    table: Mapping[str, Cells], columns: SeriesColumns, group: NDArray[np.int32], form: TableForm, place: Place
) -> Times:
    """Return the times of the rows."""
    if not columns.date:
        by_series = np.argsort(group, kind="stable")
        counts = np.bincount(group)
        steps = np.empty(len(group), dtype=np.int64)
        steps[by_series] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
        return Times(steps, "there is no column of time: each row is a step")
    if len(columns.date) > 1:
        cells: Cells = (dates := CellColumn())
        for pieces in zip(*(table[name] for name in columns.date), strict=True):
            dates.append(_written_date([str(piece).strip() for piece in pieces]))
    else:
        cells = table[columns.date[0]]
    name = ",".join(columns.date)
    return parse_times(cells, name, place=place, order=form.date_order, zone=form.time_zone, group=group)


def _written_date(pieces: Sequence[str]) -> str:
    """Return year, month, day, hour and minute, as many as there are, as one text."""
    year, month, day, hour, minute = (*pieces, *("", "", "1", "0", "0")[len(pieces) :])
    return f"{year}-{month}-{day} {hour}:{minute.zfill(2)}"


def _recognised(times: NDArray[Any], bounds: NDArray[np.int64], names: Sequence[str]) -> Frequency:
    groups = [times[first:end] for first, end in pairwise(bounds)]
    return recognised_frequency([one if (one[1:] > one[:-1]).all() else np.unique(one) for one in groups], names)


def _column(
    cells: Cells, name: str, form: TableForm, place: Place, *, number: bool
) -> tuple[NDArray[np.float64], tuple[str, ...] | None]:
    """Return a column as numbers; a covariate of text as the indices of its categories, and these."""
    known = form.categories.get(name)
    if known is None:
        try:
            return parse_numbers(cells, name, place=place, decimal=form.decimal), None
        except DataError:
            if number:
                raise
        known = tuple(sorted({str(cell) for cell in cells if not is_missing(cell)}))
        if len(known) > _MOST_CATEGORIES:
            raise DataError(
                f"column {name!r} has {len(known):,} different texts, too many for categories: choose another covariate"
            )
    index = {category: number for number, category in enumerate(known)}
    codes = [
        np.array([index.get(str(cell), np.nan) for cell in block], dtype=np.float64) for block in cell_blocks(cells)
    ]
    return np.concatenate(codes), known
