"""Sentences in columns, as in CoNLL's shared tasks: a line a word, an empty line between sentences.

Columns are separated by tabs where the first word's line has one, else by spaces; in a CSV file by commas or
semicolons. Lines with `-DOCSTART-`, `#begin document` or `#end document` are left out, and so are comments
(`# text = ...`) before the first word of a sentence; where the first column numbers the words, also those that stand
for several or none of the text (`3-4`, `5.1`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from nlprnn.data.column_roles import Columns, Kind, Schema, counted, role_of
from nlprnn.data.formats.column_layout import ColumnLayout, find_layout
from nlprnn.data.formats.lines import read_lines, text_encoding
from nlprnn.data.formats.source import Dialect, FileSource, LeftOut, NumberedRows
from nlprnn.errors import DataError

_SEPARATORS = {None: "white space", "\t": "tabs", ",": "commas", ";": "semicolons"}


class ColumnFile(FileSource):
    """File in columns, which have numbers for names; a row is a sentence, with a list of cells for each column."""

    @cached_property
    def layout(self) -> ColumnLayout:
        """Layout of the file.

        Raises:
            DataError: the file is damaged or empty, or the layout cannot be known.
        """
        return find_layout(self.files[0], self.options)

    def dialect(self) -> Dialect:
        """Return the form in which the file is written."""
        layout = self.layout
        columns = f"{counted(layout.width, 'column')} between {_SEPARATORS[layout.separator]}"
        form = "CoNLL-U" if layout.universal else f"a word a line, {columns}"
        return Dialect(form, text_encoding(self.files[0], self.options.encoding), layout.notes, headed=True)

    def schema(self) -> Schema:
        """Return the columns by number: words in the first, tags in the last, unless the layout is another."""
        layout = self.layout
        kinds = {str(number): Kind.LIST for number in range(1, layout.width + 1)}
        usual = {"tokens": str(layout.tokens + 1), "tags": str(layout.tags + 1)}
        aliases = {name: str(number) for number, name in enumerate(layout.names, start=1)}
        return Schema(self.origin, kinds, noun="column", numbered=True, usual=usual, aliases=aliases)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (line of the first word, row) for each sentence, and the lines without a word that are left out.

        Raises:
            DataError: the file is damaged, a line has another number of columns than the first, or a tag is missing.
        """
        layout = self.layout
        indices = {role: int(str(column)) - 1 for role, column in columns.items()}
        words = indices["tokens"]
        sentence: list[list[str]] = []
        start, before = 0, ""
        for number, line in enumerate(read_lines(self.files[0], self.options.encoding), start=1):
            cells = layout.cells(line)
            if number == layout.header_line or (cells and layout.is_comment(cells, inside=bool(sentence))):
                continue
            if sentence and (not cells or (layout.sentence_end and self._ends(cells, before, words))):
                yield start, {str(index + 1): [row[index] for row in sentence] for index in indices.values()}
                sentence = []
            before = cells[0] if cells else ""
            if not cells:
                continue
            if len(cells) == layout.width and cells[words]:
                if "" in cells:
                    self._check_cells(cells, indices, number)
                start = start if sentence else number
                sentence.append(cells)
            elif self._is_tag_alone(cells, line, words):
                if layout.sentence_end != "word":
                    yield number, LeftOut("without a word", "line")
            else:
                raise DataError(
                    f"{self.location(number)}: {counted(len(cells), 'column')}, but the first word's line has "
                    f"{layout.width}; put an empty line between sentences, and the same columns in all others"
                )
        if sentence:
            yield start, {str(index + 1): [row[index] for row in sentence] for index in indices.values()}

    def _ends(self, cells: list[str], before: str, words: int) -> bool:
        """Whether a line begins another sentence than the line before it, without an empty line between."""
        end = self.layout.sentence_end
        if end == "word":
            return not cells[words]
        if not before or not (cells[0] + before).isdecimal():
            return False
        return cells[0] != before if end == "number" else int(cells[0]) <= int(before)

    def _is_tag_alone(self, cells: list[str], line: str, words: int) -> bool:
        """Whether a line has no word, and no other fault."""
        if len(cells) == self.layout.width:
            return not cells[words]
        return self.layout.separator is None and line[0] in " \t" and len(cells) == self.layout.width - 1 and words == 0

    def _check_cells(self, cells: list[str], indices: Mapping[str, int], number: int) -> None:
        for role, index in indices.items():
            if not cells[index]:
                missing = role_of(role).noun.removesuffix("s")
                raise DataError(f"{self.location(number)}: the {missing} is missing; fill it in")
