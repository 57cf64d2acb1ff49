"""Texts sorted by class: a file a text in a folder a class, or a line a text in a file a class."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.formats.lines import read_lines, text_encoding
from nlprnn.data.formats.source import Dialect, FileSource, NumberedRows
from nlprnn.data.report import Omission
from nlprnn.data.table import Split


@dataclass(frozen=True)
class ClassFolders(FileSource):
    """Texts sorted into one folder a class: a row has the `text` of a file, and its `label`.

    Attributes:
        folders: of each file, the folder that is its class; or two folders, of which one is.
        label: which of two folders is the class, 0 or 1; None if that cannot be known.
        left_out: files that are no documents.
    """

    unit = "row"

    folders: tuple[tuple[str, ...], ...]
    label: int | None
    left_out: tuple[Omission, ...]

    def dialect(self) -> Dialect:
        """Return the form: files in folders."""
        return Dialect("a file a text, a folder a class", text_encoding(self.files[0], self.options.encoding))

    def schema(self) -> Schema:
        """Return the columns `text` and `label`, or one for each of two folders."""
        names = self._folder_columns
        usual = {} if self.label is None else dict.fromkeys(("label", "labels"), names[self.label])
        return Schema(self.origin, dict.fromkeys(("text", *names), Kind.TEXT), usual={"text": "text", **usual})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each file."""
        for number, (path, folders) in enumerate(zip(self.files, self.folders, strict=True), start=1):
            text = "".join(read_lines(path, self.options.encoding))
            yield number, {"text": text, **dict(zip(self._folder_columns, folders, strict=True))}

    def location(self, number: int) -> str:
        """Return the file of a row, for messages."""
        return str(self.files[number - 1])

    def read(self, columns: Columns) -> Split:
        """Return the rows as a table on disk, and the files that are left out."""
        split = super().read(columns)
        return replace(split, omissions=(*self.left_out, *split.omissions), documents=self.files)

    @property
    def _folder_columns(self) -> tuple[str, ...]:
        return ("label",) if len(self.folders[0]) == 1 else ("folder1", "folder2")


@dataclass(frozen=True)
class ClassFile(FileSource):
    """File of one class: a row has a line as its `text`, and the class as its `label`."""

    label: str

    def dialect(self) -> Dialect:
        """Return the form: lines of one class."""
        form = f"a text a line, all with the label {self.label!r}"
        return Dialect(form, text_encoding(self.files[0], self.options.encoding))

    def schema(self) -> Schema:
        """Return the columns `text` and `label`."""
        return Schema(self.origin, {"text": Kind.TEXT, "label": Kind.TEXT})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line number, row) for each line that is not blank."""
        for number, line in enumerate(read_lines(self.files[0], self.options.encoding), start=1):
            if not line.isspace():
                yield number, {"text": line.rstrip("\r\n"), "label": self.label}
