"""A column of a table as a sequence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from nlprnn.data.table import table_rows, take_rows

if TYPE_CHECKING:
    from datasets import Dataset

_BLOCK = 10_000


class ColumnSequence(Sequence[str]):
    """The texts of a column: they stay in the table's file until requested, many at a time.

    A column of `datasets` formats each text on its own, in 0.1 ms.

    Args:
        rows: the table.
        column: its name.
    """

    def __init__(self, rows: Dataset, column: str) -> None:
        self._values = rows.data.column(column)
        self._rows = table_rows(rows)

    def __len__(self) -> int:
        return len(self._values) if self._rows is None else len(self._rows)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        """Return the text of a row, or those of several."""
        if not isinstance(row, slice):
            return self._values[row if self._rows is None else int(self._rows[row])].as_py()
        if self._rows is not None:
            return take_rows(self._values, self._rows[row]).to_pylist()
        if row.step in (None, 1):
            return self._values[row].to_pylist()
        return take_rows(self._values, np.arange(*row.indices(len(self)))).to_pylist()

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _BLOCK):
            yield from self[start : start + _BLOCK]
