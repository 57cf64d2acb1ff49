"""Frequencies: the regular grid of a series, its seasons, and how it is recognised from times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError, OptionError

DAY = 86_400
_UNITS = {"s": 1, "sec": 1, "min": 60, "t": 60, "h": 3600, "d": DAY, "w": 7 * DAY}
_MONTHS = {"m": 1, "ms": 1, "me": 1, "q": 3, "qs": 3, "qe": 3, "y": 12, "a": 12, "ys": 12, "ye": 12}
_NAMES = "30s, 5min, h, D, B (business days), W, M, Q or Y"
_EVEN_SHARE = 0.99
"""Share of the steps between times that must be whole multiples of the most common one."""

_SPARSE_SHARE = 0.5
"""Share of the steps that may be longer than the most common one."""

_RUN, _RUN_SHARE = 10, 0.05
"""Number, and share, of equal steps in a row of another length from which on the frequency has changed."""


@dataclass(frozen=True)
class Frequency:
    """A regular grid of times; each time has a position, an integer.

    Attributes:
        unit: "s" for steps of equal length, "M" for months, "B" for the days from Monday to Friday, "step" for numbers
            without a calendar.
        count: units of a step.
        phase: seconds after a multiple of the step since 1970; of months the days after the first, -1 = the last day.
    """

    unit: Literal["s", "M", "B", "step"]
    count: int
    phase: int = 0

    @classmethod
    def parse(cls, text: str) -> Frequency:
        """Return the frequency of a name such as 5min, h, D, B, W or M.

        Raises:
            OptionError: the name is unknown.
        """
        match = re.fullmatch(r"(\d*) ?([a-zA-Z]+)", text.strip())
        count, name = (int(match[1] or 1), match[2].lower()) if match else (0, "")
        if count and name in _UNITS:
            return cls("s", count * _UNITS[name], 4 * DAY if name == "w" else 0)  # a week begins on a Monday
        if count and name in _MONTHS:
            return cls("M", count * _MONTHS[name])
        if (count, name) == (1, "b"):
            return cls("B", 1)
        raise OptionError(f"--frequency {text} is unknown: give {_NAMES}")

    def __str__(self) -> str:
        if self.unit == "s":
            name, seconds = next(
                (name, _UNITS[name]) for name in ("w", "d", "h", "min", "s") if self.count % _UNITS[name] == 0
            )
            number = self.count // seconds
            return f"{number if number > 1 else ''}{name.upper() if name in 'wd' else name}"
        return self.unit if self.count == 1 else f"{self.count}{self.unit}"

    @property
    def has_calendar(self) -> bool:
        """Whether steps are times rather than numbers."""
        return self.unit != "step"

    def positions(self, times: NDArray[Any]) -> NDArray[np.int64]:
        """Return the positions (n,) of the steps in which times (n,) lie."""
        if self.unit == "step":
            return (times.astype(np.int64) - self.phase) // self.count
        if self.unit == "B":
            return np.busday_count(np.datetime64("1970-01-01"), times.astype("datetime64[D]")).astype(np.int64)
        if self.unit == "M":
            return times.astype("datetime64[M]").astype(np.int64) // self.count
        return (times.astype("datetime64[s]").astype(np.int64) - self.phase) // self.count

    def times(self, positions: NDArray[np.int64]) -> NDArray[Any]:
        """Return the times (n,) datetime64[s] of positions (n,); numbers (n,) int64 where steps have no calendar."""
        if self.unit == "step":
            return positions * self.count + self.phase
        if self.unit == "B":
            first = np.datetime64("1970-01-01")
            return np.busday_offset(first, positions, roll="forward").astype("datetime64[s]")
        if self.unit == "M":
            months = (positions * self.count).astype("datetime64[M]")
            days = (months + 1).astype("datetime64[D]") - 1 if self.phase < 0 else months.astype("datetime64[D]")
            return (days + max(0, self.phase)).astype("datetime64[s]")
        return (positions * self.count + self.phase).astype("datetime64[s]")

    def format(self, times: NDArray[Any]) -> list[str]:
        """Return times as texts: dates where all steps begin at midnight, else with the clock."""
        if self.unit == "step":
            return [str(number) for number in times]
        whole = self.unit in "MB" or (self.count % DAY == 0 and self.phase % DAY == 0)
        return [str(time).replace("T", " ") for time in times.astype("datetime64[D]" if whole else "datetime64[s]")]

    @property
    def seasons(self) -> tuple[int, ...]:
        """Lengths of the usual seasons in steps, the shortest first: a day, a week, a year."""
        if self.unit == "B":
            return (5,)
        if self.unit == "M":
            return (12 // self.count,) if 12 % self.count == 0 and self.count < 12 else ()
        if self.unit == "s" and self.count == 7 * DAY:
            return (52,)
        if self.unit == "s" and self.count == DAY:
            return (7, 365)
        if self.unit == "s" and DAY % self.count == 0:
            return (DAY // self.count, 7 * DAY // self.count)
        return ()


def recognised_frequency(groups: Sequence[NDArray[Any]], names: Sequence[str]) -> Frequency:
    """Return the frequency of the times of several series.

    Args:
        groups: of each series its times in ascending order, datetime64[s] or int64, none twice.
        names: of the series, for messages.

    Raises:
        DataError: no series has two times, the steps are uneven, or two series have different frequencies.
    """
    numbers: list[NDArray[np.int64]] = [times.view(np.int64) for times in groups]
    steps = [one[1:] - one[:-1] for one in numbers if len(one) > 1]
    named = [name for name, times in zip(names, groups, strict=True) if len(times) > 1]
    if not steps:
        raise DataError("no series has two times: give more rows, or the column that names the series with --group")
    every = np.concatenate(steps) if len(steps) > 1 else steps[0]
    first = int(numbers[0][0])
    if groups[0].dtype.kind == "i":
        return _even("step", every, first)
    if every.min() >= 28 * DAY and _is_monthly(dates := np.concatenate(groups).astype("datetime64[D]")):
        return _monthly(dates)
    common = [_most_common(step) for step in steps if len(step) > 2]
    if common and max(common) > min(common):
        odd = named[[_most_common(step) if len(step) > 2 else common[0] for step in steps].index(max(common))]
        raise DataError(
            f"series have different frequencies ({_duration(min(common))}, and {odd!r} {_duration(max(common))}): give "
            "one for all with --frequency, which averages the values of a step"
        )
    if _most_common(every) == DAY and _skips_weekends(np.concatenate(groups)):
        return Frequency("B", 1)
    return _even("s", every, first)


def _skips_weekends(times: NDArray[Any]) -> bool:
    weekdays = (times.astype("datetime64[D]").astype(np.int64) + 3) % 7
    friday_to_monday = (np.diff(times).astype(np.int64) == 3 * DAY) & (weekdays[:-1] == 4)
    return bool(weekdays.max() < 5 and friday_to_monday.any())


def _even(unit: Literal["s", "step"], steps: NDArray[np.int64], first: int) -> Frequency:
    """Return the frequency of steps of one length, of which there may be several between two times."""
    step = _most_common(steps)
    shown, uneven = _written_step(unit, step), steps % step != 0
    if uneven.mean() > 1 - _EVEN_SHARE:
        raise DataError(
            f"the times are uneven: the most common step is {shown}, but {uneven.mean():.0%} of the steps are no "
            "multiple of it: give --frequency, such as h or D, which averages the values of a step"
        )
    if (steps > step).mean() > _SPARSE_SHARE:
        raise DataError(
            f"the times are uneven: the most common step is {shown}, but {(steps > step).mean():.0%} of the steps are "
            "longer: give --frequency, such as h or D, which averages the values of a step"
        )
    length, other = _longest_run(steps, step)
    if length >= max(_RUN, _RUN_SHARE * len(steps)):
        raise DataError(
            f"the frequency changes: {length:,} steps in a row are {_written_step(unit, other)}, most are {shown}: "
            "give one for all with --frequency, which averages the values of a step"
        )
    return Frequency(unit, step, first % step)


def _longest_run(steps: NDArray[np.int64], usual: int) -> tuple[int, int]:
    """Return the length of the longest run of equal steps that are not the usual one, and their size; 0 = none."""
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(steps)) + 1, [len(steps)]])
    lengths = np.where(steps[bounds[:-1]] == usual, 0, np.diff(bounds))
    longest = int(lengths.argmax())
    return int(lengths[longest]), int(steps[bounds[longest]])


def _most_common(steps: NDArray[np.int64]) -> int:
    values, counts = np.unique(steps, return_counts=True)
    return int(values[counts.argmax()])


def _is_monthly(dates: NDArray[Any]) -> bool:
    days = (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
    return len(np.unique(days)) == 1 or _are_last_days(dates)


def _are_last_days(dates: NDArray[Any]) -> bool:
    return bool(((dates + 1).astype("datetime64[M]") != dates.astype("datetime64[M]")).all())


def _monthly(dates: NDArray[Any]) -> Frequency:
    months = np.unique(dates.astype("datetime64[M]").astype(np.int64))
    step = int(np.gcd.reduce(np.diff(months)))
    first = int((dates[0] - dates[0].astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64))
    # Positions are whole multiples of the step, so that a year that begins in any month is a step of 12 months of 1.
    count = step if months[0] % step == 0 else 1
    return Frequency("M", count, -1 if _are_last_days(dates) and first else first)


def _written_step(unit: str, step: int) -> str:
    return _duration(step) if unit == "s" else str(step)


def _duration(seconds: int) -> str:
    return str(Frequency("s", seconds))
