"""Data of a Python program as a dataset: frames, lists and sets of `datasets`, kept as Parquet files in its cache.

They are read from there as any other file, so that a report, a resumed run and an evaluation later find the same rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.data.list_columns import arrow_lists
from nlprnn.errors import DataError
from nlprnn.serialization.checksums import file_checksum

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDER = "nlprnn-memory"
_SINGLE = "table"
_KINDS = (
    "a path, the id of a dataset, a data frame (pandas, polars), a Dataset or DatasetDict, a list of rows as "
    "dictionaries, two lists (texts and labels), or a dictionary of split -> one of these"
)


def dataset_name(data: Any, columns: Sequence[str]) -> str:
    """Return what `nlprnn.data.load_table` takes for data of a program.

    Args:
        data: a path or other name of a dataset, a data frame of pandas or polars, an Arrow table, a `Dataset` or
            `DatasetDict`, a list of rows, a list for each of `columns`, or a mapping of splits to one of these.
        columns: names of the columns of lists, such as ("text", "label").

    Raises:
        DataError: the data are of another kind, or a text or label of a list is missing or of another type; names its
            row, counted from 0.
    """
    if isinstance(data, str | Path):
        return str(data)
    if isinstance(data, Mapping):
        tables = {_split_name(name): _table(rows, columns, f"split {name!r}: ") for name, rows in data.items()}
        if "train" not in tables and len(tables) > 1:
            raise DataError(f"there is no split 'train' among {', '.join(map(repr, tables))}: name one of them so")
    else:
        tables = {_SINGLE: _table(data, columns, "")}
    return str(_kept(tables))


def is_kept(dataset: str) -> bool:
    """Return whether a dataset is one that `dataset_name` has made, of which a user does not know the path."""
    return _FOLDER in Path(dataset).parts


def _kept(tables: Mapping[str, pa.Table]) -> Path:
    """Write tables into a folder of the cache that is named after their content; return it, or its single file."""
    import datasets
    import pyarrow.parquet as pq

    cache = Path(datasets.config.HF_DATASETS_CACHE) / _FOLDER
    cache.mkdir(parents=True, exist_ok=True)
    temporary = Path(mkdtemp(dir=cache))
    try:
        for name, table in tables.items():
            pq.write_table(table, temporary / f"{name}.parquet")
        sums = [f"{path.name} {file_checksum(path)}" for path in sorted(temporary.iterdir())]
        folder = cache / sha256("\n".join(sums).encode()).hexdigest()[:16]
        if not folder.exists():
            temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    (name, *others) = tables
    return folder if others else folder / f"{name}.parquet"


def _split_name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise DataError(f"{name!r} is no name of a split: name them train, validation and test")
    return name


def _table(data: Any, columns: Sequence[str], place: str) -> pa.Table:
    """Return the rows of one split as an Arrow table."""
    import pyarrow as pa

    try:
        table = _converted(data, columns, place)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{place}a column holds values of several types, or of one that has no name: {reason}"
        ) from None
    if not len(table):
        raise DataError(f"{place}the {type(data).__name__} has no rows")
    return table


def _converted(data: Any, columns: Sequence[str], place: str) -> pa.Table:
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if type(data).__module__.startswith("datasets.") and hasattr(data, "with_format"):
        if not hasattr(data, "num_rows"):
            raise DataError(
                f"{place}rows that are read as they are needed: give the id of the dataset, and streaming=True"
            )
        return data.with_format("arrow")[:].replace_schema_metadata(data.features.arrow_schema.metadata)
    if hasattr(data, "to_arrow"):  # polars
        return data.to_arrow()
    if hasattr(data, "columns") and hasattr(data, "iloc"):  # pandas
        frame = data.rename(columns=str)
        arrays = {name: arrow_lists(list(frame[name])) for name in frame.columns if _holds_arrays(frame[name])}
        plain = pa.Table.from_pandas(frame.drop(columns=list(arrays)), preserve_index=False).replace_schema_metadata()
        for name, column in arrays.items():
            plain = plain.append_column(name, column)
        return plain
    if not _is_list(data) or not len(data):
        raise DataError(f"{place}got {type(data).__name__}: give {_KINDS}")
    if all(isinstance(row, Mapping) for row in data):
        names = dict.fromkeys(str(name) for row in data for name in row)
        return pa.table({name: _column([row.get(name) for row in data]) for name in names})
    if len(columns) == 1 and not _is_list(data[0]):
        data = [data]
    if len(data) != len(columns) or not all(map(_is_list, data)):
        raise DataError(f"{place}got {_described(data)}: give {_KINDS}")
    lists = [column.tolist() if isinstance(column, np.ndarray) and column.ndim < 3 else list(column) for column in data]
    lengths = {len(column) for column in lists}
    if len(lengths) > 1:
        counts = " and ".join(f"{len(column):,} of {name}" for name, column in zip(columns, lists, strict=True))
        raise DataError(f"{place}the lists have different lengths, {counts}: give one of each for a row")
    for name, column in zip(columns, lists, strict=True):
        _check_values(column, name, place)
    return pa.table(dict(zip(columns, map(_column, lists), strict=True)))


def _column(values: list[Any]) -> Any:
    """Return a column as Arrow takes it: arrays (T, D) as lists of lists."""
    return arrow_lists(values) if _holds_arrays(values) else values


def _holds_arrays(values: Iterable[Any]) -> bool:
    first = next((value for value in values if value is not None), None)
    return isinstance(first, np.ndarray) and first.ndim == 2


def _is_list(value: object) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, str | bytes | Mapping)


def _described(data: Sequence[Any]) -> str:
    return f"{type(data).__name__} of {len(data):,} with {type(data[0]).__name__} in it"


def _check_values(values: Sequence[Any], column: str, place: str) -> None:
    """Raise DataError for a text that is none, and for a value that is missing."""
    for row, value in enumerate(values):
        missing = value is None or type(value).__name__ in ("NAType", "NaTType") or value != value
        if isinstance(missing, bool | np.bool_) and missing:
            raise DataError(f"{place}row {row} (counted from 0): the {column} is missing ({value}): leave the row out")
        if column in ("text", "source", "target") and not isinstance(value, str):
            raise DataError(f"{place}row {row} (counted from 0): the {column} is {type(value).__name__}, not a string")
