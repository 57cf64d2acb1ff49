"""Rows written to a file as CSV, TSV, JSON lines or Parquet, by its name."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from nlprnn.data.formats.lines import suffix
from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import replacing
from nlprnn.serialization.json_lines import json_line

if TYPE_CHECKING:
    import pyarrow as pa

    Write = Callable[[Sequence[Mapping[str, Any]]], None]

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
KINDS = (*_DELIMITERS, *_JSON_LINES, ".parquet")
"""Suffixes of files that can be written, all but Parquet also with .gz."""


def can_write(path: Path) -> bool:
    """Return whether the name of a file ends as that of a kind that can be written."""
    packing = path.suffix.lower()
    return suffix(path) in KINDS and packing not in (".bz2", ".xz") and not (packing == ".gz" and needs_types(path))


def needs_types(path: Path) -> bool:
    """Return whether the columns of a file have declared types, as those of Parquet have."""
    return suffix(path) == ".parquet"


@contextmanager
def row_writer(path: Path, columns: Sequence[str], schema: pa.Schema | None = None) -> Iterator[Write]:
    """Yield a function that writes rows; the file takes its place when the block ends without an error.

    In CSV and TSV, missing values are empty cells, and lists and objects are JSON.

    Args:
        path: a file that `can_write`.
        columns: their names, in order; JSON lines have those that a row has.
        schema: types of the columns, for a file that `needs_types`.

    Raises:
        DataError: a value does not fit its column's type.
        OSError: the disk is full or the folder cannot be written.
    """
    with replacing(path) as temporary:
        if needs_types(path):
            with _parquet_writer(temporary, path, cast("pa.Schema", schema)) as write:
                yield write
            return
        with _open_text(temporary, packed=path.suffix.lower() == ".gz") as file:
            if suffix(path) in _JSON_LINES:
                yield lambda rows: file.writelines(json_line(row) + "\n" for row in rows)
            else:
                table = csv.writer(file, delimiter=_DELIMITERS[suffix(path)], lineterminator="\n")
                table.writerow(columns)
                yield lambda rows: table.writerows([_cell(row.get(name)) for name in columns] for row in rows)


@contextmanager
def _open_text(path: Path, *, packed: bool) -> Iterator[TextIO]:
    # Without name and time in the packed file, equal rows are equal bytes.
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if packed else raw as binary,
        io.TextIOWrapper(cast("io.BufferedWriter", binary), "utf-8", "surrogatepass", newline="") as text,
    ):
        yield text


@contextmanager
def _parquet_writer(temporary: Path, path: Path, schema: pa.Schema) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(temporary, schema) as file:

        def write(rows: Sequence[Mapping[str, Any]]) -> None:
            try:
                file.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema))
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                reason = " ".join(str(error).split())[:200]
                raise DataError(f"{path}: a value does not fit its column ({reason}): write .jsonl or .csv") from None

        yield write


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
