"""Cache of the ids of words: splitting a text by rules takes far longer than a dictionary access."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

_MOST, _LONGEST = 1 << 16, 32
"""Maximum number of cached pieces, and of characters in one: memory is bounded for any input."""
_TEXTS = 1024
"""Texts split at a time."""

# The one rule that looks past a space: "b." is an initial where a letter follows, as in "samuel l. jackson".
_INITIAL = re.compile(r"(?<![A-Za-z0-9])[b-hj-zB-HJ-Z]\. ")

Encode = Callable[[list[str]], list[list[int]]]


class WordCache:
    """Cache in front of a tokenizer that encodes each distinct string between two spaces only once.

    It is valid for the rules of `nlprnn.text.word_rules`: in printable ASCII without a tag all but one of them never
    match past a space. All other texts go to the tokenizer whole.

    Args:
        encode: the tokenizer's function from texts to ids.
    """

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._known: dict[str, list[int]] = {}

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text."""
        return list(chain.from_iterable(self._lookup(texts[at : at + _TEXTS]) for at in range(0, len(texts), _TEXTS)))

    def _lookup(self, texts: list[str]) -> list[list[int]]:
        known = self._known.get
        rows = [list(map(known, text.split(" "))) if _is_plain(text) else [None] for text in texts]
        new = iter(self._with_new_pieces([text for text, row in zip(texts, rows, strict=True) if None in row]))
        # A row without None is one of lists alone.
        return [next(new) if None in row else list(chain.from_iterable(row)) for row in rows]  # type: ignore[arg-type]

    def _with_new_pieces(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of texts of which some pieces are not known yet, and keep those of the pieces."""
        rows = [_pieces(text) for text in texts]
        pieces = set(chain.from_iterable(filter(None, rows)))
        known = self._known  # another thread may replace it meanwhile
        new = pieces.difference(known)
        if len(known) + len(new) > _MOST:
            known, new = {}, pieces
        if new:
            known.update(zip(new, self._encode(list(new)), strict=True))
        self._known = known
        whole = iter(self._encode([text for text, row in zip(texts, rows, strict=True) if row is None]))
        return [next(whole) if row is None else list(chain.from_iterable(map(known.__getitem__, row))) for row in rows]


def _is_plain(text: str) -> bool:
    """Return whether the words of a text are those of its strings between spaces."""
    return text.isascii() and text.isprintable() and "<" not in text and not _INITIAL.search(text)


def _pieces(text: str) -> list[str] | None:
    """Return the strings between spaces; None where splitting could change the words, or a string is too long."""
    if not _is_plain(text):
        return None
    pieces = text.split(" ")
    return pieces if len(max(pieces, key=len)) <= _LONGEST else None
