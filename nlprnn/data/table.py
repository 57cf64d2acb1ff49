"""Tables of `datasets`: the rows of one split, and rows kept as files in its cache."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.data.column_roles import Columns
from nlprnn.data.report import FileReport, Omission
from nlprnn.errors import DataError
from nlprnn.serialization.checksums import file_checksum

if TYPE_CHECKING:
    from datasets import Dataset, Features
    from pyarrow import ChunkedArray

READER_VERSION = 6
"""Version of the formats, in the key of every cached table: raise it if the same file is read to other rows."""


@dataclass(frozen=True)
class Split:
    """Rows of one split, one column for each role, and their origin.

    Attributes:
        rows: the table.
        origin: the file or dataset, for messages.
        columns: role -> the column it was read from, and whether it was guessed.
        numbers: (rows,) int64, number of each row's line or row in the file, from 1.
        unit: "line" or "row", which `numbers` count.
        files: how the sources of the rows were read.
        omissions: rows of these sources that were left out.
        notes: choices between several readings, and what is odd about the rows, a sentence each.
        documents: the file of each of `numbers`, where a row is a whole file.
    """

    rows: Dataset
    origin: str
    columns: Columns
    numbers: np.ndarray
    unit: str = "line"
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()
    documents: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def location(self, row: int) -> str:
        """Return file and line of a row (counted from 0), for messages."""
        if self.documents:
            return str(self.documents[self.numbers[row] - 1])
        return f"{self.origin}, {self.unit} {self.numbers[row]}"

    def select(self, rows: Sequence[int]) -> Split:
        """Return the rows of these numbers, from 0."""
        return replace(self, rows=self.rows.select(rows), numbers=self.numbers[np.asarray(rows, dtype=np.int64)])

    def noted(self, note: str) -> Split:
        """Return the split with a note in the report of its files."""
        return replace(self, notes=(*self.notes, note))

    def without(self, rows: Collection[int], reason: str) -> Split:
        """Return the split without some rows, counted from 0, which are reported as left out for a reason."""
        if not rows:
            return self
        left_out = set(rows)
        return self.without_marked([reason if row in left_out else None for row in range(len(self))])

    def without_marked(self, reasons: Sequence[str | None]) -> Split:
        """Return the split without the rows that have a reason to be left out, one a row or None."""
        rows_of: dict[str, list[int]] = {}
        for row, reason in enumerate(reasons):
            if reason is not None:
                rows_of.setdefault(reason, []).append(row)
        omissions = [Omission(reason, len(rows), self.location(rows[0])) for reason, rows in rows_of.items()]
        kept = self.select([row for row, reason in enumerate(reasons) if reason is None])
        return replace(kept, omissions=(*self.omissions, *omissions))

    def empty_rows(self, role: str) -> list[int]:
        """Return the rows, counted from 0, where a role has no value, or a text of white space alone."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = arrow_column(self.rows, role)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            empty = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
        elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            empty = pc.equal(pc.list_value_length(column), 0)
        else:
            empty = pc.is_null(column, nan_is_null=True)
        return pc.indices_nonzero(empty.fill_null(True)).to_pylist()

    def contents(self) -> Iterator[list[Any]]:
        """Yield all cells, column by column, in pieces."""
        for column in self.rows.column_names:
            yield [column]
            for chunk in arrow_column(self.rows, column).chunks:
                yield from (chunk[start : start + 10_000].to_pylist() for start in range(0, len(chunk), 10_000))

    def texts(self) -> Iterator[str]:
        """Yield the text by which rows count as identical: of `text` or `source`, else of the first column."""
        column = next((role for role in ("text", "source") if role in self.columns), self.rows.column_names[0])
        for chunk in arrow_column(self.rows, column).chunks:
            for start in range(0, len(chunk), 10_000):
                yield from (str(text or "") for text in chunk[start : start + 10_000].to_pylist())


def concatenate(shards: Sequence[Split]) -> Split:
    """Concatenate the shards of one split; of several, rows are counted through all of them."""
    from datasets import concatenate_datasets

    if len(shards) == 1:
        return shards[0]
    rows = concatenate_datasets([shard.rows for shard in shards])
    origin = str(Path(shards[0].origin).parent)
    return replace(
        shards[0],
        rows=rows,
        origin=origin,
        numbers=np.arange(1, len(rows) + 1),
        unit="row",
        files=tuple(file for shard in shards for file in shard.files),
        omissions=tuple(omission for shard in shards for omission in shard.omissions),
        notes=tuple(dict.fromkeys(note for shard in shards for note in shard.notes)),
        documents=(),
    )


def arrow_column(rows: Dataset, column: str) -> ChunkedArray:
    """Return a column as a pyarrow ChunkedArray, without a copy where the rows are in the table's order."""
    values, indices = rows.data.column(column), table_rows(rows)
    return values if indices is None else take_rows(values, indices)


def table_rows(rows: Dataset) -> np.ndarray | None:
    """Return the row of the table, int64, of each of selected rows; None = they are the whole table, in its order."""
    return None if rows._indices is None else rows._indices.column(0).to_numpy().astype(np.int64)


def take_rows(values: ChunkedArray, rows: np.ndarray) -> ChunkedArray:
    """Return the values of rows, in their order.

    They are taken chunk by chunk: `datasets` makes a table of each row, and pyarrow would first concatenate the whole
    column, whose offsets overflow from 2 GB on.
    """
    import pyarrow as pa

    starts = np.cumsum([0, *map(len, values.chunks)])[:-1]
    chunks = np.searchsorted(starts, rows, side="right") - 1
    cuts = np.flatnonzero(np.diff(chunks)) + 1  # rows between them follow each other in one chunk
    runs = zip(np.split(chunks, cuts), np.split(rows - starts[chunks], cuts), strict=True)
    return pa.chunked_array([values.chunk(chunk[0]).take(pa.array(of)) for chunk, of in runs if len(of)], values.type)


def column_values(rows: Dataset, column: str) -> list[Any]:
    """Return a column as a list, many times as fast as `list(rows[column])`, which makes a cell at a time."""
    return arrow_column(rows, column).to_pylist()


def cached_table(
    rows: Callable[..., Iterator[dict[str, Any]]], files: Iterable[Path], features: Features, **arguments: Any
) -> Dataset:
    """Return the rows of a generator as a table on disk, kept in the cache of `datasets` until a file changes.

    The cache knows files by their checksum: with equal size and time, a file may yet be another one.

    Args:
        rows: generator function of `arguments` and of `key`, which it may ignore.
        files: the files the rows come from.
        features: types of the columns.
        arguments: all else that decides the rows; none is a list, which `datasets` takes for shards.

    Raises:
        DataError: raised by `rows`.
        OSError: the disk of the cache is full.
    """
    from datasets import Dataset
    from datasets.exceptions import DatasetGenerationError

    contents = [(str(path.resolve()), file_checksum(path)) for path in files]
    key = blake2b(repr((READER_VERSION, contents)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    try:
        with quiet_datasets():
            return Dataset.from_generator(rows, features=features, gen_kwargs={"key": key, **arguments})
    except DatasetGenerationError as error:
        if isinstance(error.__cause__, DataError | OSError):  # a damaged file, or a full disk of the cache
            raise error.__cause__ from None
        raise


@contextmanager
def quiet_datasets() -> Iterator[None]:
    """Context without progress bars of `datasets`, and without its log of errors, which it raises as well."""
    import datasets

    were_off, log = datasets.are_progress_bars_disabled(), logging.getLogger("datasets")
    level = log.level
    datasets.disable_progress_bars()
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
        if not were_off:
            datasets.enable_progress_bars()
