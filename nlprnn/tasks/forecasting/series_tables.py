"""Tables of series from any dataset: cells by column, with the file, the line and the split of each row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.data.column_roles import Column, Columns, Kind, counted
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import FileReport, Omission
from nlprnn.data.sources import find_sources
from nlprnn.errors import DataError, list_names
from nlprnn.series.columns import CellKind, SeriesColumns
from nlprnn.series.frequency import Frequency
from nlprnn.series.numbers import are_numbers, is_missing
from nlprnn.series.series_data import SeriesData
from nlprnn.series.table import TableForm, build_series, group_rows
from nlprnn.series.times import parse_times
from nlprnn.series.written_dates import are_times
from nlprnn.tasks.forecasting.row_table import SPLITS, RowTable, read_rows
from nlprnn.tasks.forecasting.series_options import SeriesFormOptions

logger = logging.getLogger(__name__)

SHARES = (0.8, 0.9)
"""Share of the values before the validation split, and before the test split, where a dataset has no files for them."""

ChooseColumns = Callable[[Sequence[str], Callable[[str], CellKind]], SeriesColumns]


@dataclass(frozen=True)
class SeriesSplits:
    """Series, and the positions on their grid where the validation and the test split begin.

    Attributes:
        data: all series, all splits: the history of a test window lies before the test split.
        validation: position of the first step of the validation split.
        test: position of the first step of the test split.
        files: what was read.
    """

    data: SeriesData
    validation: int
    test: int
    files: tuple[FileReport, ...] = ()

    def bounds(self, split: str) -> tuple[int, int]:
        """Return the positions of the first step of a split and after its last one."""
        begin, end = int(self.data.starts.min()), int(self.data.ends.max())
        return {
            "train": (begin, self.validation),
            "validation": (self.validation, self.test),
            "test": (self.test, end),
        }[split]

    def rows(self) -> dict[str, SplitRows]:
        """Return the rows of each split, for the report of what was read."""
        positions, observed = self.data.positions(), ~np.isnan(self.data.targets).all(axis=1)
        rows_of = {}
        for split in SPLITS:
            first, end = self.bounds(split)
            chosen = (positions >= first) & (positions < end)
            rows_of[split] = SplitRows(self, chosen, int((chosen & observed).sum()))
        return rows_of


@dataclass(frozen=True)
class SplitRows:
    """The steps of a split, as `nlprnn.data.report.DataReport` describes rows.

    Attributes:
        splits: all series.
        chosen: (total,) bool, the steps of the split.
        observed: number of them that have a target, which count as rows.
        omissions: what was left out.
    """

    splits: SeriesSplits
    chosen: NDArray[np.bool_]
    observed: int
    omissions: tuple[Omission, ...] = ()

    @property
    def columns(self) -> Columns:
        """The column of each role."""
        columns = self.splits.data.columns
        roles = {"time": columns.date, "series": (columns.group,) if columns.group else (), "target": columns.targets}
        roles |= {"past": columns.past, "future": columns.future, "static": columns.static}
        return {role: Column(names) for role, names in roles.items() if names}

    @property
    def files(self) -> tuple[FileReport, ...]:
        """The files of all splits."""
        return self.splits.files

    @property
    def notes(self) -> tuple[str, ...]:
        """What was recognised, averaged and filled."""
        data = self.splits.data
        missing = int(np.isnan(data.targets).sum())
        grid = (
            f"{counted(len(data), 'series').removesuffix('s') if len(data) > 1 else '1 series'}, step {data.frequency}"
        )
        return (f"{grid}, {missing:,} of {data.targets.size:,} values missing", *data.notes)

    def __len__(self) -> int:
        return self.observed

    def contents(self) -> Iterator[list[Any]]:
        """Yield the names of series and categories, and a digest of all values of each step, also of covariates."""
        data = self.splits.data
        yield [*data.names, str(data.frequency), *map(str, data.categories.items())]
        digest = blake2b(data.static.tobytes(), digest_size=12)
        for values in (data.series_of_rows(), data.positions(), data.targets, data.past, data.future):
            digest.update(values[self.chosen].tobytes())
        yield [digest.hexdigest()]


def load_series(
    dataset: str,
    choose: ChooseColumns,
    *,
    reading: ReadOptions | None = None,
    form: TableForm | None = None,
    guess_group: bool = False,
) -> SeriesSplits:
    """Load series and split them by time.

    Args:
        dataset: a file, a folder, a sample's name or a Hub id; with files of validation and test, if it has some.
        choose: names of the columns, and a function that returns the kind of one -> the column of each role.
        reading: options for reading.
        form: how cells are written.
        guess_group: take a column of texts for the names of series where times repeat and no column has been chosen.

    Raises:
        DataError: a column or a cell is damaged, times repeat and any of several columns may name the series, or rows
            of train are later than rows of test; names the place.
    """
    data, table = _load(dataset, choose, reading, form, guess_group=guess_group)
    data = replace(data, notes=(*data.notes, *_known_in_advance(dataset, data, reading)))
    return SeriesSplits(data, *_split_by_time(data, table, form or TableForm()), table.files)


def load_unsplit_series(
    dataset: str, columns: SeriesColumns, *, reading: ReadOptions | None = None, form: TableForm | None = None
) -> SeriesData:
    """Load series with the columns of a model, all splits as one; log what is done to the rows.

    Args:
        dataset: a file, a folder, a sample's name or a Hub id.
        columns: the column of each role.
        reading: options for reading.
        form: how cells are written.

    Raises:
        DataError: a column or a cell is missing or damaged; names the place.
    """

    def check(available: Sequence[str], _: Callable[[str], CellKind]) -> SeriesColumns:
        if missing := [name for name in columns.names() if name not in available]:
            raise DataError(
                f"{dataset} has no column {missing[0]!r}, which the model was trained on: there are "
                f"{list_names(available)}"
            )
        return columns

    data, table = _load(dataset, check, reading, form)
    for note in data.notes:
        logger.info(note)
    for name, known in (form or TableForm()).categories.items():
        if new := {str(cell) for cell in table.cells[name] if not is_missing(cell)}.difference(known):
            logger.warning(
                "Texts of column %r that training did not have are missing values: %s", name, list_names(sorted(new))
            )
    return data


def _load(
    dataset: str,
    choose: ChooseColumns,
    reading: ReadOptions | None,
    form: TableForm | None,
    *,
    guess_group: bool = False,
) -> tuple[SeriesData, RowTable]:
    sources = find_sources(dataset, TABLES, reading or ReadOptions())
    source = next(iter(sources["train"]))
    kinds = source.schema().kinds

    @cache
    def kind_of(name: str) -> CellKind:
        if kinds[name] in (Kind.NUMBER, Kind.CLASS):
            return "number"
        cells = [row.get(name) for row in source.sample({name: Column((name,))})]
        return "time" if are_times(cells) else "number" if are_numbers(cells) else "text"

    columns = choose(list(kinds), kind_of)
    table = read_rows(sources, list(columns.names()))
    notes: tuple[str, ...] = ()
    if guess_group and columns.group is None and columns.date and table.first_repeat(columns.date) is not None:
        unused = [name for name in kinds if name not in set(columns.names()) and kind_of(name) == "text"]
        if unused:
            table = read_rows(sources, [*columns.names(), *unused])
            columns, note = _with_group(columns, unused, table)
            notes = (note,)
    data = build_series(table.cells, columns, form=form, place=table.place)
    return replace(data, notes=(*notes, *data.notes)), table


def _known_in_advance(dataset: str, data: SeriesData, reading: ReadOptions | None) -> Iterator[str]:
    """Yield a note on unused columns of numbers that have values in all rows after the last targets."""
    if data.columns.future or not (data.last_observed() < data.ends - 1).all():
        return
    sources = find_sources(dataset, TABLES, reading or ReadOptions())
    kinds, used = next(iter(sources["train"])).schema().kinds, set(data.columns.names())
    unused = [name for name, kind in kinds.items() if kind in (Kind.NUMBER, Kind.CLASS) and name not in used]
    if not unused:
        return
    targets = data.columns.targets
    table = read_rows(sources, [*targets, *unused])
    known = set(unused)
    for cells in zip(*table.cells.values(), strict=True):
        if all(map(is_missing, cells[: len(targets)])):
            known -= {name for name, cell in zip(unused, cells[len(targets) :], strict=True) if is_missing(cell)}
    if known:
        names = [name for name in unused if name in known]
        yield (
            f"there are values of {list_names(names)} after the last of {targets[0]!r}: if they are known in advance, "
            f"give --future-features {','.join(names)}"
        )


def _with_group(columns: SeriesColumns, texts: Sequence[str], table: RowTable) -> tuple[SeriesColumns, str]:
    """Return columns with the one column of texts that distinguishes repeated times, and a note on it.

    Raises:
        DataError: there are several such columns, or none.
    """
    names = [name for name in texts if table.first_repeat([*columns.date, name]) is None]
    if len(names) != 1:
        row = table.first_repeat(columns.date)
        place = "" if row is None else f"{table.place(row)}: "
        raise DataError(
            f"{place}the time occurs in a row before: name the column of the series with --group (columns of texts are "
            f"{list_names(names or texts)}), or give --group none to average such rows"
        )
    return replace(columns, group=names[0]), f"times repeat, so column {names[0]!r} names the series (guessed)"


def series_form(options: SeriesFormOptions, frequency: str | Frequency | None, **more: Any) -> TableForm:
    """Return how the cells of a table are written, from options."""
    step = Frequency.parse(frequency) if isinstance(frequency, str) else frequency
    return TableForm(step, options.date_order, options.time_zone, options.decimal, **more)


def _split_by_time(data: SeriesData, table: RowTable, form: TableForm) -> tuple[int, int]:
    """Return the positions where validation and test begin: those of their files, else of shares of the time.

    Raises:
        DataError: rows of an earlier split are later than rows of the next.
    """
    observed = _observed_positions(data)
    firsts: dict[int, int] = {}
    if any(table.splits) and len(data.columns.date) == 1:
        date, group = data.columns.date[0], group_rows(table.cells, data.columns, table.place)[1]
        form_of_times: dict[str, Any] = {"order": form.date_order, "zone": form.time_zone}
        times = parse_times(table.cells[date], date, place=table.place, group=group, **form_of_times)
        positions, split_of_rows = data.frequency.positions(times.values), table.split_of_rows()
        for split in (1, 2):
            if (later := split_of_rows == split).any():
                firsts[split] = int(positions[later].min())
                earlier = np.flatnonzero((split_of_rows < split) & (positions >= firsts[split]))
                if len(earlier):
                    raise DataError(
                        f"{table.place(int(earlier[0]))} is not before the first time of {SPLITS[split]}: the model "
                        "would learn from what it is tested on; split the rows by time"
                    )
    test = firsts.get(2, int(observed[int(SHARES[1] * len(observed))]))
    before = observed[: np.searchsorted(observed, test)]
    if not len(before):
        raise DataError("the series are too short: there is nothing before the test split to train on")
    share = SHARES[1] if 2 in firsts else SHARES[0] / SHARES[1]
    return firsts.get(1, int(before[int(share * len(before))])), test


def _observed_positions(data: SeriesData) -> NDArray[np.int64]:
    """Return the positions of all steps with a target, in ascending order."""
    observed = ~np.isnan(data.targets).all(axis=1)
    positions = data.positions()[observed]
    return positions if len(data) == 1 else np.sort(positions)
