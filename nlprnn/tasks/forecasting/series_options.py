"""Options for how the tables of series are written, of every command that reads some; they load no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nlprnn.experiment.options import Options, option
from nlprnn.experiment.reading_options import ReadingOptions


@dataclass(frozen=True, kw_only=True)
class SeriesFormOptions(Options):
    """How times and numbers are written."""

    section: ClassVar[str] = "Series"

    date_order: Literal["ymd", "dmy", "mdy"] | None = option(
        None, auto="recognised", help="Order of year, month and day in dates such as 04/03/2016."
    )
    time_zone: str | None = option(
        None,
        auto="times as they are",
        help="Time zone of the clock, such as Europe/Berlin: times are converted to UTC, so that no hour is missing or "
        "repeated where the clock changes.",
    )
    decimal: Literal[".", ","] | None = option(None, auto="recognised", help="Decimal mark of numbers.")


@dataclass(frozen=True, kw_only=True)
class SeriesReadingOptions(SeriesFormOptions, ReadingOptions):
    """How the files of series are read."""
