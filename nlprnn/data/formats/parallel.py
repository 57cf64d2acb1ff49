"""Line-aligned texts, the usual form of parallel corpora: `train.en` and `train.de`, where line n of one file
is the translation of line n of the other.

A file's side is the last part of its name, its suffix: "en" in `train.en`, `train.en.gz`, `train.en.txt` and
`train.en-de.en`. Files with the same name before it belong together; they go by the pattern `train.*` here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn.data.column_roles import SIDE
from nlprnn.data.readers import Row, file_format, read_lines
from nlprnn.data.split_files import data_files, find_splits, look_for_splits, plain_files, split_of_name, summary
from nlprnn.data.tables import LINE, file_stamp, make_table
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

_PACKING = re.compile(r"(\.txt)?(\.gz)?$", re.IGNORECASE)
# Suffix -> its files: more than one, such as `train.en` and `train.en.gz`, is an error once they are read.
_Sides = dict[str, list[Path]]


@dataclass(frozen=True)
class ParallelText:
    """Line-aligned files of one stem, as a table with a column for each suffix.

    Attributes:
        pattern: the files' common stem and ".*".
        sides: suffix -> its files.
    """

    pattern: Path
    sides: Mapping[str, Sequence[Path]]

    @property
    def origin(self) -> str:
        """The pattern, for messages."""
        return str(self.pattern)

    def kinds(self) -> dict[str, str]:
        """Suffix -> `SIDE`: which is the source cannot be known from the files."""
        return dict.fromkeys(sorted(self.sides), SIDE)

    def read(self, columns: Mapping[str, str]) -> Dataset:
        """Read the table of role -> suffix, with line numbers, as `read_table` does.

        Raises:
            DataError: the files differ in their number of lines, are empty or damaged, or a side has several.
        """
        files = []
        for suffix in columns.values():
            if len(self.sides[suffix]) > 1:
                names = ", ".join(path.name for path in self.sides[suffix])
                raise DataError(f"{self.origin}: several files could be the side {suffix!r} ({names}); keep one")
            files += self.sides[suffix]
        return make_table(_pairs, self.pattern, file_stamp(files), tuple(columns), [str(path) for path in files])


def find_stem(stem: Path, named: Sequence[str]) -> ParallelText | None:
    """The line-aligned files whose names go on behind a stem: `corpus/train` for `corpus/train.en`.

    Args:
        stem: the common path of the files, without the point.
        named: the suffixes that are asked for, as far as they are.

    Returns:
        The files, among them one of `named` (two of any suffix where none is named); None without such.
    """
    if not stem.name or not stem.parent.is_dir():
        return None
    pattern = stem.with_name(f"{stem.name}.*")
    sides = _find_sides(stem.parent, named).get(pattern, {})
    return ParallelText(pattern, sides) if sides.keys() & set(named) or len(sides) > 1 else None


def find_pairs(folder: Path, named: Sequence[str]) -> dict[str, list[ParallelText]]:
    """Find the line-aligned files of each split, in the places where `find_splits` looks for tables.

    Args:
        folder: the folder.
        named: the suffixes that are asked for, as far as they are. One may have several parts ("tok.en").

    Returns:
        Split name -> its files; {} where the folder holds tables. A split may lack one of `named`.

    Raises:
        DataError: the folder has neither, or both, or several of a split, or none to train on.
    """
    if _tables_come_first(folder, named):
        return {}
    for suffixes in (named, ()):  # without those asked for, the suffixes there are shall be told
        patterns = partial(_patterns, named=suffixes)
        if look_for_splits(folder, patterns):
            return {
                split: [ParallelText(path, _find_sides(path.parent, suffixes)[path]) for path in paths]
                for split, paths in find_splits(folder, patterns).items()
            }
    raise DataError(
        f"{folder}: neither a table nor line-aligned texts named train, such as train.en and train.de for "
        f"--source en --target de; found {summary(folder)}"
    )


def _tables_come_first(folder: Path, named: Sequence[str]) -> bool:
    """Whether there is a table to train on, and no pair that is asked for and has a better name."""
    table = look_for_splits(folder, _tables).get("train", [])[:1]
    pattern = look_for_splits(folder, partial(_whole, named=named)).get("train", [])[:1] if named else []
    if not table or not pattern:
        return bool(table)
    found = [str(path.relative_to(folder)) for path in (*table, *pattern)]
    table_fits, pattern_fits = (split_of_name(name) is not None for name in found)
    if table_fits == pattern_fits:
        raise DataError(f"{folder}: several files could be the train split ({', '.join(found)}); keep one")
    return table_fits


def _tables(folder: Path) -> list[Path]:
    return [path for path in data_files(folder) if file_format(path) != "txt"]


def _find_sides(folder: Path, named: Sequence[str]) -> dict[Path, _Sides]:
    """Pattern -> suffix -> files. The suffix is the longest of `named`, else what follows the last point."""
    found: dict[Path, _Sides] = {}
    for path in plain_files(folder):
        name = _PACKING.sub("", path.name)
        if file_format(path) not in (None, "txt"):
            continue
        fitting = [suffix for suffix in named if name.endswith(f".{suffix}")]
        suffix = max(fitting, key=len, default=name.rpartition(".")[2])
        stem = name.removesuffix(f".{suffix}")
        if stem != name:
            found.setdefault(folder / f"{stem}.*", {}).setdefault(suffix, []).append(path)
    return found


def _whole(folder: Path, named: Sequence[str]) -> list[Path]:
    """The patterns with two sides or more, and with all of `named`."""
    sides = _find_sides(folder, named)
    return [pattern for pattern, files in sides.items() if len(files) > 1 and files.keys() >= set(named)]


def _patterns(folder: Path, named: Sequence[str]) -> list[Path]:
    """The whole patterns, and those with one of `named` for splits that have no whole one."""
    whole = _whole(folder, named)
    served = {None, *(split_of_name(pattern.name) for pattern in whole)}
    half = [pattern for pattern, files in _find_sides(folder, named).items() if files.keys() & set(named)]
    return sorted({*whole, *(pattern for pattern in half if split_of_name(pattern.name) not in served)})


def _pairs(path: str, stamp: str, names: Sequence[str], values: Sequence[str]) -> Iterator[Row]:
    readers = [read_lines(Path(file)) for file in values]
    number = 0
    for number, lines in enumerate(zip_longest(*readers), start=1):
        if None in lines:
            left = [sum(1 for _ in reader) for reader in readers]
            counts = [number - 1 if line is None else number + rest for line, rest in zip(lines, left, strict=True)]
            told = ", but ".join(f"{file} has {count:,}" for file, count in zip(values, counts, strict=True))
            raise DataError(f"lines do not match: {told}; line n of one must be the translation of line n of the other")
        texts = (line.removesuffix("\n").removesuffix("\r") for line in lines)
        yield {**dict(zip(names, texts, strict=True)), LINE: number}
    if not number:
        raise DataError(f"{' and '.join(values)} are empty: they have no lines")
