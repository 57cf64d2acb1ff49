"""A table as series on a regular grid: sorted, gaps filled with missing values, repeated times averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

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
    notes = [times.note] if times.note else []
    order = np.lexsort((times.values, group))
    if (order != np.arange(len(order))).any() and (
        np.diff(times.values.astype(np.int64))[np.diff(group) == 0] < 0
    ).any():
        notes.append("the rows are sorted by time")
    group, sorted_times = group[order], times.values[order]
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1, [len(group)]])
    frequency = form.frequency or _recognised(sorted_times, bounds, names)
    positions = frequency.positions(sorted_times)
    starts, lengths = positions[bounds[:-1]], positions[bounds[1:] - 1] - positions[bounds[:-1]] + 1
    if lengths.sum() > _MOST_EMPTY * len(group) + 10_000:
        raise DataError(
            f"a grid of step {frequency} would have {lengths.sum():,} steps for {len(group):,} rows: give a longer "
            "step with --frequency"
        )
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    rows = offsets[group] + positions - starts[group]  # of the grid, ascending
    notes += _grid_notes(rows, int(offsets[-1]), order, frequency, place)

    categories: dict[str, tuple[str, ...]] = {}

    def column(name: str, *, number: bool) -> NDArray[np.float64]:
        cells, known = _column(table[name], name, form, place, number=number or name in form.numbers)
        if known is not None:
            categories[name] = known
        return cells[order]

    def on_grid(names: Sequence[str], *, number: bool = False) -> NDArray[np.float64]:
        values = [
            _mean_of_steps(column(name, number=number), rows, int(offsets[-1]), name in categories) for name in names
        ]
        return np.stack(values, axis=1) if values else np.empty((int(offsets[-1]), 0))

    targets = on_grid(columns.targets, number=True)
    for index, name in enumerate(columns.targets):
        if np.isnan(targets[:, index]).all():
            raise DataError(f"column {name!r} has no value at all: choose another with --target")
    past, future, static = on_grid(columns.past), on_grid(columns.future), on_grid(columns.static)
    return SeriesData(
        names=names,
        columns=columns,
        frequency=frequency,
        starts=starts,
        offsets=offsets,
        targets=targets,
        past=past,
        future=future,
        static=static[offsets[:-1]],
        categories=categories,
        notes=tuple(notes),
    )


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


def _grid_notes(
    rows: NDArray[np.int64], steps: int, order: NDArray[np.int64], frequency: Frequency, place: Place
) -> list[str]:
    notes = []
    if len(repeated := np.flatnonzero(np.diff(rows) == 0)):
        first = place(int(order[repeated[0] + 1]))
        notes.append(f"{len(repeated):,} rows repeat a time of their series, and are averaged (first: {first})")
    if gaps := steps - len(np.unique(rows)):
        notes.append(f"{gaps:,} of {steps:,} steps of {frequency} have no row, and are missing values")
    return notes


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


def _mean_of_steps(
    values: NDArray[np.float64], rows: NDArray[np.int64], steps: int, is_category: bool
) -> NDArray[np.float64]:
    """Return the mean of the values of each step, of a category the last value; NaN where there is none."""
    present = ~np.isnan(values)
    grid = np.full(steps, np.nan)
    if is_category:
        grid[rows[present]] = values[present]
        return grid
    counts = np.bincount(rows[present], minlength=steps)
    sums = np.bincount(rows[present], weights=values[present], minlength=steps)
    np.divide(sums, counts, out=grid, where=counts > 0)
    return grid
