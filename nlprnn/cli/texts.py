"""Text from the command line and from a pipe, always UTF-8."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from nlprnn.errors import DataError


class Text(click.ParamType):
    """Text as an argument; bytes that are not UTF-8, which Python lets pass as half a character, are an error."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check a text."""
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            self.fail("the text is not UTF-8.", param, ctx)
        return value


def is_piped() -> bool:
    """Whether standard input is a pipe or file rather than a person, or nothing at all."""
    return sys.stdin is not None and not sys.stdin.isatty()


def standard_input_lines() -> Iterator[str]:
    """Yield the lines of standard input without their ends, as UTF-8 whatever the terminal's language.

    Raises:
        DataError: names the first line that is not UTF-8.
    """
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise DataError(f"standard input, line {number} is not UTF-8: convert it to UTF-8") from None
