"""Texts sorted by class: a folder a class with a text a file, or a file a class with a text a line.

Every file of a class folder is a document, with any name, with or without a suffix, and at any depth; hidden files and
files that hold no text are left out and reported.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlprnn.data.folders import content_folder, entries, plain_files, split_of_name
from nlprnn.data.formats.lines import open_bytes
from nlprnn.data.label_files import check_no_label_file
from nlprnn.data.report import Omission
from nlprnn.data.split import SPLITS
from nlprnn.errors import DataError

_NOT_CLASSES = {"unsup"}  # aclImdb's reviews without a label
_HEAD_BYTES = 8_192
_MOST_CLASS_FILES = 100
_TEXT_SUFFIXES = ("", ".txt", ".text")
_HIDDEN = (".", "__MACOSX")
_SHOWN = 5


@dataclass(frozen=True)
class ClassDocuments:
    """Documents of one split in class folders.

    Attributes:
        origin: the split's folder, for messages.
        files: the documents, by folder and name.
        folders: of each document, the folder in the split's folder, and where a class lies deeper the one in it.
        label: which of these is the class, 0 or 1; None if that cannot be known.
        left_out: files that are no documents.
        notes: choices between several readings.
    """

    origin: str
    files: tuple[Path, ...]
    folders: tuple[tuple[str, ...], ...]
    label: int | None
    left_out: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()


def find_class_folders(folder: Path, is_table: Callable[[Path], bool]) -> dict[str, ClassDocuments]:
    """Return texts that are sorted into one folder a class, such as `train/pos/1.txt`.

    Args:
        folder: the folder.
        is_table: whether a file is a table, and so no document.

    Returns:
        Split name -> its documents; all are "train" without a folder named train. {} for a folder of another form.

    Raises:
        DataError: several folders could be the same split.
    """
    folder = content_folder(folder, lambda place: [path for path in entries(place) if path.is_file()])
    inner = [path for path in entries(folder) if path.is_dir()]
    named = [(split, path) for path in inner if (split := split_of_name(path.name))]
    sorted_splits = [(split, documents) for split, path in named if (documents := _documents(path, is_table))]
    if "train" not in dict(sorted_splits):
        if "train" in dict(named) and (len(named) == len(inner) or find_class_files(folder, is_table)):
            return {}
        documents = _documents(folder, is_table)
        return {"train": documents} if documents and len(set(documents.folders)) > 1 else {}
    counts = Counter(split for split, _ in sorted_splits)
    for split, number in counts.items():
        if number > 1:
            names = ", ".join(path.name for of, path in named if of == split)
            raise DataError(f"{folder}: several folders could be the {split} split ({names}); keep one")
    splits = dict(sorted_splits)
    return {split: splits[split] for split in SPLITS if split in splits}


def find_class_files(folder: Path, is_table: Callable[[Path], bool]) -> dict[str, dict[Path, str]]:
    """Return files with a text a line, one file a class: `pos.txt` and `neg.txt`, or `reviews.pos` and `reviews.neg`.

    Args:
        folder: the folder, or one with such folders for each split.
        is_table: whether a file is a table of another form than text.

    Returns:
        Split name -> its files and their classes; all are "train" without splits. {} for a folder of another form.

    Raises:
        DataError: one file has the labels of another's lines.
    """
    folder = content_folder(folder, lambda place: [path for path in entries(place) if path.is_file()])
    files = [path for path in plain_files(folder) if not is_table(path)]
    if not any(split_of_name(path.name) for path in files):
        if classes := _classes_of_files({path: path.name for path in files}):
            return {"train": classes}
        folders = [(split, path) for path in entries(folder) if path.is_dir() and (split := split_of_name(path.name))]
        splits = {
            split: _classes_of_files({file: file.name for file in plain_files(path) if not is_table(file)})
            for split, path in folders
        }
    else:
        splits = {
            split: _classes_of_files(
                {path: _without_split(path.name) for path in files if split_of_name(path.name) == split}
            )
            for split in SPLITS
        }
    splits = {split: classes for split, classes in splits.items() if classes}
    return {split: splits[split] for split in SPLITS if split in splits} if "train" in splits else {}


def is_series(names: Iterable[str]) -> bool:
    """Whether names differ in a number alone, as "box1" and "box2", or years; numbers below 100 may be classes."""
    names = set(names)
    stems = {re.sub(r"\d+|(?<=[-_ ])[a-z]$", "", name) for name in names}
    plain = all(re.search(r"\d|[-_ ][a-z]$", name) for name in names)
    return len(names) > 1 and len(stems) == 1 and plain and (stems != {""} or min(map(len, names)) > 2)


def _documents(root: Path, is_table: Callable[[Path], bool]) -> ClassDocuments | None:
    """The documents of the class folders in a folder; None where it has none, or holds tables."""
    files = list(_walk(root))
    documents = [path for path, reason in files if not reason and not is_table(path)]
    tables = [path for path, reason in files if not reason and is_table(path)]
    if not documents or len(tables) >= len(documents):
        return None
    folders = {path: path.relative_to(root).parts[:-1] for path in documents}
    depth, label, notes = _label_depth(list(folders.values()))
    left_out = _omissions([*files, *((path, "in the form of a table") for path in tables)])
    origin = f"{root}/*" if split_of_name(root.name) else str(root)
    labelled = tuple(folders[path][:depth] for path in documents)
    return ClassDocuments(origin, tuple(documents), labelled, label, left_out, tuple(notes))


def _walk(root: Path) -> Iterable[tuple[Path, str]]:
    """Every file below the folders in a folder, and why it is no document; "" for a document."""
    for place, folders, names in os.walk(root):
        path = Path(place)
        unlabelled = path != root and path.relative_to(root).parts[0] in _NOT_CLASSES
        for name in sorted(names):
            reason = ""
            if name.startswith("."):
                reason = "hidden"
            elif path == root or unlabelled:
                reason = "outside the class folders"
            elif not _holds_text(path / name):
                reason = "without text"
            yield path / name, reason
        yield from ((path / name, "hidden") for name in folders if name.startswith(_HIDDEN))
        folders[:] = sorted(name for name in folders if not name.startswith(_HIDDEN))


def _holds_text(path: Path) -> bool:
    with open_bytes(path) as file:
        head = file.read(_HEAD_BYTES)
    return not head.startswith(b"%PDF-") and (b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")))


def _label_depth(folders: Sequence[tuple[str, ...]]) -> tuple[int, int | None, list[str]]:
    """How many folders matter, which of them is the class, and notes.

    Folders in folders are classes where their names repeat, and where the outer ones differ in a number alone.
    """
    outer = {names[0] for names in folders}
    pairs = {names[:2] for names in folders if len(names) > 1}
    inner = {names[1] for names in pairs}
    repeated = [name for name, times in Counter(names[1] for names in pairs).items() if times > 1]
    if any(len(names) < 2 for names in folders) or len(outer) < 2 or len(repeated) < 2:
        return 1, 0, []
    if is_series(outer) == is_series(inner):
        return 2, None, []
    label = 1 if is_series(outer) else 0
    shown = ", ".join(sorted(inner if label else outer)[:_SHOWN])
    return 2, label, [f"the classes are the folders {shown}, as the others are numbered (see --label-field)"]


def _omissions(reasons: Iterable[tuple[Path, str]]) -> tuple[Omission, ...]:
    files: dict[str, list[Path]] = {}
    for path, reason in reasons:
        files.setdefault(reason, []).append(path)
    files.pop("", None)
    return tuple(
        Omission(f"{reason} ({', '.join(path.name for path in paths[:_SHOWN])})", len(paths), str(paths[0]), "file")
        for reason, paths in files.items()
    )


def _classes_of_files(names: Mapping[Path, str]) -> dict[Path, str]:
    """The class of each file by these names; {} where they are no files of one class each."""
    suffixes = {Path(name).suffix.lower() for name in names.values()}
    stems = {path: Path(name).stem for path, name in names.items()}
    if suffixes <= set(_TEXT_SUFFIXES) and len(suffixes) == 1:
        classes = stems
    # Suffixes of two letters are the languages of line-aligned texts.
    elif len(suffixes) == len(names) and len(set(stems.values())) == 1 and all(len(of) > 3 for of in suffixes):
        classes = {path: Path(name).suffix.removeprefix(".") for path, name in names.items()}
    else:
        return {}
    fits = 1 < len(classes) <= _MOST_CLASS_FILES and not is_series(classes.values()) and "" not in classes.values()
    if not fits or not all(map(_holds_lines, classes)):
        return {}
    check_no_label_file(classes)
    return classes


def _holds_lines(path: Path) -> bool:
    """Whether a file holds several lines without labels of their own."""
    if not _holds_text(path):
        return False
    with open_bytes(path) as file:
        lines = [line for line in file.read(_HEAD_BYTES).splitlines() if line.strip()]
    return len(lines) > 1 and not lines[0].startswith(b"__label__")


def _without_split(name: str) -> str:
    """A file's name without the word that names its split: "pos.txt" of `train_pos.txt`."""
    words = [word for word in re.split(r"[^a-zA-Z0-9]+", Path(name).stem) if word and split_of_name(word) is None]
    return ("_".join(words) or "all") + Path(name).suffix
