"""From a data set's name to the rows of its splits: one column a role, and errors that know the place."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nlprnn import resources
from nlprnn.data.column_roles import feature_kinds, find_column, name_column, noun, option, resolve_fields
from nlprnn.data.formats.conll import is_column_file
from nlprnn.data.formats.hub import is_hub_id, load_hub, load_parquet, take_roles
from nlprnn.data.formats.parallel import find_pairs, find_stem
from nlprnn.data.joined import join_columns, split_fields
from nlprnn.data.labels import NAME, arrow_column, check_labels, check_numbers, use_names
from nlprnn.data.readers import file_format
from nlprnn.data.split_files import data_files, find_class_folders, find_splits, plain_files, split_of_name
from nlprnn.data.tables import LINE, read_documents, read_table, sample_kinds
from nlprnn.errors import DataError, NlprnnError

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger(__name__)

# The roles that a part must have to be learnt from or scored on.
_ANSWERS = ("label", "labels", "number", "target")


@dataclass(frozen=True)
class Split:
    """The rows of one split, one column a role.

    Attributes:
        rows: the table; the column `LINE`, where there is one, holds line numbers.
        origin: the file or data set, for messages.
        columns: role -> the column that it was taken from; "text+1" and so on, what was joined to the text.
        numbers: of the rows in the file, from 0, where they are some of its rows; None = all.
    """

    rows: Dataset
    origin: str
    columns: Mapping[str, str] = field(default_factory=dict)
    numbers: Sequence[int] | None = None

    def location(self, row: int) -> str:
        """File and line of a row (counted from 0), for messages."""
        if LINE in self.rows.column_names:
            return f"{self.origin}, line {self.rows[row][LINE]}"
        return f"{self.origin}, row {(row if self.numbers is None else self.numbers[row]) + 1}"

    def empty_rows(self, role: str) -> list[int]:
        """The rows, counted from 0, where a role is missing, empty or white space alone."""
        import pyarrow.compute as pc

        length = pc.utf8_length(pc.utf8_trim_whitespace(arrow_column(self.rows, role)))
        return pc.indices_nonzero(pc.equal(length, 0).fill_null(True)).to_pylist()


class _Source(Protocol):
    """A table whose columns have not been chosen yet."""

    origin: str

    def kinds(self) -> Mapping[str, str]:
        """Column name -> kind of its values."""

    def read(self, columns: Mapping[str, str]) -> Dataset:
        """The table of role -> column, as strings."""


@dataclass(frozen=True)
class _LineFile:
    """A JSON, CSV, TSV or text file."""

    path: Path

    @property
    def origin(self) -> str:
        return str(self.path)

    def kinds(self) -> Mapping[str, str]:
        return sample_kinds(self.path)

    def read(self, columns: Mapping[str, str]) -> Dataset:
        return read_table(self.path, columns)


@dataclass(frozen=True)
class _TypedTable:
    """A table with declared types: Parquet, a split of a Hub data set, or a folder of texts."""

    rows: Dataset
    origin: str

    def kinds(self) -> Mapping[str, str]:
        return feature_kinds(self.rows.features)

    def read(self, columns: Mapping[str, str]) -> Dataset:
        return take_roles(self.rows, columns)


def local_path(dataset: str) -> Path | None:
    """The file or folder that a data set's name stands for; None when it can only be a Hub id.

    Raises:
        DataError: it is a path, and nothing is there.
    """
    path = Path(dataset).expanduser()
    if dataset and path.exists():
        return path
    if dataset in sample_names():
        return resources.sample_data_folder() / dataset
    looks_local = dataset.startswith((".", "/", "~")) or dataset.count("/") > 1 or file_format(path) is not None
    if looks_local or not is_hub_id(dataset):
        raise DataError(f"{dataset!r}: no such file or folder")
    return None


def read_splits(dataset: str, fields: Mapping[str, str | None], *, required: bool) -> dict[str, Split]:
    """Read the roles' columns of each split the data set has, with labels checked.

    Args:
        dataset: as for `load_table`.
        fields: role -> column name, for a text also several ("title,body"), or None to guess it.
        required: False leaves out a role that is to be guessed and is not there.

    Raises:
        DataError: the source, a field or a label is missing, damaged or odd.
    """
    sources = _find_pairs(dataset, fields) or _find_tables(dataset)
    kinds = {source.origin: source.kinds() for tables in sources.values() for source in tables}
    first = sources["train"][0].origin
    fields = split_fields(fields, kinds[first], origin=first)
    columns = resolve_fields(fields, kinds[first], origin=first, required=required)
    if not columns:
        raise DataError(f"{first}: no field looks like the {' or '.join(fields)} (fields: {', '.join(kinds[first])})")
    names = name_column(columns["label"], kinds[first]) if "label" in columns else None
    if names and all(names in own for own in kinds.values()):
        columns[NAME] = names
    answer = next((role for role in _ANSWERS if role in columns), None)
    # A name may mean a part of an object in one file and a plain column in another: each has its own.
    wanted = {role: fields.get(role) or column for role, column in columns.items()}
    parts = {}
    for split, tables in sources.items():
        if split != "train" and answer and any(not find_column(wanted[answer], kinds[t.origin]) for t in tables):
            logger.warning("%s has no %s %r: left out", tables[0].origin, noun(kinds[first]), wanted[answer])
            continue
        own = [resolve_fields(wanted, kinds[source.origin], origin=source.origin) for source in tables]
        part = _join([_read_part(source, chosen, answer) for source, chosen in zip(tables, own, strict=True)])
        if part is not None:
            parts[split] = replace(part, columns=own[0])
    if "train" not in parts:
        raise DataError(f"{first}: no row has a {answer} in {columns[answer]!r}; choose with {option(answer)}")
    if NAME in columns:
        named = use_names({split: part.rows for split, part in parts.items()})
        parts = {split: replace(part, rows=named[split]) for split, part in parts.items()}
    return parts


def _find_pairs(dataset: str, fields: Mapping[str, str | None]) -> Mapping[str, Sequence[_Source]]:
    """The line-aligned texts of a folder or stem; {} for all other data sets, and for other roles."""
    if not dataset or not {"source", "target"} <= fields.keys():
        return {}
    named = [name for role in ("source", "target") if (name := fields[role])]
    path = Path(dataset).expanduser()
    if path.is_dir():
        return find_pairs(path, named)
    pair = None if path.exists() or dataset in sample_names() else find_stem(path, named)
    return {"train": [pair]} if pair else {}


def _find_tables(dataset: str) -> dict[str, Sequence[_Source]]:
    path = local_path(dataset)
    if path is None:
        samples = ", ".join(sample_names()) or "none found"
        unknown = f"{dataset!r} is not a file or folder here, no sample of that name (samples: {samples})"
        splits = usual_splits(load_hub(dataset, unknown=unknown), dataset)
        return {split: [_TypedTable(rows.flatten(), f"{dataset} ({split})")] for split, rows in splits.items()}
    if path.is_dir():
        folders = find_class_folders(path)
        if folders:
            return {
                split: [_TypedTable(read_documents(files), f"{path} ({split})")] for split, files in folders.items()
            }
        return {split: _sources_of_files(files) for split, files in find_splits(path).items()}
    if file_format(path) is None:
        raise DataError(
            f"{path}: unknown kind of file; give .jsonl, .json, .csv, .tsv, .txt (each also .gz) or .parquet, or the "
            "name that line-aligned texts have in common (corpus/train for corpus/train.en and corpus/train.de)"
        )
    return {"train": _sources_of_files([path])}


def _sources_of_files(files: Sequence[Path]) -> list[_Source]:
    if file_format(files[0]) == "parquet":
        return [_TypedTable(load_parquet(files).flatten(), files[0].parent.name if len(files) > 1 else str(files[0]))]
    return [_LineFile(path) for path in files]


def usual_splits(splits: Mapping[str, Dataset], dataset: str) -> dict[str, Dataset]:
    """The splits under their usual names; a single split of whatever name is "train"."""
    usual: dict[str, Dataset] = {}
    for name, rows in splits.items():
        split = split_of_name(name)
        if split in usual and len(rows):
            logger.warning("data set %s has several parts of %s: %s is left out", dataset, split, name)
        elif split and len(rows):
            usual[split] = rows
    if "train" not in usual and len(splits) == 1:
        return {"train": next(iter(splits.values()))}
    if "train" not in usual:
        raise DataError(f"data set {dataset} has no train split to learn from (splits: {', '.join(splits)})")
    return usual


def _read_part(source: _Source, columns: Mapping[str, str], answer: str | None) -> Split | None:
    """The rows of one table; None, with a warning, when no row has an answer."""
    part = Split(join_columns(source.read(columns)), source.origin)
    if answer and len(part.empty_rows(answer)) == len(part.rows):
        logger.warning("%s has no %ss: left out", source.origin, answer.removesuffix("s"))
        return None
    if answer == "label":
        check_labels(part.rows, part.location)
    if answer == "number":
        check_numbers(part.rows, columns[answer], part.location)
    return part


def _join(parts: Sequence[Split | None]) -> Split | None:
    """One part of the shards of a split, without line numbers when there are several."""
    from datasets import concatenate_datasets

    present = [part for part in parts if part is not None]
    if len(present) < 2:
        return present[0] if present else None
    rows = concatenate_datasets([part.rows for part in present])
    return Split(rows.remove_columns(LINE), str(Path(present[0].origin).parent))


def sample_names() -> list[str]:
    """The names of the sample data sets, of any kind."""
    try:
        folders = resources.sample_data_folder().iterdir()
        return sorted(folder.name for folder in folders if folder.is_dir() and _holds_data(folder))
    except NlprnnError:
        return []


def _holds_data(folder: Path) -> bool:
    return bool(data_files(folder)) or any(is_column_file(path, own_suffix=True) for path in plain_files(folder))
