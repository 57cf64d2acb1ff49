"""Sources of a dataset by its name: a sample, a Hub id, a folder, a file, or the stem of line-aligned texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn import resources
from nlprnn.data.folder_sources import folder_sources
from nlprnn.data.folders import find_splits, plain_files, split_of_name
from nlprnn.data.formats.archive import unpacked
from nlprnn.data.formats.arrow import is_saved, load_saved
from nlprnn.data.formats.hub import is_hub_id, load_hub
from nlprnn.data.formats.other_kinds import advice
from nlprnn.data.formats.parallel import find_pairs, find_stem
from nlprnn.data.formats.parquet import TypedTable
from nlprnn.data.formats.registry import TABLES, TAGGED, Formats, has_open_suffix
from nlprnn.data.formats.source import Source
from nlprnn.data.formats.streamed import StreamedTable
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError, NlprnnError
from nlprnn.path_kinds import kind_of_path

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

logger = logging.getLogger(__name__)

_MODEL_FILES = ("run.json", "model.safetensors")

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
    if path.is_dir() and is_saved(path):
        form, saved = "Arrow, of save_to_disk", load_saved(path)
        if len(saved) == 1:
            return {"train": [TypedTable(str(path), options, table.flatten(), form) for table in saved.values()]}
        return _typed_splits(saved, str(path), options, form)
    if path.is_dir():
        return folder_sources(path, formats, options)
    if has_open_suffix(path):
        return {"train": [formats.open_by_content(path, options)]}
    if kind := advice(path):
        raise DataError(f"{path} is {kind}")
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
    path = _data_path(dataset)
    if path is not None and path.is_dir() and not is_saved(path):
        return find_pairs(path, named, options)
    if path is not None or not dataset or dataset in sample_names():
        return {}
    pair = find_stem(Path(dataset).expanduser(), named, options)
    return {"train": [pair]} if pair else {}


def find_texts(dataset: str, options: ReadOptions) -> dict[str, list[Path]]:
    """Return the text files of each split, all as train if none is named after a split; {} for any other dataset.

    Args:
        dataset: name of the dataset.
        options: options for reading.

    Raises:
        DataError: there is no such dataset, or its files belong to no split to train on.
    """
    path = local_path(dataset)
    files = [] if path is None else [path] if path.is_file() else TABLES.files(path)
    if path is None or not all(TABLES.is_running_text(file, options) for file in files):
        return {}
    if path.is_dir() and any(split_of_name(file.name) for file in files):
        return find_splits(path, TABLES.files, TABLES.known)
    return {"train": files} if files else {}


def local_path(dataset: str) -> Path | None:
    """Return the file or folder that the name of a dataset means; None if it can only be a Hub id.

    Raises:
        DataError: it is a path, and nothing is there, or the folder of a run or a model.
    """
    path = Path(dataset).expanduser()
    if (data := _data_path(dataset)) is not None:
        return data
    if dataset in sample_names():
        return resources.sample_data_folder() / dataset
    looks_local = dataset.startswith((".", "/", "~")) or dataset.count("/") > 1 or _is_data_file(path)
    if looks_local or not is_hub_id(dataset):
        raise DataError(f"{dataset!r}: no such file or folder")
    return None


def _data_path(dataset: str) -> Path | None:
    """The existing file or folder of a name; None where there is none, or it is a sample and the folder is of a run.

    Raises:
        DataError: it is the folder of a run or a model.
    """
    path = Path(dataset).expanduser()
    if not dataset or not path.exists():
        return None
    if not path.is_file() and not path.is_dir():
        raise DataError(f"{path} is {kind_of_path(path)}: data are read several times, so write them to a file")
    if path.suffix.lower() == ".zip" and path.is_file():
        return unpacked(path)
    if not path.is_dir() or not (trace := next((name for name in _MODEL_FILES if (path / name).is_file()), "")):
        return path if path.is_file() or dataset not in sample_names() or any(path.iterdir()) else None
    if dataset in sample_names():
        return None
    raise DataError(
        f"{path} is the folder of a run or a model (it has {trace}), and no data set; give the data as --dataset, and "
        "another folder as --out"
    )


def sample_names() -> list[str]:
    """Return the names of the sample datasets."""
    try:
        folders = resources.sample_data_folder().iterdir()
        return sorted(path.name for path in folders if path.is_dir() and any(map(_is_data_file, plain_files(path))))
    except NlprnnError:
        return []


def _is_data_file(path: Path) -> bool:
    return TABLES.can_open(path) or TAGGED.can_open(path)


def _hub_splits(dataset: str, options: ReadOptions) -> Sources:
    samples = ", ".join(sample_names()) or "none"
    unknown = f"{dataset!r} is not a file or folder here, no sample of that name (samples: {samples})"
    splits = load_hub(dataset, unknown=unknown, streaming=options.streaming)
    return _typed_splits(splits, dataset, options, "Hugging Face dataset")


def _typed_splits(
    splits: Mapping[str, Dataset | IterableDataset],
    dataset: str,
    options: ReadOptions,
    form: str,
) -> Sources:
    """The splits under their usual names; a single split of another name is "train"."""
    usual: dict[str, Dataset | IterableDataset] = {}
    for name, rows in splits.items():
        split = split_of_name(name)
        if split in usual and _has_rows(rows):
            logger.warning("dataset %s has several splits for %s: %s is left out", dataset, split, name)
        elif split and _has_rows(rows):
            usual[split] = rows
    if "train" not in usual and len(splits) == 1:
        usual = {"train": next(iter(splits.values()))}
    if "train" not in usual:
        raise DataError(f"dataset {dataset} has no train split to learn from (splits: {', '.join(splits)})")
    return {split: [_typed(f"{dataset} ({split})", options, rows, form)] for split, rows in usual.items()}


def _has_rows(rows: Dataset | IterableDataset) -> bool:
    return len(rows) > 0 if hasattr(rows, "num_rows") else True


def _typed(origin: str, options: ReadOptions, rows: Dataset | IterableDataset, form: str) -> Source:
    if hasattr(rows, "num_rows"):
        return TypedTable(origin, options, rows.flatten(), form)
    return StreamedTable(origin, options, rows, form)
