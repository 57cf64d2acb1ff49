"""Columns of a table of series: time, name of the series, targets, covariates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from nlprnn.errors import DataError, list_names

CellKind = Literal["number", "time", "text"]

_DATES = ("ds", "date", "datetime", "date_time", "timestamp", "time")
_CALENDAR = ("year", "month", "day", "hour", "minute")
_GROUPS = ("unique_id", "series", "series_id", "item_id", "ticker", "symbol", "group")
_TARGETS = ("y", "target", "value")


@dataclass(frozen=True)
class SeriesColumns:
    """The columns of each role.

    Attributes:
        targets: C columns of numbers to forecast.
        date: column of the times, or several (year, month, day, hour); () = a row is a step.
        group: column that names the series of a row; None = the table is one series.
        past: covariates that are known up to the cutoff.
        future: covariates that are known over the horizon, too, such as a plan of holidays.
        static: covariates that are constant in a series.
    """

    targets: tuple[str, ...]
    date: tuple[str, ...] = ()
    group: str | None = None
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    static: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = list(self.names())
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DataError(f"column {twice[0]!r} has two roles: name each column once")

    def names(self) -> Iterator[str]:
        """Yield the names of all columns."""
        yield from (*self.date, *([self.group] if self.group else []), *self.targets)
        yield from (*self.past, *self.future, *self.static)

    def to_mapping(self) -> dict[str, Any]:
        """Return the roles as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, values: dict[str, Any]) -> SeriesColumns:
        """Return the columns of what `to_mapping` returned."""
        group = values["group"]
        return cls(**{name: tuple(names) for name, names in values.items() if name != "group"}, group=group)


def choose_columns(
    available: Sequence[str],
    *,
    targets: Sequence[str] = (),
    date: Sequence[str] = (),
    group: str | None = None,
    past: Sequence[str] = (),
    future: Sequence[str] = (),
    static: Sequence[str] = (),
    kind_of: Callable[[str], CellKind] = lambda _: "number",
) -> SeriesColumns:
    """Choose the column of each role: those that are named, others by their usual names.

    Args:
        available: all columns of the table.
        targets: names of the targets; () = y, target, value, or the only other column of numbers.
        date: name of the column of times; () = ds, date, time and so on, or year, month, day and hour, or the only
            column of dates.
        group: name of the column that names the series; None = unique_id, ticker and so on, "none" = no column.
        past: names of covariates known up to the cutoff.
        future: names of covariates known over the horizon, too.
        static: names of covariates that are constant in a series.
        kind_of: name of a column -> what its first cells are.

    Raises:
        DataError: a column does not exist, has two roles, or the target cannot be guessed; names the option.
    """
    roles = {"target": targets, "date": date, "group": [group] if group and group != "none" else []}
    roles |= {"features": past, "future-features": future, "static-features": static}
    for option, names in roles.items():
        if missing := [name for name in names if name not in available]:
            raise DataError(f"there is no column {missing[0]!r} for --{option}: there are {list_names(available)}")
    named = {name for names in roles.values() for name in names}
    lower = {name.lower(): name for name in reversed(available) if name not in named}
    if not date:
        date = [lower[name] for name in _DATES if name in lower][:1] or _calendar(lower)
    if not date:
        of_dates = [name for name in available if name not in named and kind_of(name) == "time"]
        date = of_dates if len(of_dates) == 1 else []
    if group is None:
        group = next((lower[name] for name in _GROUPS if name in lower), None)
    if not targets:
        others = [name for name in available if name not in {*named, *date, group} and kind_of(name) == "number"]
        usual = [lower[name] for name in _TARGETS if name in lower][:1]
        if not usual and len(others) != 1:
            raise DataError(
                f"name the column to forecast with --target: the columns of numbers are {list_names(others)}"
            )
        targets = usual or others
    return SeriesColumns(
        tuple(targets), tuple(date), None if group == "none" else group, tuple(past), tuple(future), tuple(static)
    )


def _calendar(lower: dict[str, str]) -> list[str]:
    """Return the columns of year, month, day, hour and minute, if there are the first two at least."""
    names = []
    for name in _CALENDAR:
        if name not in lower:
            break
        names.append(lower[name])
    return names if len(names) > 1 else []
