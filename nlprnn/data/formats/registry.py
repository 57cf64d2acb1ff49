"""Formats by suffix: those of tables, and those of tagged sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlprnn.data.folders import plain_files
from nlprnn.data.formats.arrow import open_arrow
from nlprnn.data.formats.conll import ColumnFile
from nlprnn.data.formats.delimited import delimited_dialect, has_even_rows, is_table, read_delimited
from nlprnn.data.formats.json import LINE_SUFFIXES, open_json, open_json_splits
from nlprnn.data.formats.lines import is_packed, open_bytes, read_lines, suffix
from nlprnn.data.formats.other_kinds import other_kind
from nlprnn.data.formats.parquet import open_parquet
from nlprnn.data.formats.plain import plain_dialect, read_plain
from nlprnn.data.formats.source import Dialect, NumberedRows, Source, TextFile
from nlprnn.data.formats.streamed import open_streamed_parquet
from nlprnn.data.formats.tmx import open_tmx
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError


@dataclass(frozen=True)
class Formats:
    """Formats of one kind of data.

    Attributes:
        by_suffix: suffix -> function that opens a file; all but Parquet and Arrow may be packed, as with gzip.
        known: the suffixes, for messages.
    """

    by_suffix: Mapping[str, Callable[[Path, ReadOptions], Source]]
    known: str

    def can_open(self, path: Path) -> bool:
        """Whether a file has the suffix of one of the formats."""
        return suffix(path) in self.by_suffix and not (suffix(path) in _TYPED and is_packed(path))

    def open(self, path: Path, options: ReadOptions) -> Source:
        """Return the source of a file that `can_open`.

        Raises:
            DataError: the file is damaged.
        """
        return self.by_suffix[suffix(path)](path, options)

    def open_splits(self, path: Path, options: ReadOptions) -> dict[str, Source]:
        """Return the source of each split of a file that `can_open`: mostly all of it as "train".

        Raises:
            DataError: the file is damaged.
        """
        splits = open_json_splits(path, options) if suffix(path) == ".json" else {}
        return splits or {"train": self.open(path, options)}

    def open_by_content(self, path: Path, options: ReadOptions) -> Source:
        """Return the source of a file by its content (`has_open_suffix`): JSON or Parquet, a table, or a text.

        Raises:
            DataError: the file is damaged or empty.
        """
        return self.by_suffix[self._suffix_of_content(path, options)](path, options)

    def is_running_text(self, path: Path, options: ReadOptions) -> bool:
        """Whether a file is a text file by its suffix, or by its content where it has none."""
        if not has_open_suffix(path) or not path.is_file():
            return suffix(path) == ".txt"
        return self._suffix_of_content(path, options) == ".txt"

    def _suffix_of_content(self, path: Path, options: ReadOptions) -> str:
        """The suffix that fits the content of a file."""
        with open_bytes(path) as file:
            if file.read(4) == b"PAR1":
                return ".parquet"
        start = next((line for line in read_lines(path, options.encoding) if not line.isspace()), "").lstrip()[:1]
        if start in ("{", "["):
            return ".json"
        return ".csv" if self is TABLES and has_even_rows(path, options) else ".txt"

    def files(self, folder: Path) -> list[Path]:
        """Return the files directly in a folder that can be opened."""
        return [path for path in plain_files(folder) if self.can_open(path)]


def has_open_suffix(path: Path) -> bool:
    """Whether the content of a file decides on its format, as it has no suffix, or .dat, which may be anything."""
    return not path.suffix or suffix(path) == ".dat"


_TYPED = (".parquet", ".arrow", ".feather")
_Open = Callable[[Path, ReadOptions], Source]


def _text_file(
    parse: Callable[[Path, ReadOptions], NumberedRows], describe: Callable[[Path, ReadOptions], Dialect]
) -> _Open:
    return lambda path, options: TextFile(str(path), options, (path,), parse, describe)


def _open_text(path: Path, options: ReadOptions) -> Source:
    """Open a text file: as a table if each line has the same number of cells between tabs, else with a text a line."""
    return (_DELIMITED if is_table(path, options) else _PLAIN)(path, options)


def _open_parquet(path: Path, options: ReadOptions) -> Source:
    return open_streamed_parquet(path, options) if options.streaming else open_parquet(path, options)


def _open_delimited(path: Path, options: ReadOptions) -> Source:
    """Open a table; DataError for a file of another kind that was given the suffix of one."""
    first = next((line for line in read_lines(path, options.encoding) if not line.isspace()), "")
    if kind := other_kind(first):
        raise DataError(f"{path} is {kind}")
    return _DELIMITED(path, options)


def _column_file(path: Path, options: ReadOptions) -> Source:
    return ColumnFile(str(path), options, (path,))


_PLAIN = _text_file(read_plain, plain_dialect)
_DELIMITED = _text_file(read_delimited, delimited_dialect)
_WITH_LISTS: Mapping[str, _Open] = {
    **dict.fromkeys((*LINE_SUFFIXES, ".json"), open_json),
    ".parquet": _open_parquet,
    **dict.fromkeys((".arrow", ".feather"), open_arrow),
}

TABLES = Formats(
    {
        **_WITH_LISTS,
        **dict.fromkeys((".csv", ".tsv", ".tab", ".psv"), _open_delimited),
        ".txt": _open_text,
        ".tmx": open_tmx,
    },
    ".csv, .tsv, .txt, .jsonl, .json, .tmx, each also .gz, .bz2 or .xz, or .parquet, .arrow or .feather",
)
TAGGED = Formats(
    {
        **_WITH_LISTS,
        ".csv": _open_delimited,
        **dict.fromkeys((".conll", ".conllu", ".bio", ".iob", ".iob2", ".txt", ".tsv"), _column_file),
    },
    ".conll, .conllu, .bio, .iob, .iob2, .txt, .tsv or .csv with a word a line, .jsonl or .json with lists of "
    "words and tags, each also .gz, .bz2 or .xz, or .parquet, .arrow or .feather",
)
