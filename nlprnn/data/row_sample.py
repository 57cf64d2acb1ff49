"""Sample of rows by their keys: the rows with the smallest ones, of any number of rows in little memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class KeyedRows(Generic[Item]):
    """Rows with the same key.

    Attributes:
        first: the first of them.
        size: its size, in characters.
        indices: of all of them.
    """

    first: Item
    size: int
    indices: list[int]


class SmallestKeys(Generic[Item]):
    """Rows with the smallest keys: with random keys, a sample without replacement ("bottom-k", Cohen 1997).

    Args:
        most: keys that are kept, at most.
        most_characters: size of all that is kept, at most, but for one row.
    """

    def __init__(self, most: int, most_characters: int) -> None:
        self._most = most
        self._most_characters = most_characters
        self._rows: dict[float, KeyedRows[Item]] = {}
        self._characters = 0
        self._largest = float("inf")

    def add(self, key: float, index: int, item: Item, size: int) -> None:
        """Take a row, unless others have smaller keys.

        Args:
            key: of the row.
            index: its number.
            item: the row.
            size: its size, in characters.
        """
        if key > self._largest:
            return
        if key in self._rows:
            self._rows[key].indices.append(index)
            return
        self._rows[key] = KeyedRows(item, size, [index])
        self._characters += size
        if len(self._rows) > 2 * self._most or self._characters > 2 * self._most_characters:
            self._rows = dict(self._kept())
            self._characters = sum(rows.size for rows in self._rows.values())
            self._largest = max(self._rows)

    def rows(self, most: int | None = None) -> list[KeyedRows[Item]]:
        """Return the rows in the order of their keys, of at most `most` keys."""
        return [rows for _, rows in self._kept()][:most]

    def _kept(self) -> list[tuple[float, KeyedRows[Item]]]:
        """The keys and rows, in their order, that are within the limits."""
        kept: list[tuple[float, KeyedRows[Item]]] = []
        characters = 0
        for key in sorted(self._rows)[: self._most]:
            characters += self._rows[key].size
            if kept and characters > self._most_characters:
                break
            kept.append((key, self._rows[key]))
        return kept
