"""Sources of a dataset by its name: a sample, a Hub id, a folder, a file, or the stem of line-aligned texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn import resources
from nlprnn.data.folders import find_class_folders, find_splits, plain_files, split_of_name
from nlprnn.data.formats.hub import is_hub_id, load_hub
from nlprnn.data.formats.lines import suffix
from nlprnn.data.formats.parallel import find_pairs, find_stem
from nlprnn.data.formats.parquet import TypedTable
from nlprnn.data.formats.plain import ClassFolders
from nlprnn.data.formats.registry import TABLES, TAGGED, Formats
from nlprnn.data.formats.source import Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError, NlprnnError

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger(__name__)

Sources = Mapping[str, Sequence[Source]]
"""Split name -> its sources, several when it is in shards."""


def find_sources(dataset: str, formats: Formats, options: ReadOptions) -> Sources:
    """Return the sources of each split of a dataset.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        formats: possible formats of a file; tables may also be texts in one folder a class.
        options: options for reading.

    Raises:
        DataError: there is no such dataset, it has no split to train on, or a file is damaged.
    """
    path = local_path(dataset)
    if path is None:
        return _hub_splits(dataset, options)
    if path.is_dir():
        if formats is TABLES and not formats.files(path) and (folders := find_class_folders(path, text_files)):
            return {split: [_class_folders(path, split, documents, options)] for split, documents in folders.items()}
        splits = find_splits(path, formats.files, formats.known)
        if sum(map(len, splits.values())) > 1:
            return {split: [formats.open(file, options) for file in files] for split, files in splits.items()}
        (path,) = splits["train"]
    if not formats.can_open(path):
        stem = "the name that line-aligned texts have in common (corpus/train for corpus/train.en and corpus/train.de)"
        mend = f"{formats.known}, or {stem}" if formats is TABLES else formats.known
        raise DataError(f"{path}: unknown kind of file; give {mend}")
    return {split: [source] for split, source in formats.open_splits(path, options).items()}


def find_parallel(dataset: str, named: Sequence[str], options: ReadOptions) -> Sources:
    """Return the line-aligned texts of a folder or stem; {} for any other dataset.

    Args:
        dataset: a folder, or the path with which the names of the files begin.
        named: the suffixes that the user names, if any.
        options: options for reading.

    Raises:
        DataError: a folder has neither tables nor line-aligned texts to train on, or both.
    """
    path = Path(dataset).expanduser()
    if dataset and path.is_dir():
        return find_pairs(path, named, options)
    pair = None if not dataset or path.exists() or dataset in sample_names() else find_stem(path, named, options)
    return {"train": [pair]} if pair else {}


def find_texts(dataset: str) -> dict[str, list[Path]]:
    """Return the text files of each split, all as train if none is named after a split; {} for any other dataset.

    Raises:
        DataError: there is no such dataset, or its files belong to no split to train on.
    """
    path = local_path(dataset)
    files = [] if path is None else [path] if path.is_file() else TABLES.files(path)
    if path is None or any(suffix(file) != ".txt" for file in files):
        return {}
    if path.is_dir() and any(split_of_name(file.name) for file in files):
        return find_splits(path, TABLES.files, TABLES.known)
    return {"train": files} if files else {}


def text_files(folder: Path) -> list[Path]:
    """Return the text files directly in a folder."""
    return [path for path in TABLES.files(folder) if suffix(path) == ".txt"]


def local_path(dataset: str) -> Path | None:
    """Return the file or folder that the name of a dataset means; None if it can only be a Hub id.

    Raises:
        DataError: it is a path, and nothing is there.
    """
    path = Path(dataset).expanduser()
    if dataset and path.exists():
        return path
    if dataset in sample_names():
        return resources.sample_data_folder() / dataset
    looks_local = dataset.startswith((".", "/", "~")) or dataset.count("/") > 1 or _is_data_file(path)
    if looks_local or not is_hub_id(dataset):
        raise DataError(f"{dataset!r}: no such file or folder")
    return None


def sample_names() -> list[str]:
    """Return the names of the sample datasets."""
    try:
        folders = resources.sample_data_folder().iterdir()
        return sorted(path.name for path in folders if path.is_dir() and any(map(_is_data_file, plain_files(path))))
    except NlprnnError:
        return []


def _class_folders(
    folder: Path, split: str, documents: Sequence[tuple[Path, str]], options: ReadOptions
) -> ClassFolders:
    files, labels = (tuple(column) for column in zip(*documents, strict=True))
    return ClassFolders(f"{folder} ({split})", options, files, labels)


def _is_data_file(path: Path) -> bool:
    return TABLES.can_open(path) or TAGGED.can_open(path)


def _hub_splits(dataset: str, options: ReadOptions) -> Sources:
    """The splits of a Hub dataset under their usual names; a single split of another name is "train"."""
    samples = ", ".join(sample_names()) or "none"
    unknown = f"{dataset!r} is not a file or folder here, no sample of that name (samples: {samples})"
    splits = load_hub(dataset, unknown=unknown)
    usual: dict[str, Dataset] = {}
    for name, rows in splits.items():
        split = split_of_name(name)
        if split in usual and len(rows):
            logger.warning("dataset %s has several splits for %s: %s is left out", dataset, split, name)
        elif split and len(rows):
            usual[split] = rows
    if "train" not in usual and len(splits) == 1:
        usual = {"train": next(iter(splits.values()))}
    if "train" not in usual:
        raise DataError(f"dataset {dataset} has no train split to learn from (splits: {', '.join(splits)})")
    form = "Hugging Face dataset"
    return {split: [TypedTable(f"{dataset} ({split})", options, rows.flatten(), form)] for split, rows in usual.items()}
