"""Tables of tagged words in other forms than lists: a row a word, or lists that are written as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from nlprnn.data.cells import as_string
from nlprnn.data.column_roles import LISTS, Column, Columns, Kind, Schema
from nlprnn.data.formats.column_names import find_document_column, find_sentence_column, find_word_columns
from nlprnn.data.formats.conll import ColumnFile
from nlprnn.data.formats.delimited import delimited_dialect, read_delimited
from nlprnn.data.formats.lines import suffix
from nlprnn.data.formats.source import Dialect, LeftOut, NumberedRows, Row, RowSource, TextFile
from nlprnn.data.written_lists import written_list
from nlprnn.errors import DataError

_SAMPLE_ROWS = 50
_SPAN_COLUMNS = ("entities", "spans", "label", "labels", "annotations")


@dataclass(frozen=True)
class WordRows(RowSource):
    """Table with a word a row; a row of this source is a sentence, with a list for each other column.

    Attributes:
        table: the table.
        sentence: its column that numbers the sentences, filled in each row of a sentence, or in its first alone.
        named: whether the user has named it.
    """

    table: RowSource
    sentence: str
    named: bool

    def dialect(self) -> Dialect:
        """Return the form in which the table is written."""
        dialect = self.table.dialect()
        chosen = "" if self.named else ", as it is named so (see --sentence-field)"
        note = f"a row is a word, and the column {self.sentence!r} numbers the sentences{chosen}"
        return replace(dialect, notes=(*dialect.notes, *self.table.notes, note))

    def schema(self) -> Schema:
        """Return the columns of the words' table, all of them lists."""
        schema = self.table.schema()
        names = [name for name in schema.kinds if name != self.sentence]
        tokens, tags = find_word_columns(names)
        usual = {role: name for role, name in (("tokens", tokens), ("tags", tags)) if name is not None}
        return Schema(self.origin, dict.fromkeys(names, Kind.LIST), usual=usual)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (number of the first word's row, row) for each sentence."""
        sentence: dict[str, list[Any]] = {}
        start, current = 0, ""
        document = find_document_column(self.table.schema().kinds)
        marks = {name: Column((name,)) for name in (document, self.sentence) if name is not None}
        for number, row in self.table.rows({**columns, **marks}):
            if isinstance(row, LeftOut):
                yield number, row
                continue
            mark = " ".join(filter(None, ((as_string(row.get(name)) or "").strip() for name in marks)))
            if not start or (mark and mark != current):
                if start:
                    yield start, sentence
                sentence = {str(column): [] for column in columns.values()}
                start = number
            current = mark or current
            for name, cells in sentence.items():
                cells.append(row.get(name))
        if start:
            yield start, sentence

    def location(self, number: int) -> str:
        """Return the place of a sentence, for messages."""
        return self.table.location(number)


@dataclass(frozen=True)
class WrittenLists(RowSource):
    """Table with a sentence a row, whose words and tags are text: "['a', 'b']", or items between spaces.

    Attributes:
        table: the table.
        tokens: column of the words.
        tags: column of the tags.
    """

    table: RowSource
    tokens: str
    tags: str

    def dialect(self) -> Dialect:
        """Return the form in which the table is written."""
        dialect = self.table.dialect()
        note = f"the texts in {self.tokens!r} and {self.tags!r} are lists of words and of tags"
        return replace(dialect, notes=(*dialect.notes, *self.table.notes, note))

    def schema(self) -> Schema:
        """Return the columns, the two of lists as such."""
        kinds = {**self.table.schema().kinds, self.tokens: Kind.LIST, self.tags: Kind.LIST}
        return Schema(self.origin, kinds, usual={"tokens": self.tokens, "tags": self.tags})

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (row number, row) for each row."""
        for number, row in self.table.rows(columns):
            if isinstance(row, LeftOut):
                yield number, row
            else:
                yield (
                    number,
                    {
                        name: _items(row.get(name), commas=name == self.tags)
                        for column in columns.values()
                        for name in column.names
                    },
                )

    def location(self, number: int) -> str:
        """Return the place of a sentence, for messages."""
        return self.table.location(number)


def as_sentences(source: RowSource, fields: Mapping[str, str | None]) -> RowSource:
    """Return a source with a sentence a row, for any form of the words.

    Args:
        source: the file or table.
        fields: "tokens" and "tags" -> the column that the user names, or None.

    Raises:
        DataError: the words cannot be put together to sentences; names the option or the mend.
    """
    named = source.options.sentence_field
    if isinstance(source, ColumnFile):
        column = named or find_sentence_column(source.layout.names)
        if column is None or (named is None and source.layout.separator is None):
            return source
        table = TextFile(source.origin, source.options, source.files, read_delimited, delimited_dialect)
        return _word_rows(table, column, named=named is not None)
    if named is not None:
        return _word_rows(source, named, named=True)
    if LISTS & set(source.schema().kinds.values()):
        _refuse_character_spans(source)
        return source
    return _without_lists(source, fields)


def _word_rows(table: RowSource, sentence: str, *, named: bool) -> WordRows:
    schema = table.schema()
    column = schema.find(sentence)
    if column is None:
        raise DataError(
            f"{table.origin}: no column {sentence!r} for the sentence (--sentence-field) ({schema.listed()})"
        )
    return WordRows(table.origin, table.options, table, column, named)


def _without_lists(source: RowSource, fields: Mapping[str, str | None]) -> RowSource:
    """The sentences of a table whose cells are single values; the source itself where it has no words and tags."""
    schema = source.schema()
    sentence = find_sentence_column(schema.kinds)
    tokens, tags = find_word_columns([name for name in schema.kinds if name != sentence])
    tokens, tags = fields["tokens"] or tokens or sentence, fields["tags"] or tags
    if tokens is None or tags is None or not {tokens, tags} <= schema.kinds.keys():
        return _with_empty_lines(source) or source
    sizes = _sizes(source, tokens, tags)
    if all(size == other for size, other in sizes) and any(size > 1 for size, _ in sizes):
        return WrittenLists(source.origin, source.options, source, tokens, tags)
    if sentence is not None and sentence != tokens:
        return _word_rows(source, sentence, named=False)
    if any(size > 1 for size, _ in sizes):
        return source
    if (columns := _with_empty_lines(source)) is not None:
        return columns
    raise DataError(
        f"{source.origin}: no column numbers the sentences of the words in {tokens!r}: name it with --sentence-field, "
        f"or columns with a list of words and one of tags with --token-field and --tag-field ({schema.listed()})"
    )


def _with_empty_lines(source: RowSource) -> ColumnFile | None:
    """A CSV file as a file in columns, if it has empty lines, which end sentences."""
    if not isinstance(source, TextFile) or suffix(source.files[0]) != ".csv":
        return None
    columns = ColumnFile(source.origin, source.options, source.files)
    return columns if columns.layout.empty_lines else None


def _sizes(source: RowSource, tokens: str, tags: str) -> list[tuple[int, int]]:
    """The numbers of words and of tags in the first rows, whose cells are read as lists."""
    columns = {"tokens": Column((tokens,)), "tags": Column((tags,))}
    return [
        (len(_items(row.get(tokens))), len(_items(row.get(tags), commas=True))) for row in _first_rows(source, columns)
    ]


def _items(cell: Any, *, commas: bool = False) -> list[Any]:
    """The items of a list that is written as text, or between spaces; of tags, also between commas alone."""
    written = written_list(cell)
    if written is not None:
        return written
    items = (as_string(cell) or "").split()
    return items[0].split(",") if commas and len(items) == 1 else items


def _first_rows(source: RowSource, columns: Columns) -> list[Row]:
    return [row for _, row in islice(source.rows(columns), _SAMPLE_ROWS) if not isinstance(row, LeftOut)]


def _refuse_character_spans(source: RowSource) -> None:
    """Raise for spans of characters, as doccano and spaCy have them, in place of a tag for each word.

    Raises:
        DataError: the table has such spans beside a text, and no list of words.
    """
    kinds = source.schema().kinds
    if find_word_columns([name for name, kind in kinds.items() if kind in LISTS])[0] is not None:
        return
    for name in (name for name in _SPAN_COLUMNS if kinds.get(name) in LISTS):
        cells = [row.get(name) for row in _first_rows(source, {"tags": Column((name,))})]
        spans = [span for cell in cells if isinstance(cell, list) for span in cell]
        if spans and all(isinstance(span, list | dict) for span in spans):
            raise DataError(
                f"{source.origin}: {name!r} holds spans of characters such as {str(spans[0])[:60]}; a tagger reads "
                'lists of words and of tags: {"tokens": ["Anna", "sleeps"], "tags": ["B-PER", "O"]}'
            )
