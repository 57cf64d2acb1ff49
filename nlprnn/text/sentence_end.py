"""Where running prose may end: after a sentence whose quotation marks are closed."""

from __future__ import annotations

import re

_MARKS = ".!?…。！？"
_CLOSERS = "\"'”’»)\\]"
_END = re.compile(rf"(?<![\W\d])[{_MARKS}]+[{_CLOSERS}]*\s*$")
_BETWEEN = re.compile(rf"[.!?…][{_CLOSERS}]*\s|[。！？]")
_PAIRS = {"“": "”", "«": "»"}


class SentenceEnd:
    """Follows a text piece by piece and knows whether it may end here.

    A full stop after a digit or a space ends nothing; one after an abbreviation does.

    Args:
        text: the beginning of the text.

    Attributes:
        in_prose: a sentence has ended and white space has followed, so that the text consists of sentences.
    """

    def __init__(self, text: str = "") -> None:
        self.in_prose = False
        self._paragraph = ""
        self.push(text)

    def push(self, text: str) -> None:
        """Take the next piece."""
        seen = self._paragraph + text
        self.in_prose = self.in_prose or bool(_BETWEEN.search(seen))
        self._paragraph = seen[seen.rstrip().rfind("\n") + 1 :]

    @property
    def is_here(self) -> bool:
        """Whether the text ends with a whole sentence."""
        return not self.open_quotation and bool(_END.search(self._paragraph))

    @property
    def open_quotation(self) -> str:
        """The mark that closes what the last paragraph has quoted; empty where nothing is open."""
        if self._paragraph.count('"') % 2:
            return '"'
        for opening, closing in _PAIRS.items():
            if self._paragraph.count(opening) > self._paragraph.count(closing):
                return closing
        return ""
