"""Line-aligned texts, the usual form of parallel corpora: `train.en` and `train.de`, line n a translation of line n.

A file's column is the last piece of its name, its suffix: "en" in `train.en`, `train.en.gz`, `train.en.txt` and
`train.en-de.en`. Files with the same name before it belong together; they go by the pattern `train.*` here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Self

from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.folders import find_splits, look_for_splits, plain_files, split_of_name, summary
from nlprnn.data.formats.delimited import is_table
from nlprnn.data.formats.lines import read_lines, suffix, text_encoding
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.formats.source import Dialect, FileSource, NumberedRows
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_PACKING = re.compile(r"(\.txt)?(\.(gz|bz2|xz))?$", re.IGNORECASE)


@dataclass(frozen=True)
class ParallelText(FileSource):
    """Line-aligned files of one stem as a table with a column for each suffix; `suffixes` are those of the files."""

    suffixes: tuple[str, ...]

    @classmethod
    def of(cls, pattern: Path, by_suffix: Mapping[str, Sequence[Path]], options: ReadOptions) -> Self:
        """Return the text of a pattern; several files of one suffix are an error once they are read."""
        pairs = [(path, name) for name, paths in by_suffix.items() for path in paths]
        return cls(str(pattern), options, tuple(path for path, _ in pairs), tuple(name for _, name in pairs))

    def dialect(self) -> Dialect:
        """Return the form: line n of each file belongs together."""
        return Dialect("line-aligned texts", text_encoding(self.files[0], self.options.encoding))

    def schema(self) -> Schema:
        """Return the suffixes: which is the source cannot be known from the files."""
        return Schema(self.origin, dict.fromkeys(sorted(set(self.suffixes)), Kind.TEXT), noun="suffix", ordered=False)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line number, a line of each suffix that is chosen).

        Raises:
            DataError: the files differ in their number of lines, are empty or damaged, or a suffix has several.
        """
        paths: dict[str, Path] = {}
        for chosen in map(str, columns.values()):
            files = [path for path, name in zip(self.files, self.suffixes, strict=True) if name == chosen]
            if len(files) > 1:
                names = ", ".join(path.name for path in files)
                raise DataError(f"{self.origin}: several files could be the suffix {chosen!r} ({names}); keep one")
            paths[chosen] = files[0]
        texts = [read_lines(path, self.options.encoding) for path in paths.values()]
        number = 0
        for number, lines in enumerate(zip_longest(*texts), start=1):
            if None in lines:
                left = [sum(1 for _ in text) for text in texts]
                counts = [number - 1 if line is None else number + rest for line, rest in zip(lines, left, strict=True)]
                sizes = [f"{path} has {count:,}" for path, count in zip(paths.values(), counts, strict=True)]
                raise DataError(
                    f"lines do not match: {', but '.join(sizes)}; line n of one must be the translation of line n of "
                    "the other"
                )
            plain = (line.removesuffix("\n").removesuffix("\r") for line in lines)
            yield number, dict(zip(paths, plain, strict=True))
        if not number:
            raise DataError(f"{' and '.join(map(str, paths.values()))} are empty: they have no lines")


def find_stem(stem: Path, named: Sequence[str], options: ReadOptions) -> ParallelText | None:
    """Return the line-aligned files whose names go on behind a stem: `corpus/train` for `corpus/train.en`.

    Args:
        stem: the common path of the files, without the point.
        named: the suffixes that the user names, if any.
        options: options for reading.

    Returns:
        The files, among them one of `named` (two of any suffix where none is named); None without such.
    """
    if not stem.name or not stem.parent.is_dir():
        return None
    pattern = stem.with_name(f"{stem.name}.*")
    by_suffix = _by_pattern(stem.parent, named).get(pattern, {})
    return ParallelText.of(pattern, by_suffix, options) if by_suffix.keys() & set(named) or len(by_suffix) > 1 else None


def find_pairs(folder: Path, named: Sequence[str], options: ReadOptions) -> dict[str, list[ParallelText]]:
    """Return the line-aligned files of each split, in the places where `find_splits` looks for tables.

    Args:
        folder: the folder.
        named: the suffixes that the user names, if any; one may have a point inside ("tok.en").
        options: options for reading.

    Returns:
        Split name -> its files; {} where the folder holds tables. A split may lack one of `named`.

    Raises:
        DataError: the folder has neither, or both, or several of a split, or none to train on.
    """
    if _tables_come_first(folder, named):
        return {}
    for suffixes in (named, ()):  # without the named ones, so that an error can list the suffixes there are
        list_patterns = partial(_patterns, named=suffixes)
        if look_for_splits(folder, list_patterns):
            return {
                split: [ParallelText.of(path, _by_pattern(path.parent, suffixes)[path], options) for path in paths]
                for split, paths in find_splits(folder, list_patterns, TABLES.known).items()
            }
    if any(is_table(path, options) for path in TABLES.files(folder)):
        return {}
    raise DataError(
        f"{folder}: neither a table nor line-aligned texts named train, such as train.en and train.de for "
        f"--source en --target de; it has {summary(folder)}"
    )


def _tables_come_first(folder: Path, named: Sequence[str]) -> bool:
    """Whether there is a table to train on, and no pair with one of the named suffixes that has a better name."""
    table = look_for_splits(folder, _tables).get("train", [])[:1]
    pattern = look_for_splits(folder, partial(_whole, named=named)).get("train", [])[:1] if named else []
    if not table or not pattern:
        return bool(table)
    names = [str(path.relative_to(folder)) for path in (*table, *pattern)]
    table_fits, pattern_fits = (split_of_name(name) is not None for name in names)
    if table_fits == pattern_fits:
        raise DataError(f"{folder}: several files could be the train split ({', '.join(names)}); keep one")
    return table_fits


def _tables(folder: Path) -> list[Path]:
    return [path for path in TABLES.files(folder) if suffix(path) != ".txt"]


def _by_pattern(folder: Path, named: Sequence[str]) -> dict[Path, dict[str, list[Path]]]:
    """The files by pattern and suffix, which is the longest of `named`, else what follows the last point."""
    patterns: dict[Path, dict[str, list[Path]]] = {}
    for path in plain_files(folder):
        name = _PACKING.sub("", path.name)
        if TABLES.can_open(path) and suffix(path) != ".txt":
            continue
        fitting = [ending for ending in named if name.endswith(f".{ending}")]
        ending = max(fitting, key=len, default=name.rpartition(".")[2])
        stem = name.removesuffix(f".{ending}")
        if stem != name:
            patterns.setdefault(folder / f"{stem}.*", {}).setdefault(ending, []).append(path)
    return patterns


def _whole(folder: Path, named: Sequence[str]) -> list[Path]:
    """The patterns with two suffixes or more, and with all of `named`."""
    patterns = _by_pattern(folder, named)
    return [pattern for pattern, files in patterns.items() if len(files) > 1 and files.keys() >= set(named)]


def _patterns(folder: Path, named: Sequence[str]) -> list[Path]:
    """The whole patterns, and those with one of `named` for splits that have no whole one."""
    whole = _whole(folder, named)
    served = {None, *(split_of_name(pattern.name) for pattern in whole)}
    half = [pattern for pattern, files in _by_pattern(folder, named).items() if files.keys() & set(named)]
    return sorted({*whole, *(pattern for pattern in half if split_of_name(pattern.name) not in served)})
