"""Texts to answer for: of the command line, of the lines of a file or pipe, or of the rows of a table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.file_kinds import table_kind
from nlprnn.cli.text_io import read_texts, warn
from nlprnn.errors import escape_controls

if TYPE_CHECKING:
    from nlprnn.data.table_file import TableFile
    from nlprnn.experiment.table_options import TextFileOptions

_TABLE_KINDS = ("a table", "a file of translations")


class Inputs:
    """Texts in order, and the row that each comes from.

    Args:
        texts: the texts themselves, where there is no table.
        table: rows with a text each.
        key: name of the text in a row of its own.
    """

    def __init__(self, texts: Iterable[str], table: TableFile | None = None, *, key: str = "text") -> None:
        self.table = table
        self._key = key
        self._rows: deque[Mapping[str, Any]] = deque()  # those whose answer is still to come
        self.texts = texts if table is None else self._texts_of(table)

    def row(self, text: str) -> Mapping[str, Any]:
        """Return the row of the next text that is answered: all columns of a table, else the text itself."""
        return {self._key: text} if self.table is None else self._rows.popleft()

    def _texts_of(self, table: TableFile) -> Iterator[str]:
        from nlprnn.text.invisible import is_invisible

        empty: list[str] = []
        for row in table.rows():
            if is_invisible(row.text):
                empty.append(row.location)
            self._rows.append(row.cells)
            yield row.text
        if empty:
            warn(f"no text, and answered as empty text: {_counted(empty)}")
        if table.left_out:
            warn(f"left out: {_counted(table.left_out)}")


def read_inputs(
    texts: Sequence[str], path: Path | None, options: TextFileOptions, model: str | Path | None, *, key: str = "text"
) -> Inputs:
    """Return the texts of the command line, of a file's rows or lines, or of standard input.

    Args:
        texts: the arguments.
        path: of `--file`; "-" = standard input.
        options: how a file is read.
        model: its folder, whose columns in training come before a guess.
        key: name of the text in output that is no table's.

    Raises:
        click.UsageError: both are given, or neither and nothing is piped, or options that do not fit.
        DataError: the file is missing, damaged or of another kind, or has no such column.
    """
    if path is not None and str(path) != "-" and not texts and (table := open_table(path, options, model)) is not None:
        return Inputs((), table, key=key)
    if options.of_table:
        raise click.UsageError("--text-field, --header and --columns are for tables: give one as --file")
    return Inputs(read_texts(texts, path, options.encoding, checked=not options.lines), key=key)


def open_table(path: Path, options: TextFileOptions, model: str | Path | None) -> TableFile | None:
    """Open a file as a table, and report the column of its texts; None for one of lines or of running text.

    Raises:
        DataError: as `read_inputs`.
    """
    return _open(path, options, model) if _is_table(path, options) else None


def _is_table(path: Path, options: TextFileOptions) -> bool:
    """Whether a file is read as a table: by its name, as an option describes its columns, or as it has even tabs."""
    if options.lines or not path.is_file():
        return False
    if options.of_table or table_kind(path) in _TABLE_KINDS:
        return True
    from nlprnn.data.formats.delimited import is_table
    from nlprnn.data.formats.lines import suffix
    from nlprnn.data.read_options import ReadOptions
    from nlprnn.errors import DataError

    try:  # as recipes read it
        return suffix(path) == ".txt" and is_table(path, ReadOptions(encoding=options.encoding))
    except DataError:  # raised again where the file is read
        return False


def _open(path: Path, options: TextFileOptions, model: str | Path | None) -> TableFile:
    from nlprnn.data.read_options import ReadOptions
    from nlprnn.data.table_file import open_table_file
    from nlprnn.experiment.run_file import trained_columns

    header = False if options.columns else options.header
    reading = ReadOptions(encoding=options.encoding, header=header, columns=options.column_names)
    trained = {} if model is None else trained_columns(Path(model))
    table = open_table_file(path, options.text_field, reading, trained=trained)
    column = table.text_column
    how = f" ({column.note or 'guessed'})" if column.guessed else ""
    click.echo(escape_controls(f"{path}: {table.source.dialect().format}; text: {column}{how}"), err=True)
    return table


def _counted(locations: Sequence[str]) -> str:
    return f"{len(locations):,} row{'s' * (len(locations) > 1)}, the first is {locations[0]}"
