"""Columns of a table of feature sequences: the features, what is predicted, and what belongs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

Layout = Literal["lists", "channels", "steps", "files"]


@dataclass(frozen=True)
class FeatureColumns:
    """The columns of each role, and how a table holds the sequences.

    Attributes:
        layout: "lists", a row a sequence with one column of lists of lists (T, D); "channels", a row a sequence with a
            column of T numbers for each feature; "steps", a row a step with a column for each feature; "files", a row a
            sequence with the path of an array file.
        features: columns of the features; of "files" that of the path, or () where folders are the classes.
        target: column of the label or number; None = not known, or the folder of a file.
        sequence: columns that together name the sequence of a row, of "steps".
        time: column by which the steps of a sequence are sorted, of "steps"; None = the order of the rows.
        subject: column whose values are never in two splits; None = sequences are held out at random.
    """

    layout: Layout
    features: tuple[str, ...] = ()
    target: str | None = None
    sequence: tuple[str, ...] = ()
    time: str | None = None
    subject: str | None = None

    def __post_init__(self) -> None:
        if self.layout not in get_args(Layout):
            raise ValueError(f"unknown layout {self.layout!r}: choose one of {', '.join(get_args(Layout))}")

    def inputs(self) -> Iterator[str]:
        """Yield the columns that a model reads: all but those of the target and of the subject."""
        yield from (*self.features, *self.sequence, *([self.time] if self.time else []))

    def to_mapping(self) -> dict[str, Any]:
        """Return the roles as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, values: dict[str, Any]) -> Self:
        """Return the columns of what `to_mapping` returned."""
        lists = {name: tuple(map(str, values[name])) for name in ("features", "sequence")}
        return cls(**{**values, **lists})
