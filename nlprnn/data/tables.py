"""Tables of local files as memory-mapped `datasets` tables, with one column for each role."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.data.column_roles import NUMBER, OTHER, TEXT
from nlprnn.data.labels import LIST, NAME
from nlprnn.data.readers import Row, read_lines, read_rows
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

# The column that keeps each row's line number until the rows are checked.
LINE = "__line__"
# Part of the cache key: raise it when the reader gives other rows for the same file.
_READER_VERSION = 2
_SAMPLE_ROWS = 500


@contextmanager
def quiet_datasets() -> Iterator[None]:
    """Keep the progress bars of `datasets` off the screen for a while, and its log of errors that it raises as well."""
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


def sample_kinds(path: Path) -> dict[str, str]:
    """Kind of each column ("text", "number" or "other"), judged from the first 500 rows.

    Raises:
        DataError: the file is damaged or has no rows.
    """
    values: dict[str, list[Any]] = {}
    for _, row in islice(read_rows(path), _SAMPLE_ROWS):
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    if not values:
        raise DataError(f"{path} is empty: it has no rows")
    # An object that is null in some rows is no column of its own.
    objects = {name.partition(".")[0] for name in values if "." in name}
    present = [name for name, cells in values.items() if name not in objects or set(map(type, cells)) != {type(None)}]
    return {name: _kind(values[name]) for name in present}


def read_table(path: Path, columns: Mapping[str, str]) -> Dataset:
    """Read the chosen columns of a file, as strings, with the line numbers in the column `LINE`.

    The table is kept on disk in the cache of `datasets`, and made anew when the file has changed.

    Args:
        path: a file of any format of `nlprnn.data.readers`.
        columns: new column name -> column name in the file.

    Raises:
        DataError: the file is damaged.
    """
    return make_table(_string_rows, path, file_stamp([path]), tuple(columns), tuple(columns.values()))


def read_documents(files: Sequence[tuple[Path, str]]) -> Dataset:
    """One row for each text file, its `text` and `label`.

    Raises:
        DataError: a file is damaged.
    """
    stamp = file_stamp([path for path, _ in files])
    return make_table(_document_rows, files[0][0].parent, stamp, ("text", "label"), files).remove_columns(LINE)


def make_table(
    rows: Callable[..., Iterator[Row]], path: Path, stamp: str, names: Sequence[str], values: Sequence[Any]
) -> Dataset:
    """Keep the rows of a generator in a table on disk, in the cache of `datasets`.

    Args:
        rows: a function of the other arguments, by name; its rows hold a string or None for each of `names`
            and a number for `LINE`.
        path: the file or folder they come from.
        stamp: `file_stamp` of all files they come from.
        names: the columns.
        values: whatever else `rows` needs.

    Raises:
        DataError: raised by `rows`.
    """
    from datasets import Dataset, Features, Value
    from datasets.exceptions import DatasetGenerationError

    features = Features({**{name: Value("string") for name in names}, LINE: Value("int64")})
    # Tuples, for `from_generator` takes a list among the arguments for shards of work.
    arguments = {"path": str(path.resolve()), "stamp": stamp, "names": tuple(names), "values": tuple(values)}
    try:
        with quiet_datasets():
            return Dataset.from_generator(rows, features=features, gen_kwargs=arguments)
    except DatasetGenerationError as error:
        if isinstance(error.__cause__, DataError | OSError):  # what is wrong with the file, or with the cache's disk
            raise error.__cause__ from None
        raise


def file_stamp(files: Sequence[Path]) -> str:
    """What tells a table in the cache from one of the same files with other content."""
    stats = [path.stat() for path in files]
    return ":".join(map(str, [_READER_VERSION, *(number for s in stats for number in (s.st_size, s.st_mtime_ns))]))


def as_string(value: Any) -> str | None:
    """A cell as text; null gives None.

    Whole numbers have no fraction ("4" for 4.0), true and false are in small letters, words of a list have
    spaces between them. Half a surrogate pair, which JSON can hold but UTF-8 cannot, becomes "?".
    """
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return value.encode("utf-8", "replace").decode("utf-8")
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return str(value)


def as_label(value: Any) -> str | None:
    """A cell as a label: as `as_string`, without white space around it, and "4" for "4.0"."""
    text = as_string(value)
    return text if text is None else re.sub(r"^([+-]?\d+)\.0+$", r"\1", text.strip())


def as_labels(value: Any) -> str | None:
    """A cell as labels: a list's with `LIST` before each, a string as it is (see `labels_of`)."""
    if isinstance(value, list):
        return "".join(LIST + label for item in value if (label := as_label(item)))
    return as_label(value)


def cell_reader(role: str) -> Callable[[Any], str | None]:
    """`as_label` for labels and their names, `as_labels` for several, `as_string` for every other role."""
    if role == "labels":
        return as_labels
    return as_label if role in ("label", "number", NAME) else as_string


def _kind(values: Iterable[Any]) -> str:
    present = [value for value in values if value is not None and value != ""]
    if any(isinstance(value, (list, dict)) for value in present):
        return OTHER
    return NUMBER if present and all(_is_number(value) for value in present) else TEXT


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    except OverflowError:  # one of hundreds of digits
        return True
    return True


def _string_rows(path: str, stamp: str, names: Sequence[str], values: Sequence[str]) -> Iterator[Row]:
    cells = [(name, column, cell_reader(name)) for name, column in zip(names, values, strict=True)]
    for line, row in read_rows(Path(path)):
        yield {**{name: read(row.get(column)) for name, column, read in cells}, LINE: line}


def _document_rows(path: str, stamp: str, names: Sequence[str], values: Sequence[tuple[Path, str]]) -> Iterator[Row]:
    for number, document in enumerate(values, start=1):
        file, label = document
        yield {**dict(zip(names, ("".join(read_lines(file)), label), strict=True)), LINE: number}
