"""Tagged sentences of one split: its rows, and how they are read from files and tables of every form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlprnn.data.cells import as_string
from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import Columns
from nlprnn.data.formats.source import LeftOut, RowSource
from nlprnn.data.formats.word_tables import as_sentences
from nlprnn.data.integer_labels import name_of_number
from nlprnn.data.report import FileReport, Omission
from nlprnn.data.token_cleaning import without_empty_words, without_languages
from nlprnn.errors import DataError
from nlprnn.tagging_schemes import are_prefixed, to_bio

_MANY_WORDS = 1_000


@dataclass(frozen=True)
class TaggedSplit:
    """Tagged sentences of one split, and their origin.

    Attributes:
        tokens: words of each sentence.
        tags: tags of these words.
        locations: file and line, or row, of each sentence, for messages.
        origin: the file or dataset, for messages.
        columns: "tokens" and "tags" -> the column they were read from, and whether it was guessed.
        files: how the sources of the sentences were read.
        omissions: rows or lines of these sources that were left out.
        notes: choices between several readings, and what is odd about the sentences, beside those of the files.
    """

    tokens: list[list[str]]
    tags: list[list[str]]
    locations: list[str]
    origin: str
    columns: Columns
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.tokens)

    def location(self, row: int) -> str:
        """Return file and line of a sentence (counted from 0), for messages."""
        return self.locations[row]

    def select(self, rows: Sequence[int]) -> TaggedSplit:
        """Return the sentences of these numbers, from 0."""
        return replace(
            self,
            tokens=[self.tokens[row] for row in rows],
            tags=[self.tags[row] for row in rows],
            locations=[self.locations[row] for row in rows],
        )

    def contents(self) -> Iterator[list[list[str]]]:
        """Yield all words and tags."""
        yield self.tokens
        yield self.tags

    def texts(self) -> Iterable[str]:
        """Return the text by which sentences count as identical: their words."""
        return map(" ".join, self.tokens)

    def numbers(self, labels: Sequence[str]) -> list[list[int]]:
        """Return the number of each tag among `labels`, which hold them all."""
        number = {label: index for index, label in enumerate(labels)}
        return [[number[tag] for tag in tags] for tags in self.tags]

    def noted(self, note: str) -> TaggedSplit:
        """Return the sentences with another note in the report."""
        return replace(self, notes=(*self.notes, note))

    def bio(self) -> TaggedSplit:
        """Return the sentences with spans in the BIO scheme; those with other tags stay as they are."""
        return replace(self, tags=[to_bio(tags) if are_prefixed(tags) else tags for tags in self.tags])


def read_tagged(shards: Sequence[RowSource], fields: Mapping[str, str | None]) -> TaggedSplit:
    """Read the sentences of a split.

    Args:
        shards: its files or tables; the columns of each are chosen independently of the others.
        fields: "tokens" and "tags" -> the column that the user names, or None to guess it.

    Raises:
        DataError: a file is missing, damaged or empty, or a row is odd; names the place and the mend.
    """
    sentences = _Sentences()
    files: list[FileReport] = []
    columns: Columns = {}
    for shard in shards:
        source = as_sentences(shard, fields)
        columns = resolve_columns(fields, source.schema(), trained=source.options.trained_columns)
        before = len(sentences.tokens)
        for location, row in _located(source, columns):
            sentences.add(row, columns, location, source.options.label_names)
        notes = sentences.clean(before)
        report = source.report(len(sentences.tokens) - before)
        files.append(replace(report, notes=(*report.notes, *notes)))
    origin = shards[0].origin if len(shards) == 1 else str(Path(shards[0].origin).parent)
    if not sentences.tokens:
        raise DataError(f"{origin} is empty: it has no words")
    if len(sentences.tokens) == 1 and len(sentences.tokens[0]) > _MANY_WORDS:
        raise DataError(
            f"{origin}: all {len(sentences.tokens[0]):,} words are one sentence; put an empty line between sentences, "
            "or name the column that numbers them with --sentence-field"
        )
    omissions = tuple(Omission(of.reason, len(at), at[0], of.noun) for of, at in sentences.left_out.items())
    return TaggedSplit(sentences.tokens, sentences.tags, sentences.locations, origin, columns, tuple(files), omissions)


def _located(source: RowSource, columns: Columns) -> Iterator[tuple[str, Mapping[str, Any] | LeftOut]]:
    return ((source.location(number), row) for number, row in source.rows(columns))


@dataclass
class _Sentences:
    """Sentences read so far, and what was left out."""

    tokens: list[list[str]] = field(default_factory=list)
    tags: list[list[str]] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    left_out: dict[LeftOut, list[str]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any] | LeftOut, columns: Columns, location: str, names: tuple[str, ...]) -> None:
        """Add the sentence of a row without its empty words, with the names of tags that are numbers."""
        if isinstance(row, LeftOut):
            self.left_out.setdefault(row, []).append(location)
            return
        token_name, tag_name = str(columns["tokens"]), str(columns["tags"])
        words = _strings(row.get(token_name), token_name, location)
        tags = _strings(row.get(tag_name), tag_name, location)
        if len(words) != len(tags):
            sizes = f"{len(words)} words in {token_name!r}, but {len(tags)} tags in {tag_name!r}"
            raise DataError(f"{location}: {sizes}")
        kept, tags = without_empty_words(words, tags)
        if len(kept) < len(words):
            self.left_out.setdefault(LeftOut("of no character", "word"), []).extend(
                [location] * (len(words) - len(kept))
            )
        if "" in tags:
            raise DataError(
                f"{location}, column {tag_name!r}: the tag of {kept[tags.index('')]!r} is missing; fill it in"
            )
        if not kept:
            self.left_out.setdefault(LeftOut("without words"), []).append(location)
            return
        self.tokens.append(kept)
        self.tags.append([_named(tag, names, location) for tag in tags] if names else tags)
        self.locations.append(location)

    def clean(self, start: int) -> list[str]:
        """Remove the language before each word of the sentences from `start` on; return notes of what is odd."""
        notes = []
        self.tokens[start:], languages = without_languages(self.tokens[start:])
        if languages:
            prefixes = ", ".join(f"{language}:" for language in languages[:5])
            notes.append(f"each word begins with the prefix of a language ({prefixes}), which is removed")
        if self.tags[start:] and all(tag.isdecimal() for tags in self.tags[start:] for tag in tags):
            notes.append("the tags are numbers: --tag-names gives their names, by which spans are recognised")
        return notes


def _strings(cell: Any, name: str, location: str) -> list[str]:
    """The items of a list as strings, "" for null."""
    if not isinstance(cell, list) or not all(isinstance(item, str | int | float | None) for item in cell):
        raise DataError(f"{location}: the column {name!r} must be a list of words or numbers; correct the row")
    return cell if set(map(type, cell)) == {str} and "".join(cell).isascii() else [as_string(of) or "" for of in cell]


def _named(tag: str, names: tuple[str, ...], location: str) -> str:
    """Return the name of a tag that is a number; other tags stay as they are.

    Raises:
        DataError: the number has no name.
    """
    name = name_of_number(tag, names) or tag
    if name.isdecimal() and name not in names:
        raise DataError(f"{location}: the tag {tag!r} has none of the {len(names)} names of --tag-names; add its name")
    return name
