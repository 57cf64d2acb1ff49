"""Answers to texts: printed for people or as JSON, or written beside the columns of a table into a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from nlprnn.cli.inputs import Inputs
from nlprnn.cli.text_io import OutputFile, print_json, warn
from nlprnn.errors import escape_controls

if TYPE_CHECKING:
    import pyarrow as pa

    from nlprnn.data.row_writer import Write

Kind = Literal["text", "number", "texts", "json", "flag"]
"""Type of an answer's column: lists and objects are JSON in CSV, and objects in Parquet too."""

_CHUNK_ROWS = 256


class _ResultFile(OutputFile):
    """A file for rows, whose kind its name determines."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check a path."""
        from nlprnn.data.row_writer import can_write

        path = super().convert(value, param, ctx)
        if not can_write(path):
            self.fail(f"{path}: name a file that ends in .csv, .tsv, .jsonl or .parquet.", param, ctx)
        return path


OUT = click.Option(
    ["--out"],
    type=_ResultFile(),
    help="File to write, .csv, .tsv, .jsonl or .parquet: all columns of a table, or the texts, and the answers.",
)


class Answers:
    """Answers in the order of the texts.

    Args:
        inputs: the texts, with their rows.
        taken: columns of the table, whose names no answer gets.
        write: function that takes rows for a file; None = JSON on standard output, where `structured`.
        structured: whether answers are rows for programs; False = the verb prints lines for people itself.
        json_of: names of answers that a file holds as JSON text.
    """

    def __init__(
        self,
        inputs: Inputs,
        taken: Collection[str],
        write: Write | None,
        *,
        structured: bool,
        json_of: Sequence[str] = (),
    ) -> None:
        self.structured = structured
        self.count = 0
        self._inputs, self._taken, self._write, self._json_of = inputs, taken, write, json_of
        self._names: dict[str, str] = {}
        self._chunk: list[Mapping[str, Any]] = []

    def add(self, text: str, answer: Mapping[str, Any]) -> None:
        """Write the answer for the next text."""
        for name in answer.keys() - self._names.keys():
            self._names[name] = _free_name(name, self._taken)
        row = {**self._inputs.row(text), **{self._names[name]: value for name, value in answer.items()}}
        self.count += 1
        if self._write is None:
            print_json(row)
            return
        for name in self._json_of:
            if name in row:
                row[name] = _json(row[name])
        self._chunk.append(row)
        if len(self._chunk) == _CHUNK_ROWS:
            self.flush()

    def skip(self, text: str) -> None:
        """Count a text whose answer has been printed for people."""
        self._inputs.row(text)

    def flush(self) -> None:
        """Write the rows that are still in memory."""
        if self._write is not None and self._chunk:
            self._write(self._chunk)
            self._chunk = []


@contextmanager
def open_answers(
    inputs: Inputs, columns: Mapping[str, Kind], *, out: Path | None, as_json: bool, key: str = "text"
) -> Iterator[Answers]:
    """Yield what takes the answers; a file is complete when the block ends without an error.

    Args:
        inputs: the texts, with their rows.
        columns: the answers that a table holds; JSON lines have all that there are.
        out: file; None = standard output.
        as_json: JSON on standard output.
        key: name of the text in output that is no table's.

    Raises:
        click.UsageError: both a file and JSON on standard output are requested.
        DataError: the columns of the table have several types, which the kind of file does not hold.
    """
    if out is not None and as_json:
        raise click.UsageError("--json is for standard output: leave it out with --out, or name a .jsonl file")
    structured = as_json or out is not None
    taken = [key] if inputs.table is None else inputs.table.column_names() if structured else []
    names = {name: _free_name(name, taken) for name in columns}
    for name, other in names.items():
        if name != other:
            warn(escape_controls(f"the table has a column {name!r} already: the answers are in {other!r}"))
    if out is None:
        yield Answers(inputs, taken, None, structured=structured)
        return
    from nlprnn.data.row_writer import needs_types, row_writer

    with ExitStack() as stack:
        typed = needs_types(out)
        schema = _schema(inputs, columns, names, key) if typed else None
        write = stack.enter_context(row_writer(out, [*taken, *names.values()], schema))
        json_of = [names[name] for name, kind in columns.items() if typed and kind == "json"]
        answers = Answers(inputs, taken, write, structured=True, json_of=json_of)
        yield answers
        answers.flush()
    click.echo(escape_controls(f"{answers.count:,} row{'s' * (answers.count != 1)}: {out}"), err=True)


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return a column's name that the table has not."""
    candidates = [name, f"predicted_{name}", *(f"predicted_{name}_{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _schema(inputs: Inputs, columns: Mapping[str, Kind], names: Mapping[str, str], key: str) -> pa.Schema:
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "number": pa.float64(),
        "texts": pa.list_(pa.string()),
        "json": pa.string(),
        "flag": pa.bool_(),
    }
    table = pa.schema([(key, pa.string())]) if inputs.table is None else inputs.table.arrow_schema()
    return pa.schema([*table, *((names[name], kinds[kind]) for name, kind in columns.items())])


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)
