"""The ids of words seen before: cutting a text by its rules takes far longer than looking its words up."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

_MOST, _LONGEST = 1 << 16, 32
"""How many pieces are kept, and the characters of the longest: memory stays the same, whatever is read."""
_TEXTS = 1024
"""Texts in pieces at a time."""

# The one rule that looks past a space: "b." is an initial where a letter follows, as in "samuel l. jackson".
_INITIAL = re.compile(r"(?<![A-Za-z0-9])[b-hj-zB-HJ-Z]\. ")

Encode = Callable[[list[str]], list[list[int]]]


class WordCache:
    """Encodes texts as their tokenizer does, what stands between two spaces only once.

    It holds for the rules of `nlprnn.text.word_rules`: in printable ASCII without a tag none but one of them looks
    past a space. All other texts go to the tokenizer whole.

    Args:
        encode: texts -> their ids, by the rules.
    """

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._known: dict[str, list[int]] = {}

    def encode(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text."""
        return list(chain.from_iterable(self._read(texts[at : at + _TEXTS]) for at in range(0, len(texts), _TEXTS)))

    def _read(self, texts: list[str]) -> list[list[int]]:
        rows = [_pieces(text) for text in texts]
        pieces = set(chain.from_iterable(filter(None, rows)))
        known = self._known  # another thread may put a new one in its place meanwhile
        new = pieces.difference(known)
        if len(known) + len(new) > _MOST:
            known, new = {}, pieces
        if new:
            known.update(zip(new, self._encode(list(new)), strict=True))
        self._known = known
        whole = iter(self._encode([text for text, row in zip(texts, rows, strict=True) if row is None]))
        return [next(whole) if row is None else list(chain.from_iterable(map(known.__getitem__, row))) for row in rows]


def _pieces(text: str) -> list[str] | None:
    """Cut a text at its spaces; None where that could change its words, or keep long ones."""
    if not text.isascii() or not text.isprintable() or "<" in text or _INITIAL.search(text):
        return None
    pieces = text.split(" ")
    return pieces if len(max(pieces, key=len)) <= _LONGEST else None
