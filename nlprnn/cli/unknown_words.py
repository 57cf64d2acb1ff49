"""The warning of texts that a model knows few words of."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from nlprnn.cli.text_io import warn

MANY_UNKNOWN = 0.5
"""Share of unknown words above which the answer for a text is a guess."""


class UnknownWordsWarning:
    """Warning of lines with more than half of their words unknown: one for all, at the end or on an interruption.

    It is a context manager, so that the warning has the number of lines of a whole stream.

    Args:
        letters: whether the model reads the letters of unknown words too, as a tagger with a character network does.
            That is meant for names that are new; it does not replace the words of another language, so they count.
    """

    def __init__(self, *, letters: bool = False) -> None:
        self._letters = letters
        self._lines = self._affected = self._first = 0
        self._share = 0.0

    def add(self, share: float) -> None:
        """Take the share of unknown words of the next line, 0 to 1."""
        self._lines += 1
        if share > MANY_UNKNOWN:
            self._affected += 1
            if self._affected == 1:
                self._first, self._share = self._lines, share

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._affected:
            return
        others = self._affected - 1
        more = f", and most words of {others:,} other line{'s' * (others > 1)} of {self._lines:,}" if others else ""
        letters = ", which reads their letters alone" if self._letters else ""
        warn(
            f"{100 * self._share:.3g}% of the words of line {self._first} are unknown to the model{letters}{more}: "
            "another language or script than that of its training, or no spaces between words?"
        )
