"""Kinds of files that are not one text a line: archives and other binary files, and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath

_ARCHIVE, _PACKED, _BINARY = "an archive", "a packed file", "a binary file"
_SIGNATURES = {
    b"PK\x03\x04": f"{_ARCHIVE} (zip, or a document of an office program)",
    b"PK\x05\x06": f"{_ARCHIVE} (zip)",
    b"7z\xbc\xaf\x27\x1c": f"{_ARCHIVE} (7z)",
    b"Rar!\x1a\x07": f"{_ARCHIVE} (rar)",
    b"\x1f\x8b": f"{_PACKED} (gzip; name it .gz)",
    b"BZh": f"{_PACKED} (bzip2)",
    b"\xfd7zXZ\0": f"{_PACKED} (xz)",
    b"\x28\xb5\x2f\xfd": f"{_PACKED} (zstd)",
    b"\x04\x22\x4d\x18": f"{_PACKED} (lz4)",
    b"PAR1": f"{_BINARY} (Parquet)",
    b"ARROW1": f"{_BINARY} (Arrow)",
    b"SQLite format 3\0": f"{_BINARY} (SQLite)",
    b"\xd0\xcf\x11\xe0": f"{_BINARY} (an old office document)",
    b"%PDF-": f"{_BINARY} (PDF)",
    b"\x89PNG": f"{_BINARY} (PNG picture)",
    b"\xff\xd8\xff": f"{_BINARY} (JPEG picture)",
    b"GIF8": f"{_BINARY} (GIF picture)",
    b"\x93NUMPY": f"{_BINARY} (NumPy array)",
    b"\x7fELF": f"{_BINARY} (program)",
}
_TAR = slice(257, 262), b"ustar"

# Controls that texts do not have; a text may hold a few by accident.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_FEW_CONTROLS, _MOST_CONTROLS = 8, 0.02

_TABLES = (
    ".csv",
    ".tsv",
    ".tab",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".arrow",
    ".feather",
    ".xls",
    ".xlsx",
    ".ods",
)
_TAGGED = (".conll", ".conllu", ".bio", ".iob", ".iob2")
_TRANSLATIONS = (".tmx", ".xliff", ".xlf")
_LONGEST_JSON = 1 << 16
_PACKINGS = re.compile(r"\.(?:gz|bz2|xz|zip)$")


def binary_kind(start: bytes) -> str | None:
    """Return what a file is whose first bytes are those of an archive or another binary file; None = text.

    Args:
        start: the first bytes of the file, some hundred at least where it has that many.
    """
    kind = next((kind for signature, kind in _SIGNATURES.items() if start.startswith(signature)), None)
    if kind is None and start[_TAR[0]] == _TAR[1]:
        kind = f"{_ARCHIVE} (tar)"
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if kind is None and controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(start)):
        kind = "text in UTF-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else _BINARY
    return kind


def table_kind(path: PurePath) -> str | None:
    """Return what a file is whose name is that of a table, of tagged sentences or of pairs; None = text."""
    suffix = PurePath(_PACKINGS.sub("", path.name.lower())).suffix
    kinds = {"a table": _TABLES, "a file of tagged sentences": _TAGGED, "a file of translations": _TRANSLATIONS}
    return next((kind for kind, suffixes in kinds.items() if suffix in suffixes), None)


def looks_like_table(lines: Sequence[str]) -> str | None:
    """Return what gives the first lines of a table away: tabs, equally many in each, or JSON; None = nothing does."""
    counts = {line.count("\t") for line in lines}
    if len(lines) > 1 and len(counts) == 1 and counts != {0}:
        return "each line has as many tabs"
    start = lines[0][:_LONGEST_JSON] if lines else ""
    with suppress(ValueError, RecursionError):
        if start[:1] in ("{", "[") and isinstance(json.loads(start), dict | list):
            return "its lines are JSON"
    return None
