"""Kinds of files that are not one text a line: archives and other binary files, and tables."""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath

# Controls that texts do not have; a text may hold a few by accident.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_FEW_CONTROLS, _MOST_CONTROLS = 8, 0.02

UNKNOWN_BINARY = "a binary file"

_TABLES = (
    ".csv",
    ".tsv",
    ".tab",
    ".json",
    ".jsonl",
    ".ndjson",
    ".jsonlines",
    ".parquet",
    ".arrow",
    ".feather",
    ".xls",
    ".xlsx",
    ".ods",
)
_TAGGED = (".conll", ".conllu", ".bio", ".iob", ".iob2")
_TRANSLATIONS = (".tmx", ".xliff", ".xlf")
_LONGEST = 1 << 16
_SEPARATORS = {"\t": ("tabs", 2), ";": ("semicolons", 5), "|": ("vertical bars", 5), ",": ("commas", 5)}
"""Separator of cells: its name, and the lines with as many of them that are no chance."""

_PACKINGS = re.compile(r"\.(?:gz|bz2|xz|zip)$")


def binary_kind(start: bytes) -> str | None:
    """Return what a file is whose first bytes are those of an archive or another binary file; None = text.

    Args:
        start: the first bytes of the file, some hundred at least where it has that many.
    """
    from nlprnn.data.formats.signatures import signature_kind

    controls = len(start) - len(start.translate(None, _CONTROLS))
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or (not controls and _is_utf_8(start)):
        return None
    if kind := signature_kind(start):
        return kind.partition(",")[0]  # the rest is about names
    return UNKNOWN_BINARY if controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(start)) else None


def _is_utf_8(start: bytes) -> bool:
    """Whether bytes are UTF-8; the last character may be incomplete."""
    try:
        getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def table_kind(path: PurePath) -> str | None:
    """Return what a file is whose name is that of a table, of tagged sentences or of pairs; None = text."""
    suffix = PurePath(_PACKINGS.sub("", path.name.lower())).suffix
    kinds = {"a table": _TABLES, "a file of tagged sentences": _TAGGED, "a file of translations": _TRANSLATIONS}
    return next((kind for kind, suffixes in kinds.items() if suffix in suffixes), None)


def looks_like_table(lines: Sequence[str]) -> str | None:
    """Return what gives the first lines of a table away: as many cells in each, or JSON; None = nothing does."""
    lines = [line[:_LONGEST] for line in lines]
    start = lines[0] if lines else ""
    with suppress(ValueError, RecursionError):
        if start[:1] in ("{", "[") and isinstance(json.loads(start), dict | list):
            return "its lines are JSON"
    for separator, (name, least) in _SEPARATORS.items():
        with suppress(csv.Error):  # a text that is no table
            rows = list(csv.reader(lines, delimiter=separator))
            cells = {len(row) for row in rows}
            if len(lines) < least or len(cells) != 1 or max(cells) < 2:
                continue
            if separator == "\t" or not all(cell[:1] == " " for row in rows for cell in row[1:]):  # as prose has it
                return f"each line has as many {name}"
    return None
