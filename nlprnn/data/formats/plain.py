"""Plain text: a text a line, fastText's lines of a label and a text, or a file a text in a folder a class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.formats.lines import read_lines
from nlprnn.data.formats.source import Dialect, FileSource, NumberedRows
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_LABEL_PREFIX = "__label__"


def read_plain(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) for each line with a text; a row has a `text`, and a `label` in fastText's format.

    Raises:
        DataError: the file is damaged, or a line begins with another number of labels than one where line 1 has one.
    """
    labelled: bool | None = None
    for number, line in enumerate(read_lines(path), start=1):
        text = line.strip()
        if not text:
            continue
        if labelled is None:
            labelled = text.startswith(_LABEL_PREFIX)
        if not labelled:
            yield number, {"text": line.rstrip("\r\n")}
            continue
        label, text = [*text.split(None, 1), ""][:2]
        if not label.startswith(_LABEL_PREFIX) or text.startswith(_LABEL_PREFIX):
            raise DataError(f"{path}, line {number}: must start with exactly one {_LABEL_PREFIX}... word, as line 1")
        yield number, {"text": text, "label": label.removeprefix(_LABEL_PREFIX)}


def plain_dialect(path: Path, options: ReadOptions) -> Dialect:
    """Return the form in which a file is written: with labels, or without."""
    first = next((line for line in read_lines(path) if not line.isspace()), "")
    return Dialect("fastText lines" if first.lstrip().startswith(_LABEL_PREFIX) else "a text a line", "UTF-8")


@dataclass(frozen=True)
class ClassFolders(FileSource):
    """Texts sorted into one folder a class: a row has the `text` of a file, and its `label`."""

    unit = "row"

    labels: tuple[str, ...]

    def dialect(self) -> Dialect:
        """Return the form: files in folders."""
        return Dialect("a file a text, a folder a class", "UTF-8")

    def schema(self) -> Schema:
        """Return the columns `text` and `label`."""
        return Schema(self.origin, {"text": Kind.TEXT, "label": Kind.TEXT})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each file."""
        for number, (path, label) in enumerate(zip(self.files, self.labels, strict=True), start=1):
            yield number, {"text": "".join(read_lines(path)), "label": label}
