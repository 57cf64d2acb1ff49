"""Any number of texts in pieces: small ones first, so that answers come soon, then large ones, to sort by length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Text = TypeVar("Text")
_FIRST, _LAST = 16, 4096


def growing_chunks(texts: Iterable[Text], *, most: int = _LAST) -> Iterator[list[Text]]:
    """Yield texts in lists of 16, 32, 64, ... up to `most`."""
    texts, size = iter(texts), _FIRST
    while chunk := list(islice(texts, size)):
        yield chunk
        size = min(2 * size, most)
