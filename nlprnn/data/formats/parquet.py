"""Parquet files, with the types that `datasets` noted in them."""

from __future__ import annotations

import errno
from pathlib import Path

from nlprnn.data.formats.typed_table import TypedTable, one_line
from nlprnn.data.table import quiet_datasets
from nlprnn.errors import DataError


def open_parquet(path: Path) -> TypedTable:
    """Open a Parquet file as a table.

    Raises:
        DataError: the file is damaged or empty.
    """
    import datasets
    from datasets.exceptions import DatasetGenerationError

    try:
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                raise DataError(f"{path} is not a Parquet file")
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    try:
        with quiet_datasets():
            table = datasets.load_dataset("parquet", data_files=[str(path)], split="train")
    except (DatasetGenerationError, OSError, ValueError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
            raise cause from None
        raise DataError(f"{path}: damaged Parquet ({one_line(cause)}); copy or download it again") from error
    if not len(table):
        raise DataError(f"{path} is empty: it has no rows")
    return TypedTable(str(path), table.flatten())
