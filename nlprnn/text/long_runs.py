"""Sections of texts whose runs of characters without white space are very long, such as pictures written as text.

The regular expressions of words take memory and time that grow with the length of a word; beyond some million
characters their library stops the process. In sections, any text is split in linear time.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_RUN = 4096
"""Characters without white space in one section, at most."""

SHORT = LONGEST_RUN // 3
"""Characters of a text that is one section in any case: NFC can write a character as three."""

_WINDOW = 512
"""Characters before the end of a section that are searched for an index where no word is split."""

_RUN = re.compile(r"\S+")
_AFTER_SIGN = re.compile(r"(?<=[,;!?…，。、；！？।။])(?=[^\W\d_])")
# Chinese characters, Hiragana, Thai, Lao, Burmese and Khmer letters begin a token each.
_BEFORE_TOKEN = re.compile(
    "(?=[\u4e00-\u9fff\u3041-\u3096\u0e01-\u0e30\u0e40-\u0e45\u0e81-\u0eb0\u1000-\u102a\u1780-\u17b3])"
)


def sections(text: str) -> list[tuple[int, str]]:
    """Return pieces of `text` that together are all of it, each with the index of its first character.

    A text without long runs is one piece. A long run is divided after a sign or before a character that is a token
    of its own; where it has none, as base64 has, after `LONGEST_RUN` characters.
    """
    if len(text) <= LONGEST_RUN or max(map(len, text.split()), default=0) <= LONGEST_RUN:
        return [(0, text)]
    starts = [0]
    for run in _RUN.finditer(text):
        start, end = run.span()
        while end - start > LONGEST_RUN:
            start = _division(text, start + LONGEST_RUN)
            starts.append(start)
    return [(start, text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _division(text: str, latest: int) -> int:
    """Return the last good index to divide a run at, at most `latest`."""
    for pattern in (_AFTER_SIGN, _BEFORE_TOKEN):
        indices = [match.start() for match in pattern.finditer(text, latest - _WINDOW, latest)]
        if indices:
            return indices[-1]
    return next(
        (index for index in range(latest, latest - _WINDOW, -1) if not unicodedata.combining(text[index])), latest
    )
