"""Files in folders that are named after their class, such as `train/walk/1.npy`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nlprnn.data.folders import entries, split_of_name


def files_by_class(folder: Path, fits: Callable[[Path], bool]) -> dict[str, list[tuple[Path, str]]]:
    """Return the files of each split with the names of their folders.

    Args:
        folder: with folders of files, which may be in folders named after splits.
        fits: whether a file counts.

    Returns:
        Split name -> files, by folder and name, all as "train" without a folder of this name; {} where there is none.
    """
    inner = [path for path in entries(folder) if path.is_dir()]
    named = {split_of_name(path.name): path for path in inner if any(child.is_dir() for child in entries(path))}
    if "train" in named:
        return {split: _files(path, fits) for split, path in named.items() if split}
    files = _files(folder, fits)
    return {"train": files} if files else {}


def _files(folder: Path, fits: Callable[[Path], bool]) -> list[tuple[Path, str]]:
    folders = [inner for inner in entries(folder) if inner.is_dir()]
    return [(path, inner.name) for inner in folders for path in entries(inner) if path.is_file() and fits(path)]
