"""The warning of texts that a model knows few words of, or that have none."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from nlprnn.cli.answers import Kind
from nlprnn.cli.text_io import line_warning, warn

MANY_UNKNOWN = 0.5
"""Share of unknown words above which the answer for a text is a guess."""

TEXT_COLUMNS: Mapping[str, Kind] = {"unknown_words": "number", "empty": "flag"}
"""Columns of a table for what `text_facts` returns."""


class AnsweredText(Protocol):
    """Answer that knows how much of its text the model has read."""

    @property
    def unknown_words(self) -> float:
        """Share of unknown words, 0 to 1."""

    @property
    def empty(self) -> bool:
        """Whether the text has nothing that the model reads."""


def text_facts(answer: AnsweredText) -> dict[str, Any]:
    """Return the entries of JSON about a text itself: the share of its unknown words, and whether it is empty."""
    return {"unknown_words": round(answer.unknown_words, 4), **({"empty": True} if answer.empty else {})}


class UnknownWordsWarning:
    """Warning of lines with more than half of their words unknown, and one of empty lines, or on an interruption.

    Each comes once for all lines, at the end. It is a context manager, so that a warning has the number of lines of a
    whole stream.

    Args:
        rows: whether the lines are rows of a table, whose empty ones `Inputs` names.
        letters: whether the model reads the letters of unknown words too, as a tagger with a character network does.
            That is meant for names that are new; it does not replace the words of another language, so they count.
    """

    def __init__(self, *, rows: bool = False, letters: bool = False) -> None:
        self._rows, self._letters = rows, letters
        self._empty: list[int] = []
        self._lines = self._affected = self._first = 0
        self._share = 0.0

    def add(self, share: float, *, empty: bool = False) -> None:
        """Take the share of unknown words of the next line, 0 to 1, and whether it has nothing that the model reads."""
        self._lines += 1
        if empty and not self._rows:
            self._empty.append(self._lines)
        if share > MANY_UNKNOWN:
            self._affected += 1
            if self._affected == 1:
                self._first, self._share = self._lines, share

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with line_warning("no text that the model reads, so that the answer means nothing") as lines:
            lines += self._empty
        if not self._affected:
            return
        others = self._affected - 1
        more = f", and most words of {others:,} other line{'s' * (others > 1)} of {self._lines:,}" if others else ""
        letters = ", which reads their letters alone" if self._letters else ""
        warn(
            f"{100 * self._share:.3g}% of the words of line {self._first} are unknown to the model{letters}{more}: "
            "another language or script than that of its training, or no spaces between words?"
        )
