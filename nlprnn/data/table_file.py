"""Tables to answer for: each row of a file with all of its columns as they are, and its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import Column, Columns
from nlprnn.data.formats.other_kinds import advice
from nlprnn.data.formats.parquet import TypedTable
from nlprnn.data.formats.registry import TABLES, has_open_suffix
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK_ROWS = 1_000


class TableRow(NamedTuple):
    """A row of a table.

    Attributes:
        cells: column -> value as the file has it; an object in JSON is columns "outer.inner".
        text: of the row; "" where its cells are empty.
        location: file and line, for messages.
    """

    cells: Mapping[str, Any]
    text: str
    location: str


@dataclass(frozen=True)
class TableFile:
    """A table in a file, with the column of its texts.

    Attributes:
        source: the rows.
        columns: of the text.
        left_out: reason and place of each row that is not read, which iteration appends.
    """

    source: Source
    columns: Columns
    left_out: list[str]

    @property
    def text_column(self) -> Column:
        """The column of the text, or several."""
        return self.columns["text"]

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in order.

        Raises:
            DataError: the file is damaged; names the line.
        """
        convert = RowConverter(self.columns, self.source.options, self.source.location)
        for number, row in self._cells():
            if isinstance(row, LeftOut):
                self.left_out.append(f"{self.source.location(number)} ({row.reason})")
                continue
            text = convert(row, number)["text"] or ""
            yield TableRow(row, "" if text.isspace() else text, self.source.location(number))

    def column_names(self) -> list[str]:
        """Return the columns of all rows in the order of the table; of JSON, whose rows may differ, it is read once."""
        if isinstance(self.source, TypedTable):
            return list(self.source.table.column_names)
        chunks = islice(self._chunks(), 1 if self.source.dialect().headed else None)
        return list(dict.fromkeys(name for chunk in chunks for row in chunk for name in row))

    def arrow_schema(self) -> pa.Schema:
        """Return the types of the columns: as declared, else text, or what the values of JSON are.

        Raises:
            DataError: the values of a column are of several types.
        """
        import pyarrow as pa

        if isinstance(self.source, TypedTable):
            return self.source.table.with_format("arrow")[:1].schema.remove_metadata()
        try:
            schemas = [pa.Table.from_pylist(chunk, _fields(chunk)).schema for chunk in self._chunks()]
            return pa.unify_schemas(schemas, promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise DataError(
                f"{self.source.origin}: a column holds values of several types ({reason}): write .jsonl or .csv"
            ) from None

    def _cells(self) -> Iterator[tuple[int, Mapping[str, Any] | LeftOut]]:
        """Yield (number, row): of declared types the values themselves rather than the names of integers."""
        if not isinstance(self.source, TypedTable):
            yield from self.source.rows({})
            return
        table = self.source.table
        for start in range(0, len(table), _CHUNK_ROWS):
            chunk = table.select(range(start, min(start + _CHUNK_ROWS, len(table)))).with_format("arrow")[:]
            yield from enumerate(chunk.to_pylist(), start=start + 1)

    def _chunks(self) -> Iterator[Sequence[dict[str, Any]]]:
        rows = (dict(row) for _, row in self._cells() if not isinstance(row, LeftOut))
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            yield chunk


def open_table_file(
    path: Path, field: str | None, options: ReadOptions, *, trained: Mapping[str, str] | None = None
) -> TableFile:
    """Open a file as a table of texts.

    Args:
        path: of any kind that a recipe takes, CSV, TSV, JSON lines, JSON, Parquet, Arrow or text, also packed.
        field: column of the text, or several ("title,body"), concatenated as in training; None = as in training, else
            guessed from the usual names.
        options: options for reading.
        trained: role -> column that the model was trained on.

    Raises:
        DataError: the file is missing, damaged or of another kind, or a column is missing or cannot be guessed.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if kind := advice(path):
        raise DataError(f"{path} is {kind}")
    if has_open_suffix(path) or not TABLES.can_open(path):
        sources = {"train": TABLES.open_by_content(path, options)}
    else:
        sources = TABLES.open_splits(path, options)
    if len(sources) > 1:
        raise DataError(f"{path} holds several splits ({', '.join(sources)}): write one of them to a file of its own")
    (source,) = sources.values()
    usual = (trained or {}).get("text") or (trained or {}).get("source")
    columns = resolve_columns({"text": field}, source.schema(), trained={"text": usual} if usual else None)
    return TableFile(source, columns, [])


def _fields(chunk: Sequence[Mapping[str, Any]]) -> pa.Schema:
    """The types of the values of some rows, in which a column may be missing from the first one."""
    import pyarrow as pa

    names = dict.fromkeys(name for row in chunk for name in row)
    return pa.schema([(name, pa.array([row.get(name) for row in chunk]).type) for name in names])
