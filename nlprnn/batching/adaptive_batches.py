"""Batches of growing size from a stream: small ones first, so that answers come soon, then large ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from typing import Any, TypeVar

Item = TypeVar("Item")
_FIRST_SIZE, _MAX_SIZE = 16, 4096


class PendingStream(Iterator[Item]):
    """Items that are made one for one of those of another stream, whose method `has_pending` they keep.

    Args:
        items: the items, such as `map(function, source)`.
        source: the stream that they are made of; it may have no `has_pending`, as a list has none.
    """

    def __init__(self, items: Iterable[Item], source: Iterable[Any]) -> None:
        self._items = iter(items)
        self.has_pending = getattr(source, "has_pending", _always)

    def __next__(self) -> Item:
        return next(self._items)


def adaptive_batches(items: Iterable[Item], *, max_size: int = _MAX_SIZE) -> Iterator[list[Item]]:
    """Yield items in lists of 16, 32, 64, ... up to `max_size`; of fewer where the next item has yet to arrive.

    Args:
        items: any. Those that arrive over time have a method `has_pending() -> bool`: whether the next item, or the
            end, is there without waiting. Whoever writes a line into a pipe and waits for the answer gets it.
        max_size: items of the longest list.

    Raises:
        Exception: that of the items, such as a line that cannot be decoded, after the list of those before it.
    """
    has_pending = getattr(items, "has_pending", _always)
    items, size = iter(items), _FIRST_SIZE
    for first in items:
        batch, fault = [first], None
        try:
            for _ in takewhile(lambda _: has_pending(), range(size - 1)):
                batch.extend(islice(items, 1))
        except Exception as error:  # raised again below, after the items before it
            fault = error
        yield batch
        if fault is not None:
            raise fault
        size = min(2 * size, max_size)


def _always() -> bool:
    return True
