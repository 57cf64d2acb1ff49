"""A table as series on a regular grid: sorted, gaps filled with missing values, repeated times averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.series.columns import SeriesColumns
from nlprnn.series.frequency import Frequency, recognised_frequency
from nlprnn.series.numbers import Decimal, is_missing, parse_numbers
from nlprnn.series.series_data import SeriesData
from nlprnn.series.times import DateOrder, Times, parse_times

Cells = Sequence[Any] | NDArray[Any]
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
    names, group = _groups(table, columns)
    times = _times(table, columns, group, form, place)
    grid = _Grid.of(times.values, group, form.frequency, names)
    categories: dict[str, tuple[str, ...]] = {}

    def on_grid(columns: Sequence[str], *, number: bool = False) -> NDArray[np.float64]:
        values = []
        for name in columns:
            cells, known = _column(table[name], name, form, place, number=number or name in form.numbers)
            if known is not None:
                categories[name] = known
            values.append(grid.means(cells, is_category=known is not None))
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
        notes=(*filter(None, [times.note]), *grid.notes(place)),
    )


class _Grid(NamedTuple):
    """The steps of all series, end to end, and the step of each row of a table."""

    frequency: Frequency
    starts: NDArray[np.int64]  # (N,) position of the first step of each series
    offsets: NDArray[np.int64]  # (N + 1,) rows of the grid
    order: NDArray[np.int64]  # (n,) rows of the table, by series and time
    rows: NDArray[np.int64]  # (n,) row of the grid of each of `order`, ascending
    was_sorted: bool

    @classmethod
    def of(
        cls, times: NDArray[Any], group: NDArray[np.int64], frequency: Frequency | None, names: Sequence[str]
    ) -> _Grid:
        order = np.lexsort((times, group))
        by_series = np.argsort(group, kind="stable")  # in the order of the table
        steps = np.diff(times[by_series].astype(np.int64))[np.diff(group[by_series]) == 0]
        group, times = group[order], times[order]
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1, [len(group)]])
        frequency = frequency or _recognised(times, bounds, names)
        positions = frequency.positions(times)
        starts, lengths = positions[bounds[:-1]], positions[bounds[1:] - 1] - positions[bounds[:-1]] + 1
        if lengths.sum() > _MOST_EMPTY * len(group) + 10_000:
            raise DataError(
                f"a grid of step {frequency} would have {lengths.sum():,} steps for {len(group):,} rows: give a longer "
                "step with --frequency"
            )
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        rows = offsets[group] + positions - starts[group]
        return cls(frequency, starts, offsets, order, rows, bool((steps >= 0).all()))

    @property
    def size(self) -> int:
        return int(self.offsets[-1])

    def means(self, cells: NDArray[np.float64], *, is_category: bool) -> NDArray[np.float64]:
        """Return the mean of the cells (n,) of each step, of a category the last one; NaN where there is none."""
        values = cells[self.order]
        present = ~np.isnan(values)
        result = np.full(self.size, np.nan)
        if is_category:
            result[self.rows[present]] = values[present]
            return result
        counts = np.bincount(self.rows[present], minlength=self.size)
        sums = np.bincount(self.rows[present], weights=values[present], minlength=self.size)
        return np.divide(sums, counts, out=result, where=counts > 0)

    def notes(self, place: Place) -> Iterator[str]:
        """Yield what was done to the rows."""
        if not self.was_sorted:
            yield "the rows are sorted by time"
        if len(repeated := np.flatnonzero(np.diff(self.rows) == 0)):
            first = place(int(self.order[repeated[0] + 1]))
            yield f"{len(repeated):,} rows repeat a time of their series, and are averaged (first: {first})"
        if gaps := self.size - len(np.unique(self.rows)):
            yield f"{gaps:,} of {self.size:,} steps of {self.frequency} have no row, and are missing values"


def _groups(table: Mapping[str, Cells], columns: SeriesColumns) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names of the series, in the order of the table, and the index of each row's series."""
    if columns.group is None:
        return (columns.targets[0],), np.zeros(len(table[columns.targets[0]]), dtype=np.int64)
    index: dict[str, int] = {}
    group = [index.setdefault(str(name), len(index)) for name in table[columns.group]]
    return tuple(index), np.array(group, dtype=np.int64)


def _times(
    table: Mapping[str, Cells], columns: SeriesColumns, group: NDArray[np.int64], form: TableForm, place: Place
) -> Times:
    if not columns.date:
        counts = np.zeros(int(group.max()) + 1, dtype=np.int64)
        steps = np.empty(len(group), dtype=np.int64)
        for row, series in enumerate(group):
            steps[row] = counts[series]
            counts[series] += 1
        return Times(steps, "there is no column of time: each row is a step")
    if len(columns.date) > 1:
        pieces = zip(*(table[name] for name in columns.date), strict=True)
        cells: Cells = [_written_date([str(piece).strip() for piece in row]) for row in pieces]
    else:
        cells = table[columns.date[0]]
    return parse_times(cells, ",".join(columns.date), place=place, order=form.date_order, zone=form.time_zone)


def _written_date(pieces: Sequence[str]) -> str:
    """Return year, month, day, hour and minute, as many as there are, as one text."""
    year, month, day, hour, minute = (*pieces, *("", "", "1", "0", "0")[len(pieces) :])
    return f"{year}-{month}-{day} {hour}:{minute.zfill(2)}"


def _recognised(times: NDArray[Any], bounds: NDArray[np.int64], names: Sequence[str]) -> Frequency:
    groups = [np.unique(times[first:end]) for first, end in pairwise(bounds)]
    return recognised_frequency(groups, names)


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
    return np.array([index.get(str(cell), np.nan) for cell in cells], dtype=np.float64), known
