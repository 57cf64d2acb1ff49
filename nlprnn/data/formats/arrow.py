"""Arrow: folders that `save_to_disk` of `datasets` wrote, and .arrow and .feather files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.data.folders import split_of_name
from nlprnn.data.formats.parquet import TypedTable, one_line
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.table import quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset
    from pyarrow import Table


def is_saved(folder: Path) -> bool:
    """Whether `save_to_disk` wrote a folder, or its sub-folders that are named after splits."""
    return (folder / "dataset_dict.json").is_file() or _is_dataset(folder) or bool(_saved_splits(folder))


def load_saved(folder: Path) -> dict[str, Dataset]:
    """Load the splits of a folder that `is_saved`, a single one as "train".

    Raises:
        DataError: the folder is damaged.
    """
    import datasets

    inner = {} if (folder / "dataset_dict.json").is_file() else _saved_splits(folder)
    if inner:
        return {path.name: _load(path, partial(datasets.load_from_disk, str(path))) for path in inner}
    loaded = _load(folder, partial(datasets.load_from_disk, str(folder)))
    return dict(loaded) if isinstance(loaded, datasets.DatasetDict) else {"train": loaded}


def open_arrow(path: Path, options: ReadOptions) -> TypedTable:
    """Open a file in the formats of Arrow (stream, or file, which is Feather too), or in the first Feather format.

    Raises:
        DataError: the file is damaged or empty.
    """
    import datasets

    table = _load(path, lambda: datasets.Dataset(_plain_columns(_read_table(path))))
    if not len(table):
        raise DataError(f"{path} is empty: it has no rows")
    return TypedTable(str(path), options, table.flatten(), "Arrow")


def _is_dataset(folder: Path) -> bool:
    return (folder / "dataset_info.json").is_file() and (folder / "state.json").is_file()


def _saved_splits(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if split_of_name(path.name) and _is_dataset(path)]


def _load(path: Path, load: Callable[[], Any]) -> Any:
    """The result of a function of `datasets` or `pyarrow`, whose errors are of many kinds."""
    try:
        with quiet_datasets():
            return load()
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    except Exception as error:  # of two libraries, for damaged bytes, schemas and state files
        kind = "folder of save_to_disk (Arrow)" if path.is_dir() else "Arrow file"
        raise DataError(f"{path}: damaged {kind}: {one_line(error)}; save it again, or as .parquet") from error


def _read_table(path: Path) -> Table:
    import pyarrow as pa
    from pyarrow import feather

    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"FEA1"):
        return feather.read_table(path)
    source = pa.memory_map(str(path))
    return (pa.ipc.open_file if start == b"ARROW1" else pa.ipc.open_stream)(source).read_all()


def _plain_columns(table: Table) -> Table:
    """The table without dictionaries, as which pandas writes its categories, and which `datasets` does not take."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(field.type.value_type))
    return table
