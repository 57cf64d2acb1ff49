"""Cells of the rows of a dataset by column, with the file, the line and the split of each row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.data.column_roles import Column
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.report import FileReport
from nlprnn.data.sources import Sources
from nlprnn.errors import DataError
from nlprnn.series.cells import CellColumn, comparable

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class RowTable:
    """Rows of all splits, in the order of the files.

    Attributes:
        cells: column -> its cells.
        files: what was read.
        sources: of the rows.
        splits: of each source the index of its split.
        firsts: of each source its first row.
        jumps: rows from which on the numbers are no longer those before plus one, and these numbers.
    """

    cells: Mapping[str, CellColumn]
    files: tuple[FileReport, ...]
    sources: Sequence[Source]
    splits: Sequence[int]
    firsts: Sequence[int]
    jumps: tuple[Sequence[int], Sequence[int]]

    def __len__(self) -> int:
        return len(next(iter(self.cells.values())))

    def place(self, row: int) -> str:
        """Return the file and the line of a row, for messages."""
        rows, numbers = self.jumps
        jump = bisect_right(rows, row) - 1
        return self.sources[bisect_right(self.firsts, row) - 1].location(numbers[jump] + row - rows[jump])

    def split_of_rows(self) -> NDArray[np.int8]:
        """Return the index (n,) of the split of each row."""
        return np.repeat(np.array(self.splits, dtype=np.int8), np.diff([*self.firsts, len(self)]))

    def first_repeat(self, columns: Sequence[str]) -> int | None:
        """Return the first row whose cells in some columns occur in a row before it; None = there is no such row."""
        hashes = np.fromiter(map(hash, self._rows_of(columns)), dtype=np.int64, count=len(self))
        order = np.argsort(hashes, kind="stable")
        equal = np.flatnonzero(np.diff(hashes[order]) == 0)
        if not len(equal):  # as equal cells have equal hashes
            return None
        candidates = np.zeros(len(self), dtype=bool)
        candidates[order[equal]] = candidates[order[equal + 1]] = True
        seen: set[tuple[Any, ...]] = set()
        for number, row in enumerate(self._rows_of(columns)):
            if candidates[number]:
                if row in seen:
                    return number
                seen.add(row)
        return None

    def _rows_of(self, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for blocks in zip(*(self.cells[name].blocks() for name in columns), strict=True):
            yield from zip(*map(comparable, blocks), strict=True)


def read_rows(sources: Sources, names: Sequence[str]) -> RowTable:
    """Read some columns of all splits.

    Raises:
        DataError: there are no rows, or a file is damaged; names the place.
    """
    cells = {name: CellColumn() for name in names}
    roles = {name: Column((name,)) for name in names}
    appends = [(name, column.append) for name, column in cells.items()]
    files: list[FileReport] = []
    ordered: list[Source] = []
    splits, firsts, jumps = [], [], ([], [])  # type: tuple[list[int], list[int], tuple[list[int], list[int]]]
    count, expected = 0, -1
    for split, of_split in sources.items():
        for source in of_split:
            splits.append(SPLITS.index(split))
            firsts.append(count)
            ordered.append(source)
            for number, row in source.rows(roles):
                if isinstance(row, LeftOut):
                    continue
                for name, append in appends:
                    append(row.get(name))
                if number != expected:
                    jumps[0].append(count)
                    jumps[1].append(number)
                expected = number + 1
                count += 1
            files.append(source.report(count - firsts[-1]))
    if not count:
        raise DataError(f"{ordered[0].origin} is empty: it has no rows")
    return RowTable(cells, tuple(files), ordered, splits, firsts, jumps)
