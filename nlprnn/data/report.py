"""Report of what was read: files, formats, rows and rows left out, columns, labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any, Protocol, TypeVar

from nlprnn.data.column_roles import Columns, counted, role_of
from nlprnn.errors import escape_controls

_Item = TypeVar("_Item")
_MOST_LABELS = 12
_LONGEST_LABEL = 40
_MOST_FILES = 6


@dataclass(frozen=True)
class Omission:
    """Rows that were left out for one reason.

    Attributes:
        reason: why, as "without text".
        rows: their number.
        first: place of the first, "data.csv, line 7".
        noun: what is counted, if not rows.
    """

    reason: str
    rows: int
    first: str
    noun: str = "row"

    def __str__(self) -> str:
        return f"{counted(self.rows, self.noun)} {self.reason} (first: {self.first})"


@dataclass(frozen=True)
class FileReport:
    """How one source was read.

    Attributes:
        origin: the file or dataset.
        format: form of its rows, such as "CSV with semicolons, no header".
        rows: number of rows read, with those that were left out.
        encoding: of its text; None where the format defines it.
        notes: choices between several readings, a sentence each.
    """

    origin: str
    format: str
    rows: int
    encoding: str | None = None
    notes: tuple[str, ...] = ()


class ReadRows(Protocol):
    """Rows of a split that know where they come from."""

    @property
    def columns(self) -> Columns:
        """The column of each role."""

    @property
    def files(self) -> tuple[FileReport, ...]:
        """The sources of the rows."""

    @property
    def omissions(self) -> tuple[Omission, ...]:
        """Rows of these sources that were left out."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd about the rows, and choices between several readings."""

    def __len__(self) -> int: ...

    def contents(self) -> Iterator[Sequence[Any]]:
        """Yield all cells in their order, in pieces of any length."""


@dataclass(frozen=True)
class DataReport:
    """What was read of a dataset, shown before training and kept in `run.json`.

    Attributes:
        files: the sources in the order of the splits.
        left_out: rows that are in no split.
        notes: what is odd about the rows, and choices between several readings, beside those of the files.
        rows: split -> its rows, for `fingerprints`.
        splits: split -> number of rows.
        columns: role -> the column it was read from, and whether it was guessed.
        labels: label -> number of rows of all splits; empty without labels.
        numbers: least and greatest number of the rows, where a row has a number.
        streamed: splits that were held out of streamed rows, which are others than those that `load_splits` holds out.
    """

    files: tuple[FileReport, ...]
    left_out: tuple[Omission, ...]
    splits: Mapping[str, int]
    columns: Columns
    labels: Mapping[str, int] = field(default_factory=dict)
    numbers: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    streamed: tuple[str, ...] = ()
    rows: Mapping[str, ReadRows] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        splits: Mapping[str, ReadRows],
        *,
        labels: Mapping[str, int] | None = None,
        numbers: tuple[float, float] | None = None,
        streamed: Sequence[str] = (),
    ) -> DataReport:
        """Return the report of splits, which share a file where some of them were held out of another.

        Args:
            splits: split name -> its rows, train first.
            labels: label -> number of rows, in the order of the labels.
            numbers: least and greatest number of the rows.
            streamed: splits that were held out of streamed rows.
        """
        first = next(iter(splits.values()))
        return cls(
            files=_distinct(file for rows in splits.values() for file in rows.files),
            left_out=_distinct(omission for rows in splits.values() for omission in rows.omissions),
            splits={name: len(rows) for name, rows in splits.items()},
            columns=first.columns,
            labels=labels or {},
            numbers=numbers,
            notes=_distinct(note for rows in splits.values() for note in rows.notes),
            streamed=tuple(streamed),
            rows=splits,
        )

    def fingerprints(self) -> dict[str, str]:
        """Return the SHA-256 of all cells of each split, in their order: of a million short texts, in a second."""
        return {name: _fingerprint(rows) for name, rows in self.rows.items()}

    def render(self) -> str:
        """Return the report as a block of a few lines."""
        lines = [_file_line(file) for file in self.files[:_MOST_FILES]]
        if rest := self.files[_MOST_FILES:]:
            lines.append(f"  and {counted(len(rest), 'more file')}, {counted(sum(file.rows for file in rest), 'row')}")
        of_files = (note for file in self.files for note in file.notes)
        lines += [f"  note: {note}" for note in _distinct(chain(of_files, self.notes))]
        lines += [f"  left out: {omission}" for omission in self.left_out]
        if self.columns:
            lines.append("  columns: " + ", ".join(_column_text(role, self.columns) for role in self.columns))
        if len(self.splits) > 1:
            lines.append("  splits: " + ", ".join(f"{name} {rows:,}" for name, rows in self.splits.items()))
        if self.labels:
            first = list(self.labels.items())[:_MOST_LABELS]
            shown = [f"{_shortened(escape_controls(label))} ({rows:,})" for label, rows in first]
            more = f" and {len(self.labels) - len(shown)} more" if len(self.labels) > len(shown) else ""
            lines.append(f"  {counted(len(self.labels), 'label')}: {', '.join(shown)}{more}")
        if self.numbers:
            lines.append("  numbers: from {:g} to {:g}".format(*self.numbers))
        return "\n".join(lines)

    def to_mapping(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        columns = {role: {"column": str(column), "guessed": column.guessed} for role, column in self.columns.items()}
        return {
            "files": [{**asdict(file), "notes": list(file.notes)} for file in self.files],
            "left_out": [asdict(omission) for omission in self.left_out],
            "splits": dict(self.splits),
            "columns": columns,
            "labels": dict(self.labels),
            "notes": list(self.notes),
            "numbers": list(self.numbers) if self.numbers else None,
            "streamed": list(self.streamed),
        }


def _fingerprint(rows: ReadRows) -> str:
    digest = sha256()
    for cells in rows.contents():
        # Without the brackets, so that it does not matter which cells come together.
        digest.update((json.dumps(list(cells), default=str)[1:-1] + ", ").encode() if len(cells) else b"")
    return digest.hexdigest()


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[:_LONGEST_LABEL]}..."


def _distinct(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))


def _file_line(file: FileReport) -> str:
    encoding = f", {file.encoding}" if file.encoding else ""
    return f"{file.origin}: {counted(file.rows, 'row')} ({file.format}{encoding})"


def _column_text(role: str, columns: Columns) -> str:
    column = columns[role]
    note = f": {column.note}" if column.note else ""
    return f"{role_of(role).noun} = {str(column)!r} ({'guessed' if column.guessed else 'given'}{note})"
