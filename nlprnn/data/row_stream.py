"""Rows to train on that are read from their sources whenever they are needed, and never kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_roles import Columns
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.report import FileReport, Omission

_CHUNK = 1_000_000

Cells = Mapping[str, Any]
"""Role -> cell of a row."""


@dataclass(frozen=True)
class RowStream:
    """Rows of the train split, and what the first pass over them gives.

    Attributes:
        sources: of the rows, one after another, each with its columns and its number of rows.
        columns: role -> the column it was read from, and whether it was guessed.
        kept: (rows of all sources,) bool, whether a row is one of train: not left out, held out or of another split.
        sizes: (rows of train, roles, 2) int32, characters and words of each text, "text", or "source" and "target".
        sample: rows that were drawn at random, in their order; all rows where they are few.
        labels: label -> number of its rows, in the order of the labels; empty without labels.
        first_rows: label -> source and number of its first row.
        digest: SHA-256 of all cells.
        files: how the sources of the rows were read.
        omissions: rows of these sources that were left out.
        notes: choices between several readings, and what is odd about the rows, a sentence each.
    """

    sources: Sequence[tuple[Source, Columns, int]]
    columns: Columns
    kept: np.ndarray
    sizes: np.ndarray
    sample: Sequence[Cells]
    digest: str
    labels: Mapping[str, int] = field(default_factory=dict)
    first_rows: Mapping[str, tuple[Source, int]] = field(default_factory=dict)
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(np.count_nonzero(self.kept))

    def contents(self) -> Iterator[list[str]]:
        """Yield the digest of all cells in place of them."""
        yield [self.digest]

    def read(self, start: int = 0) -> Iterator[Cells]:
        """Yield the cells of each row from the one with the index `start` on.

        Raises:
            DataError: a source is damaged; names the place.
        """
        first, offset = _index_of(self.kept, start), 0
        for source, columns, rows in self.sources:
            if first < offset + rows:
                begin, end = max(0, first - offset), offset + rows
                convert = RowConverter(columns, source.options, source.location)
                kept = self.kept[offset + begin : end].tolist()
                for is_kept, (number, row) in zip(kept, source.rows_from(columns, begin), strict=False):
                    if is_kept and not isinstance(row, LeftOut):
                        yield convert(row, number)
            offset += rows


def _index_of(kept: np.ndarray, number: int) -> int:
    """The index of the element that is True and has `number` such ones before it; the length where there is none."""
    for begin in range(0, len(kept), _CHUNK):
        chunk = kept[begin : begin + _CHUNK]
        if number < (count := int(np.count_nonzero(chunk))):
            return begin + int(np.flatnonzero(chunk)[number])
        number -= count
    return len(kept)
