"""Sentences in columns, as in CoNLL's shared tasks: a line a word, an empty line between sentences.

Columns are separated by tabs where the first word's line has one, else by spaces. Lines with `-DOCSTART-` are left
out, and so are comments (`# text = ...`) before the first word of a sentence; in CoNLL-U also the words that stand
for several or none of the text (`3-4`, `5.1`).
"""

from __future__ import annotations

import re

from nlprnn.data.column_roles import Columns, Kind, Schema, counted, role_of
from nlprnn.data.formats.lines import read_lines, suffix, text_encoding
from nlprnn.data.formats.source import Dialect, FileSource, NumberedRows
from nlprnn.errors import DataError

_DOCUMENT = "-DOCSTART-"
_NOT_A_WORD = re.compile(r"\d+[-.]\d+")


class ColumnFile(FileSource):
    """File in columns, which have numbers for names; a row is a sentence, with a list of cells for each column."""

    def dialect(self) -> Dialect:
        """Return the form in which the file is written."""
        separator, width = self._shape()
        between = "tabs" if separator else "white space"
        form = "CoNLL-U" if self._is_universal() else f"a word a line, {counted(width, 'column')} between {between}"
        return Dialect(form, text_encoding(self.files[0], self.options.encoding))

    def schema(self) -> Schema:
        """Return the columns by number: words in the first, tags in the last; in CoNLL-U, the second and fourth."""
        kinds = {str(number): Kind.LIST for number in range(1, self._shape()[1] + 1)}
        usual = {"tokens": "2", "tags": "4"} if self._is_universal() else {"tokens": "1", "tags": "-1"}
        return Schema(self.origin, kinds, noun="column", numbered=True, usual=usual)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line of the first word, row) for each sentence.

        Raises:
            DataError: the file is damaged, a line has another number of columns than the first, or a cell is empty.
        """
        separator, width = self._shape()
        universal = self._is_universal()
        indices = {role: int(str(column)) - 1 for role, column in columns.items()}
        sentence: dict[str, list[str]] = {str(column): [] for column in columns.values()}
        start = 0
        for number, line in enumerate(read_lines(self.files[0], self.options.encoding), start=1):
            cells = _cells(line, separator)
            if not cells or cells[0] == _DOCUMENT:
                if start:
                    yield start, sentence
                sentence, start = {name: [] for name in sentence}, 0
            elif not _is_left_out(cells, width, universal=universal, inside=start > 0):
                start = start or number
                if len(cells) != width:
                    raise DataError(
                        f"{self.location(number)}: {counted(len(cells), 'column')}, but the first word's line has "
                        f"{width}; put an empty line between sentences, and the same columns in all others"
                    )
                for role, index in indices.items():
                    if not cells[index]:
                        missing = role_of(role).noun.removesuffix("s")
                        raise DataError(f"{self.location(number)}: the {missing} is missing; fill it in")
                    sentence[str(index + 1)].append(cells[index])
        if start:
            yield start, sentence

    def _is_universal(self) -> bool:
        return suffix(self.files[0]) == ".conllu"

    def _shape(self) -> tuple[str | None, int]:
        """What separates columns (None = spaces), and how many there are, by the first line with a word."""
        for line in read_lines(self.files[0], self.options.encoding):
            if line.isspace() or line.startswith((_DOCUMENT, "#")):
                continue
            separator = "\t" if "\t" in line or self._is_universal() else None
            width = len(_cells(line, separator))
            if width == 1:
                raise DataError(
                    f"{self.origin}: the first word's line, {line.strip()[:50]!r}, has one column; a line is a word, "
                    "white space, and its tag"
                )
            return separator, width
        raise DataError(f"{self.origin} is empty: it has no words")


def _is_left_out(cells: list[str], width: int, *, universal: bool, inside: bool) -> bool:
    """Whether a line is a comment before a sentence, and no word such as "#1", or no word of CoNLL-U."""
    if cells[0].startswith("#") and not inside:
        return universal or len(cells) != width
    return universal and _NOT_A_WORD.fullmatch(cells[0]) is not None


def _cells(line: str, separator: str | None) -> list[str]:
    if line.isspace():
        return []
    # Spaces that are no plain ones belong to words: "10\xa0000".
    line = line.strip("\r\n" if separator else " \t\r\n")
    return [cell.strip(" ") for cell in (line.split(separator) if separator else re.split("[ \t]+", line))]
