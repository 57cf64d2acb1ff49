"""Sources of a folder: texts sorted by class, files named after splits, or several files of one data set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from nlprnn.data.class_folders import ClassDocuments, find_class_files, find_class_folders
from nlprnn.data.folders import content_folder, entries, find_splits, look_for_splits, plain_files, split_of_name
from nlprnn.data.formats.class_texts import ClassFile, ClassFolders
from nlprnn.data.formats.lines import suffix
from nlprnn.data.formats.registry import TABLES, TAGGED, Formats
from nlprnn.data.formats.source import Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_SHOWN = 5


def folder_sources(folder: Path, formats: Formats, options: ReadOptions) -> dict[str, list[Source]]:
    """Return the sources of each split of a folder, with notes of what is not read.

    Args:
        folder: the folder.
        formats: possible formats of a file; tables may also be texts sorted by class.
        options: options for reading.

    Raises:
        DataError: the folder has nothing to train on, its files do not belong together, or one is damaged.
    """
    files = formats.files(content_folder(folder, formats.files))
    if formats is TABLES and not any(map(_is_table, files)):
        if not any(split_of_name(path.name) for path in files) and (of := find_class_folders(folder, _is_table)):
            return {split: [_class_folders(documents, options)] for split, documents in of.items()}
        if classes := find_class_files(folder, _is_table):
            return {split: [_class_file(*pair, options) for pair in files.items()] for split, files in classes.items()}
    if len(files) > 1 and not look_for_splits(folder, formats.files):
        return {"train": _one_data_set([formats.open(file, options) for file in files], folder)}
    splits = find_splits(folder, formats.files, formats.known)
    notes = unread_notes(content_folder(folder, formats.files), chain.from_iterable(splits.values()))
    if sum(map(len, splits.values())) == 1:  # its content may name splits
        sources = {split: [source] for split, source in formats.open_splits(splits["train"][0], options).items()}
    else:
        sources = {split: [formats.open(file, options) for file in shards] for split, shards in splits.items()}
    return {**sources, "train": _noted(sources["train"], notes)}


def unread_notes(folder: Path, read: Iterable[Path]) -> tuple[str, ...]:
    """Return a note of the files of a folder, and of its folders named after splits, that are not read, if any.

    Args:
        folder: the folder.
        read: the files that are.
    """
    read = set(read)
    data = {*plain_files(folder), *filter(_is_table, entries(folder))}
    unread = [file.name for file in sorted(data - read) if file.is_file()]
    unread += [f"{path.name}/" for path in entries(folder) if path.is_dir() and _is_passed_over(path, read)]
    note = f"not read: {', '.join(unread[:_SHOWN])}"
    return (note + (f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""),) if unread else ()


def _is_passed_over(folder: Path, used: Collection[Path]) -> bool:
    """Whether a folder is named after a split, and none of its files is read."""
    return split_of_name(folder.name) is not None and not any(folder in path.parents for path in used)


def _is_table(path: Path) -> bool:
    """Whether a file is of a format with columns, rather than a text."""
    return (TABLES.can_open(path) or TAGGED.can_open(path)) and suffix(path) != ".txt"


def _one_data_set(sources: Sequence[Source], folder: Path) -> list[Source]:
    """Files without the names of splits, which are the shards of one table.

    Raises:
        DataError: they have different columns.
    """
    first = sources[0]
    schema = first.schema()
    for source in sources[1:]:
        if (other := source.schema()).kinds.keys() != schema.kinds.keys():
            raise DataError(
                f"{folder}: {Path(first.origin).name} and {Path(source.origin).name} have different columns "
                f"({', '.join(schema.kinds)}; {', '.join(other.kinds)}), and are not one data set; name the files "
                "train, validation and test, or give one of them"
            )
    note = f"no file of {folder} is named train, validation or test: the {len(sources)} files are one data set"
    return _noted(sources, (note,))


def _noted(sources: Sequence[Source], notes: tuple[str, ...]) -> list[Source]:
    """The sources, of which the first has the notes."""
    return [replace(sources[0], notes=notes), *sources[1:]]


def _class_folders(documents: ClassDocuments, options: ReadOptions) -> Source:
    return ClassFolders(
        documents.origin,
        options,
        documents.files,
        documents.folders,
        documents.label,
        documents.left_out,
        notes=documents.notes,
    )


def _class_file(path: Path, label: str, options: ReadOptions) -> Source:
    return ClassFile(str(path), options, (path,), label)
