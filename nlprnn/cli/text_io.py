"""Text from the command line, a file or a pipe, and lines of output; always UTF-8."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import check_writable

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMED_LINES, _LISTED = 5, 10
_LONGEST_LOOK = 20  # characters read of a text for each place it is given, however long it is


class OutputFile(click.Path):
    """A file to be written in the end; that it cannot be is told before the work."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check a place."""
        path = super().convert(value, param, ctx)
        if path.is_file() and os.path.samestat(path.stat(), os.fstat(1)):
            self.fail(f"{path} is where standard output goes, which has the rest: name another place.", param, ctx)
        try:
            check_writable(path)
        except OSError as error:
            self.fail(f"{path} cannot be written ({error.strerror}): name another place.", param, ctx)
        return path


class Separator(click.ParamType):
    """What stands between two labels; not nothing."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check a separator."""
        return value or self.fail("nothing cannot part labels: give what stands between them.", param, ctx)


def given_texts(texts: Sequence[str], path: Path | None, verb: str) -> Iterable[str]:
    """Return the texts of the command line, else the lines of a file, else those of standard input.

    Args:
        texts: the arguments.
        path: of `--file`; a text file, plain or packed with gzip; "-" = standard input.
        verb: what is to be done with them, for the message when there are none.

    Raises:
        click.UsageError: both are given, or neither and nothing is piped.
        DataError: while lines are read: the file is missing, empty or damaged, or a line is not UTF-8.
    """
    if path is not None and texts:
        raise click.UsageError("give texts or --file, not both")
    if path is not None and str(path) != "-":
        return _file_lines(path)
    if not texts and path is None and not is_piped():
        raise click.UsageError(f"there is nothing to {verb}: give texts, --file, or a pipe")
    return texts or StandardInput()


def _file_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file without their ends."""
    from nlprnn.data.readers import read_lines

    empty = True
    for line in read_lines(path):
        empty = False
        yield line.rstrip("\r\n")
    if empty:
        raise DataError(f"{path} is empty: give a file with one text a line")


class OutputLines:
    """Lines of output, many in one go, since writing one takes as long as a tenth of the work on a short text.

    They are written before more input is asked for, so that nobody who waits for input waits for output too, and so
    that no more are kept than are worked on together.
    """

    def __init__(self) -> None:
        self._waiting: list[str] = []

    def before_more_of(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines of input; write what waits before each is read."""
        from nlprnn.batching import PendingStream

        def read() -> Iterator[str]:
            self.write()
            for line in lines:
                yield line
                self.write()

        return PendingStream(read(), lines)

    def add(self, line: str) -> None:
        """Take a line, without its end."""
        self._waiting.append(line)

    def write(self) -> None:
        """Write what waits."""
        if self._waiting:
            click.echo("\n".join(self._waiting))
            self._waiting = []


def shortened(text: str, width: int) -> str:
    """Put a text on one line, cut to so many places on the screen, of which a Chinese character takes two.

    Control characters become spaces: what comes from a file must not steer the terminal.
    """
    from rich.cells import cell_len, set_cell_size

    text = " ".join(without_controls(text[: _LONGEST_LOOK * width]).split())
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def without_controls(text: str) -> str:
    """Replace what ends a line or steers a terminal by spaces, one for one."""
    return _CONTROL.sub(" ", text)


def some_of(names: Sequence[str]) -> str:
    """List names for a message, of many the first few."""
    return ", ".join(map(repr, names[:_LISTED])) + (" ..." if len(names) > _LISTED else "")


def tell_of_cuts(cut: Sequence[int], limit: int) -> None:
    """Warn of lines, by their numbers, that are longer than the tokens that a model reads."""
    if cut:
        are = "is" if len(cut) == 1 else "are"
        told = f"{named_lines(cut)} {are} longer than the {limit} tokens that the model reads; the rest is cut"
        click.echo(f"Warning: {told}", err=True)


def named_lines(numbers: Sequence[int]) -> str:
    """Name lines for a message, many of them by the first few."""
    named = ", ".join(map(str, numbers[:_NAMED_LINES]))
    more = f" and {len(numbers) - _NAMED_LINES} more" if len(numbers) > _NAMED_LINES else ""
    return f"line {named}" if len(numbers) == 1 else f"lines {named}{more}"
