"""Lines of standard input as they arrive, always UTF-8."""

from __future__ import annotations

import select
import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Iterator
from io import BufferedReader
from typing import cast

from nlprnn.cli.file_kinds import binary_kind
from nlprnn.errors import DataError

_UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)
_BYTES = 1 << 16
"""Size of a read; as much as a pipe holds."""


def is_piped() -> bool:
    """Whether standard input is a pipe or file, rather than a terminal or closed."""
    return sys.stdin is not None and not sys.stdin.isatty()


class StandardInput(Iterator[str]):
    r"""The lines of standard input without their ends, always as UTF-8. Lines end with \r alone where none has a \n.

    What has been printed is written before a read that may wait, so that whoever waits for an answer gets it.
    One instance reads all of the input: another would miss what this one has read ahead.

    Raises:
        DataError: the input is binary, or a line is not UTF-8; names the first.
    """

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._incomplete: list[bytes] = []  # pieces of a line whose end has not arrived yet
        self._number = 0
        self._started = False
        self._ended = False
        self._complete = False  # the last line has an end

    def __next__(self) -> str:
        while not self._lines:
            if self._ended:
                raise StopIteration
            sys.stdout.flush()
            self._read()
        self._number += 1
        try:
            return self._lines.popleft().decode("utf-8-sig" if self._number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError:
            raise DataError(f"standard input, line {self._number} is not UTF-8: convert it to UTF-8") from None

    def text(self) -> str:
        """Return all that is left as one text, with the line ends that a file's text has (`read_text`).

        Raises:
            DataError: the input is binary, or a line is not UTF-8; names the first.
        """
        while not self._ended:
            self._read()
        data = b"\n".join(self._lines) + b"\n" * (bool(self._lines) and self._complete)
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            number = self._number + data.count(b"\n", 0, error.start) + 1
            raise DataError(f"standard input, line {number} is not UTF-8: convert it to UTF-8") from None
        self._lines.clear()
        return text

    def has_pending(self) -> bool:
        """Whether the next line, or the end, is there without waiting; True where that is not known."""
        while not self._lines and not self._ended:
            if not _is_readable():
                return False
            self._read()
        return True

    def _read(self) -> None:
        stream = cast(BufferedReader, sys.stdin.buffer)
        data = stream.read1(_BYTES)
        if not self._started and (kind := "in UTF-16" if data.startswith(_UTF_16) else binary_kind(data)):
            raise DataError(f"standard input is {kind}, not lines of text: unpack or convert it to text in UTF-8")
        self._started = True
        first, *others = data.split(b"\n")
        self._incomplete.append(first)
        self._ended = not data
        if others or self._ended:
            line, is_first = b"".join(self._incomplete), not (self._number or self._lines)
            self._complete = not line
            if is_first and not others and b"\r" in line:  # no line ends but these
                self._complete = line.endswith(b"\r")
                self._lines.extend(line.removesuffix(b"\r").split(b"\r"))
            elif others or (line and not (is_first and line == BOM_UTF8)):  # text after the last line end is a line
                self._lines.append(line)
            self._lines.extend(others[:-1])
            self._incomplete = others[-1:]


def _is_readable() -> bool:
    try:
        return bool(select.select([sys.stdin.buffer], [], [], 0)[0])
    except (OSError, ValueError):  # Windows selects sockets alone, and not every stream is a file
        return True
