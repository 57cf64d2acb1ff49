"""Cells of a column in compact blocks, so that a long table needs few bytes for each of its rows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

BLOCK = 32_768
"""Cells of a block: as many are Python objects at one time."""

_SHARED = BLOCK // 8
"""Different texts of a block up to which each is kept once: names and times recur in the rows of many series."""


class _Texts(Sequence[str]):
    """Texts end to end, compressed: times and numbers take a fifth of their characters."""

    def __init__(self, texts: list[str]) -> None:
        lengths = np.fromiter(map(len, texts), dtype=np.uint32, count=len(texts))
        self._size = len(texts)
        self._lengths = zlib.compress(lengths.tobytes(), level=1)
        self._text = zlib.compress("".join(texts).encode("utf-8", "surrogatepass"), level=1)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return list(self)[index]

    def __iter__(self) -> Iterator[str]:
        text = zlib.decompress(self._text).decode("utf-8", "surrogatepass")
        begin = 0
        for length in np.frombuffer(zlib.decompress(self._lengths), dtype=np.uint32).tolist():
            yield text[begin : begin + length]
            begin += length


class _Repeated(Sequence[str]):
    """Texts of which many are equal: their codes, and each different one once."""

    def __init__(self, texts: list[str], different: list[str]) -> None:
        index = {text: code for code, text in enumerate(different)}
        self._different = different
        self._codes = np.fromiter(map(index.__getitem__, texts), dtype=np.uint16, count=len(texts))

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(self)[index]
        return self._different[self._codes[index]]

    def __iter__(self) -> Iterator[str]:
        return map(self._different.__getitem__, self._codes.tolist())


class CellColumn:
    """Cells of one column, which are appended one by one and read in their order, or one by its index."""

    def __init__(self) -> None:
        self._blocks: list[Sequence[Any] | NDArray[Any]] = []
        self._pending: list[Any] = []

    def append(self, cell: Any) -> None:
        """Append a cell: a text, a number, a date or None."""
        self._pending.append(cell)
        if len(self._pending) == BLOCK:
            self._blocks.append(_packed(self._pending))
            self._pending = []

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK + len(self._pending)

    def __getitem__(self, index: int) -> Any:
        block, place = divmod(range(len(self))[index], BLOCK)
        cells = self._blocks[block] if block < len(self._blocks) else self._pending
        return cells.item(place) if isinstance(cells, np.ndarray) else cells[place]

    def __iter__(self) -> Iterator[Any]:
        for block in self.blocks():
            yield from block

    def blocks(self) -> Iterator[list[Any]]:
        """Yield the cells in lists."""
        for block in self._blocks:
            yield block.tolist() if isinstance(block, np.ndarray) else list(block)
        if self._pending:
            yield self._pending


Cells = Sequence[Any] | NDArray[Any] | CellColumn
"""Cells of a column."""


def cell_blocks(cells: Cells) -> Iterator[list[Any]]:
    """Yield the cells of a column in lists of a few thousand."""
    if isinstance(cells, CellColumn):
        yield from cells.blocks()
    else:
        for first in range(0, len(cells), BLOCK):
            yield list(cells[first : first + BLOCK])


def comparable(block: list[Any]) -> list[Any]:
    """Return cells of which times are equal only where they are one instant.

    Where a clock is set back, Python takes the two times of the repeated hour for equal: the later is converted to UTC.
    """
    if not any(issubclass(kind, datetime) for kind in set(map(type, block))):
        return block
    is_later = [isinstance(cell, datetime) and cell.tzinfo is not None and cell.fold == 1 for cell in block]
    return [cell.astimezone(UTC) if later else cell for cell, later in zip(block, is_later, strict=True)]


def _packed(cells: list[Any]) -> Sequence[Any] | NDArray[Any]:
    """Return cells in a compact form, from which they come back as they are."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        different = list(dict.fromkeys(cells))
        return _Repeated(cells, different) if len(different) <= _SHARED else _Texts(cells)
    if kinds == {float}:
        return np.array(cells, dtype=np.float64)
    if kinds == {int} and max(map(abs, cells)) < 2**62:
        return np.array(cells, dtype=np.int64)
    return cells
