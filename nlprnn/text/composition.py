"""Canonical composition (NFC) of a text with the offsets of its characters in the text before."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Offsets = tuple[int, int]


def composed(text: str) -> tuple[str, Callable[[int, int], Offsets]]:
    """Return the NFC form of `text`, and a function from start and end in it to start and end in `text`.

    Letters that are written as base and marks, or as the jamo of a Hangul syllable, are one character in NFC. The
    library's own offsets leave the marks out.
    """
    if unicodedata.is_normalized("NFC", text):
        return text, lambda start, end: (start, end)
    pieces: list[str] = []
    starts: list[int] = []  # in `text`, of each character of the NFC form
    for begin, end in _segments(text):
        piece = unicodedata.normalize("NFC", text[begin:end])
        surplus = end - begin - len(piece)  # the first character takes what has been composed
        starts += [begin + (max(0, index + surplus) if index else 0) for index in range(len(piece))]
        pieces.append(piece)
    starts.append(len(text))

    def original(start: int, end: int) -> Offsets:
        return starts[start], max(starts[end], starts[start] + (end > start))

    return "".join(pieces), original


def _segments(text: str) -> Iterator[Offsets]:
    """Yield start and end of the segments of `text` that are composed independently of each other."""
    begin = 0
    for index in range(1, len(text)):
        character = text[index]
        if unicodedata.combining(character):
            continue
        if character.isascii() or not _composes(text[begin:index], character):
            yield begin, index
            begin = index
    if text:
        yield begin, len(text)


def _composes(before: str, character: str) -> bool:
    """Whether a character that is no mark joins those before it, as vowels of Hangul and some of Indic scripts do."""
    together = unicodedata.normalize("NFC", before + character)
    return together != unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", character)
