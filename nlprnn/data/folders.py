"""Splits of a folder: its files of train, validation and test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from nlprnn.data.split import SPLITS
from nlprnn.errors import DataError

_SPLIT_OF_WORD = {
    **dict.fromkeys(("train", "training", "trainset"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "devel"), "validation"),
    **dict.fromkeys(("test", "testing", "testset", "eval"), "test"),
}
_SHARD = re.compile(r"-\d{5}-of-\d{5}")
# Texts about the data.
_NOT_DATA = re.compile(r"(readme|_about|license|licence|requirements|dataset_infos|metadata)\b", re.IGNORECASE)

ListFiles = Callable[[Path], list[Path]]
"""Function of a folder that returns those of its files that count."""


def split_of_name(name: str) -> str | None:
    """Return the split that a file, folder or Hub split is named after: "train", "validation", "test" or None.

    The first word that names a split decides, as in "train-00000-of-00001.parquet" or "my_dev_2016.csv".
    """
    words = re.split(r"[^a-z]+", name.lower())
    return next((_SPLIT_OF_WORD[word] for word in words if word in _SPLIT_OF_WORD), None)


def plain_files(folder: Path) -> list[Path]:
    """Return the files directly in a folder that are no README or licence, by name."""
    return [path for path in entries(folder) if path.is_file() and not _NOT_DATA.match(path.name)]


def find_splits(folder: Path, list_files: ListFiles, known: str) -> dict[str, list[Path]]:
    """Return the files of each split; see `look_for_splits`.

    Args:
        folder: the folder.
        list_files: function that lists the files of a folder that count.
        known: their suffixes, for messages.

    Raises:
        DataError: no file is usable, several could be the same split, or there is none to train on.
    """
    splits = look_for_splits(folder, list_files)
    folder = content_folder(folder, list_files)
    if not splits:
        raise DataError(f"{folder}: no data file named train, validation or test ({known}); it has {summary(folder)}")
    if "train" not in splits:
        raise DataError(
            f"{folder}: no file named train to learn from; it has {summary(folder)}; to score one of these, give it "
            "itself rather than the folder"
        )
    return splits


def only_held_out(folder: Path) -> tuple[str, Path] | None:
    """Return the split and the file of a folder that has a validation or a test split and nothing else.

    Of two line-aligned texts, such as `test.en` and `test.de`, the path is their stem.

    Args:
        folder: any path.
    """
    files = plain_files(folder) if folder.is_dir() else []
    named = {(split_of_name(path.name), path.name.partition(".")[0]) for path in files}
    if len(files) > 2 or len(named) != 1:
        return None
    split, stem = named.pop()
    if split not in ("validation", "test"):
        return None
    return split, files[0] if len(files) == 1 else folder / stem


def look_for_splits(folder: Path, list_files: ListFiles) -> dict[str, list[Path]]:
    """Return the files of the splits that a folder has.

    In this order: files named after a split; a single file (all rows, as "train"); the same in a folder `data`;
    sub-folders named after a split, with files in them.

    Args:
        folder: the folder.
        list_files: function that lists the files of a folder that count.

    Returns:
        Split name -> its files, several if they are shards of one table; train, validation, test.

    Raises:
        DataError: several files could be the same split.
    """
    folder = content_folder(folder, list_files)
    files = list_files(folder)
    splits = _by_split(files, folder)
    if not splits and len(files) == 1:
        return {"train": files}
    if not splits:
        inner = [path for path in entries(folder) if path.is_dir() and split_of_name(path.name)]
        splits = _by_split([path for place in inner for path in list_files(place)], folder)
    return splits


def summary(folder: Path) -> str:
    """Return the first names in a folder, for messages."""
    names = [path.name + ("/" if path.is_dir() else "") for path in entries(folder)]
    if not names:
        return "nothing: the folder is empty"
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def content_folder(folder: Path, list_files: ListFiles) -> Path:
    """Return the folder with the data: one named `data`, or the only one, where the folder has no files of its own."""
    while not list_files(folder):
        inner = [path for path in entries(folder) if path.is_dir()]
        data = [path for path in inner if path.name == "data"] or (inner if len(inner) == 1 else [])
        if not data or split_of_name(data[0].name):
            break
        folder = data[0]
    return folder


def _by_split(files: Iterable[Path], folder: Path) -> dict[str, list[Path]]:
    splits: dict[str, list[Path]] = {}
    for path in files:
        # The folder decides where the file does not: `train/rows.jsonl`.
        split = split_of_name(path.name) or (split_of_name(path.parent.name) if path.parent != folder else None)
        if split:
            splits.setdefault(split, []).append(path)
    for split, paths in splits.items():
        if len(paths) > 1 and not _are_shards(paths, folder):
            names = ", ".join(str(path.relative_to(folder)) for path in paths[:5])
            raise DataError(f"{folder}: several files could be the {split} split ({names}); keep one")
    return {split: splits[split] for split in SPLITS if split in splits}


def _are_shards(paths: Sequence[Path], folder: Path) -> bool:
    """Whether files are pieces of one table: by their numbers, or as the files of one suffix in a split's folder."""
    numberless = {re.sub(r"\d+", "", _SHARD.sub("", path.name)) for path in paths}
    inside = len({path.parent for path in paths}) == 1 and paths[0].parent != folder
    return len(numberless) == 1 or (inside and len({path.suffix for path in paths}) == 1)


def entries(folder: Path) -> list[Path]:
    """Return the files and folders directly in a folder that are not hidden, by name.

    Raises:
        DataError: the folder may not be read.
    """
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except PermissionError:
        raise DataError(f"{folder} may not be read: change its permissions") from None
