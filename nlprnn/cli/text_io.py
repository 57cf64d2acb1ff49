"""Text from the command line, a file or a pipe, and text for a terminal or a program; always UTF-8."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import click

from nlprnn.cli.file_kinds import UNKNOWN_BINARY, binary_kind, looks_like_table, table_kind
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.errors import DataError, escape_controls_of_lines
from nlprnn.serialization.atomic_files import check_writable
from nlprnn.serialization.json_lines import json_line

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMED_LINES = 5
_SAMPLE, _SAMPLED_LINES = 1 << 16, 20
_CHARACTERS_PER_CELL = 20  # read of a text for each cell of the terminal, however long the text is


class OutputFile(click.Path):
    """A file to be written at the end, checked for writability before any work is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check a path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.is_file() and os.path.samestat(path.stat(), os.fstat(1)):
            self.fail(f"{path} is where standard output goes, which has the rest: name another file.", param, ctx)
        try:
            check_writable(path)
        except OSError as error:
            self.fail(f"{path} cannot be written ({error.strerror}): name another file.", param, ctx)
        return path


def read_texts(
    texts: Sequence[str], path: Path | None, encoding: str | None = None, *, checked: bool = True
) -> Iterable[str]:
    """Return the texts of the command line, else the lines of a file, else those of standard input.

    Args:
        texts: the arguments.
        path: of `--file`, a text file, plain or compressed with gzip; "-" = standard input.
        encoding: of the file or of standard input, a name that Python knows; None = UTF-8.
        checked: whether a file that is or looks like a table is refused.

    Raises:
        click.UsageError: both are given, or neither and nothing is piped, or texts with an encoding.
        DataError: the file is binary or a table, or standard input is not read in this encoding; while lines are read:
            the file is missing, empty or damaged, or a line is not of the encoding.
    """
    if path is not None and texts:
        raise click.UsageError("give texts or --file, not both")
    if encoding is not None and texts:
        raise click.UsageError("--encoding is that of --file or of standard input: leave it out with texts")
    if path is not None and str(path) != "-":
        _refuse_binary(path, encoding)
        if checked:
            _refuse_table(path, encoding)
        return _file_lines(path, encoding)
    if not texts and path is None and not is_piped():
        verb = click.get_current_context().info_name
        raise click.UsageError(f"there is nothing to {verb}: give texts, --file, or a pipe")
    return texts or StandardInput(encoding)


def check_text(path: Path, encoding: str | None = None) -> None:
    """Raise DataError for a file that is no text, and warn of a table, which is scored with its separators."""
    _refuse_binary(path, encoding)
    if kind := table_kind(path):
        warn(f"{path} is {kind}: all of it is taken as one text")


def _refuse_binary(path: Path, encoding: str | None) -> None:
    """Raise DataError for a file that is damaged or no text. Pipes with a name are not read ahead."""
    from nlprnn.data.formats.lines import open_bytes, text_encoding

    if not path.is_file() or encoding is not None:  # then any byte may be text, and reading finds what is none
        return
    with open_bytes(path) as file:
        start = file.read(_SAMPLE)
    if kind := binary_kind(start):
        if kind == UNKNOWN_BINARY:
            text_encoding(path)  # its error names an encoding with zero bytes
        raise DataError(f"{path} is {kind}, not lines of text: unpack or convert it to a text file in UTF-8")


def _refuse_table(path: Path, encoding: str | None) -> None:
    """Raise DataError for a file that is, or by its first lines looks like, no text a line."""
    from nlprnn.data.formats.lines import read_lines

    kind = table_kind(path)
    if kind and not path.exists():
        raise DataError(f"{path}: no such file")
    if kind:
        raise DataError(f"{path} is {kind}, not a file with one text a line: give --lines to take each line as a text")
    if not path.is_file():  # a pipe with a name is not read ahead
        return
    reason = None
    with suppress(DataError):  # raised again where the line is reached
        lines = [line.rstrip("\r\n") for line in islice(read_lines(path, encoding), _SAMPLED_LINES)]
        reason = looks_like_table(lines)
    if reason:
        raise DataError(
            f"{path} looks like a table ({reason}): name the column of the texts with --text-field, or give --lines to "
            "take each line as a text"
        )


def _file_lines(path: Path, encoding: str | None) -> Iterator[str]:
    """Yield the lines of a file without their ends."""
    from nlprnn.data.formats.lines import read_lines

    empty = True
    for line in read_lines(path, encoding):
        empty = False
        yield line.rstrip("\r\n")
    if empty:
        raise DataError(f"{path} is empty: give a file with one text a line")


def print_json(record: Mapping[str, Any]) -> None:
    """Print an object as one line, for programs too that take other characters than \\n for line ends."""
    print(json_line(record))


def on_one_line(text: str) -> str:
    """Replace the line ends inside a text by spaces: it must not look like several."""
    return for_terminal(" ".join(text.splitlines()))


def for_terminal(text: str) -> str:
    """Return a text as it is for a file or a program, and with its control characters as escapes for a terminal."""
    return escape_controls_of_lines(text) if sys.stdout.isatty() else text


def shorten(text: str, width: int) -> str:
    """Put a text on one line of at most `width` cells of a terminal, of which a Chinese character takes two.

    Control characters become spaces: what comes from a file must not steer the terminal.
    """
    from rich.cells import cell_len, set_cell_size

    text = " ".join(without_controls(text[: _CHARACTERS_PER_CELL * width]).split())
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def pad_names(names: Sequence[str], width: int) -> list[str]:
    """Shorten names to at most `width` cells of a terminal, and pad them to the width of the longest."""
    from rich.cells import cell_len, set_cell_size

    short = [shorten(name, width) for name in names]
    longest = max(map(cell_len, short), default=0)
    return [set_cell_size(name, longest) for name in short]


def without_controls(text: str) -> str:
    """Replace each character that ends a line or steers a terminal by a space."""
    return _CONTROL.sub(" ", text)


def warn(message: str) -> None:
    """Print a warning on standard error."""
    click.echo(f"Warning: {escape_controls_of_lines(message)}", err=True)


@contextmanager
def line_warning(message: str) -> Iterator[list[int]]:
    """Give a list of line numbers; at the end, or on an interruption, warn once of the lines in it."""
    lines: list[int] = []
    try:
        yield lines
    finally:
        if lines:
            more = f" and {len(lines) - _NAMED_LINES} more" if len(lines) > _NAMED_LINES else ""
            named = ", ".join(map(str, lines[:_NAMED_LINES]))
            warn(f"{message}: line{'s' if len(lines) > 1 else ''} {named}{more}")


def truncation_warning(max_length: int) -> AbstractContextManager[list[int]]:
    """Give a list for the numbers of lines that are longer than the tokens that a model reads."""
    return line_warning(f"truncated to the {max_length} tokens that the model reads")
