"""Lines of a terminal that end between words, for text that comes piece by piece."""

from __future__ import annotations

import re

from rich.cells import cell_len

_RUNS = re.compile(r"\n|[^\S\n]+|\S+")


class WordWrap:
    """Breaks lines between words; a word is held back until it is complete.

    Args:
        width: cells of a line; a word with more of them is left to the terminal.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._column = 0
        self._spaces = self._word = ""

    def push(self, text: str) -> str:
        """Take the next piece of text; return what can be shown."""
        runs, self._word = _RUNS.findall(self._word + text), ""
        shown = []
        for run in runs:
            if run.isspace():
                shown.append(self._take(run))
            else:
                self._word = run
        return "".join(shown)

    def close(self) -> str:
        """Return what was held back; the next text begins a line."""
        shown = self._placed_word() + self._spaces
        self._column, self._spaces = 0, ""
        return shown

    def _take(self, space: str) -> str:
        shown = self._placed_word()
        if space == "\n":
            self._column, self._spaces = 0, ""
            return shown + space
        self._spaces += space
        return shown

    def _placed_word(self) -> str:
        word, spaces = self._word, self._spaces
        if not word:
            return ""
        self._word = self._spaces = ""
        start = self._column + cell_len(spaces)
        if self._column and start + cell_len(word) > self._width:
            spaces, start = "\n", 0
        self._column = start + cell_len(word)
        return spaces + word
