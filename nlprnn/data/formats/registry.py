"""Formats by suffix: those of tables, and those of tagged sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlprnn.data.folders import plain_files
from nlprnn.data.formats.conll import ColumnFile
from nlprnn.data.formats.delimited import read_delimited
from nlprnn.data.formats.json import read_json
from nlprnn.data.formats.lines import is_packed, suffix
from nlprnn.data.formats.parquet import open_parquet
from nlprnn.data.formats.plain import read_plain
from nlprnn.data.formats.source import NumberedRows, Source, TextFile


@dataclass(frozen=True)
class Formats:
    """Formats of one kind of data.

    Attributes:
        by_suffix: suffix -> function that opens a file; all but Parquet may be packed with gzip.
        known: the suffixes, for messages.
    """

    by_suffix: Mapping[str, Callable[[Path], Source]]
    known: str

    def can_open(self, path: Path) -> bool:
        """Whether a file has the suffix of one of the formats."""
        return suffix(path) in self.by_suffix and not (suffix(path) == ".parquet" and is_packed(path))

    def open(self, path: Path) -> Source:
        """Return the source of a file that `can_open`.

        Raises:
            DataError: the file is damaged.
        """
        return self.by_suffix[suffix(path)](path)

    def files(self, folder: Path) -> list[Path]:
        """Return the files directly in a folder that can be opened."""
        return [path for path in plain_files(folder) if self.can_open(path)]


def _text_file(parse: Callable[[Path], NumberedRows]) -> Callable[[Path], Source]:
    return lambda path: TextFile(str(path), (path,), parse)


def _column_file(path: Path) -> Source:
    return ColumnFile(str(path), (path,))


_WITH_LISTS = {".jsonl": _text_file(read_json), ".json": _text_file(read_json), ".parquet": open_parquet}

TABLES = Formats(
    {
        **_WITH_LISTS,
        ".csv": _text_file(read_delimited),
        ".tsv": _text_file(read_delimited),
        ".txt": _text_file(read_plain),
    },
    ".jsonl, .json, .csv, .tsv, .txt, each also .gz, or .parquet",
)
TAGGED = Formats(
    {
        **_WITH_LISTS,
        **dict.fromkeys((".conll", ".conllu", ".bio", ".iob", ".iob2", ".txt", ".tsv"), _column_file),
    },
    ".conll, .conllu, .bio, .iob, .iob2, .txt or .tsv with a word a line, .jsonl or .json with lists of words and "
    "tags, each also .gz, or .parquet",
)
