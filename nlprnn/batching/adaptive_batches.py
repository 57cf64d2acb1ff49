"""Any number of texts in pieces: small ones first, so that answers come soon, then large ones, to sort by length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from typing import TypeVar

Text = TypeVar("Text")
Result = TypeVar("Result")
_FIRST, _LAST = 16, 4096


class MappedStream(Iterator[Result]):
    """Texts changed one by one, which still tell whether the next has arrived."""

    def __init__(self, change: Callable[[Text], Result], texts: Iterable[Text]) -> None:
        self._changed = map(change, texts)
        self.arrived: Callable[[], bool] | None = getattr(texts, "arrived", None)

    def __next__(self) -> Result:
        return next(self._changed)


def adaptive_batches(texts: Iterable[Text], *, most: int = _LAST) -> Iterator[list[Text]]:
    """Yield texts in lists of 16, 32, 64, ... up to `most`; of fewer where the next is still to come.

    Args:
        texts: any. Those that come from somewhere have a method `arrived`, whether the next is there without waiting:
            who writes a line into a pipe and waits for the answer gets it.
        most: texts of the longest list.
    """
    arrived: Callable[[], bool] | None = getattr(texts, "arrived", None)
    texts, size = iter(texts), _FIRST
    while chunk := list(islice(texts, size if arrived is None else 1)):
        if arrived is not None:
            for _ in takewhile(lambda _: arrived(), range(size - 1)):
                chunk.extend(islice(texts, 1))
        yield chunk
        size = min(2 * size, most)
