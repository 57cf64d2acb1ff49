"""Lines of standard input as they arrive, UTF-8 where no encoding is given."""

from __future__ import annotations

import codecs
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
_MOST_BYTES = 1 << 28
"""Longest line."""


def is_piped() -> bool:
    """Whether standard input is a pipe or file, rather than a terminal or closed."""
    return sys.stdin is not None and not sys.stdin.isatty()


class StandardInput(Iterator[str]):
    r"""The lines of standard input without their ends. Lines end with \r alone where none has a \n.

    What has been printed is written before a read that may wait, so that whoever waits for an answer gets it.
    One instance reads all of the input: another would miss what this one has read ahead.

    Args:
        encoding: one that Python knows, in which a line end is one byte as in ASCII; None = UTF-8.

    Raises:
        DataError: the encoding has other line ends, the input is binary, or a line is not of the encoding; names the
            first.
    """

    def __init__(self, encoding: str | None = None) -> None:
        self._encoding = codecs.lookup(encoding or "utf-8").name
        self._mend = "check --encoding" if encoding else "convert it to UTF-8"
        if "\n".encode(self._encoding) != b"\n":
            raise DataError(f"standard input is not read as {encoding}: give it as --file, or convert it to UTF-8")
        self._lines: deque[bytes] = deque()
        self._incomplete: list[bytes] = []  # pieces of a line whose end has not arrived yet
        self._length = 0  # of them together
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
            line = self._decoded(self._lines.popleft(), first=self._number == 1)
        except UnicodeDecodeError:
            raise self._error(self._number) from None
        return line.rstrip("\r")

    def text(self) -> str:
        """Return all that is left as one text, with the line ends that a file's text has (`read_text`).

        Raises:
            DataError: the input is binary, or a line is not of the encoding; names the first.
        """
        while not self._ended:
            self._read()
        data = b"\n".join(self._lines) + b"\n" * (bool(self._lines) and self._complete)
        try:
            text = self._decoded(data, first=True).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise self._error(self._number + data.count(b"\n", 0, error.start) + 1) from None
        self._lines.clear()
        return text

    def has_pending(self) -> bool:
        """Whether the next line, or the end, is there without waiting; True where that is not known."""
        while not self._lines and not self._ended:
            if not _is_readable():
                return False
            self._read()
        return True

    def _decoded(self, data: bytes, *, first: bool) -> str:
        """Decode bytes; the first of the input may have a byte order mark."""
        return data.decode("utf-8-sig" if first and self._encoding == "utf-8" else self._encoding)

    def _error(self, line: int) -> DataError:
        from nlprnn.data.formats.lines import encoding_name

        return DataError(f"standard input, line {line} is not {encoding_name(self._encoding)}: {self._mend}")

    def _read(self) -> None:
        if self._length > _MOST_BYTES:
            number = self._number + len(self._lines) + 1
            raise DataError(f"standard input, line {number} has more than {_MOST_BYTES:,} bytes: end its lines")
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
            self._incomplete, self._length = others[-1:], 0
        self._length += len(data.rpartition(b"\n")[2])


def _is_readable() -> bool:
    try:
        return bool(select.select([sys.stdin.buffer], [], [], 0)[0])
    except (OSError, ValueError):  # Windows selects sockets alone, and not every stream is a file
        return True
