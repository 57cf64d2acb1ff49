"""Tagged sentences as splits: words with a tag each, from files in columns, or from tables with lists of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlprnn.data.column_roles import Columns, resolve_columns
from nlprnn.data.formats.registry import TAGGED
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.integer_labels import name_of_number
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import FileReport, Omission
from nlprnn.data.sources import find_sources
from nlprnn.data.split import choose_split, complete_splits, hold_out_rows
from nlprnn.errors import DataError
from nlprnn.tagging_schemes import are_prefixed, bio_labels, is_span_scheme, to_bio


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
    """

    tokens: list[list[str]]
    tags: list[list[str]]
    locations: list[str]
    origin: str
    columns: Columns
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()

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

    def texts(self) -> Iterable[str]:
        """Return the text by which sentences count as identical: their words."""
        return map(" ".join, self.tokens)

    def numbers(self, labels: Sequence[str]) -> list[list[int]]:
        """Return the number of each tag among `labels`, which hold them all."""
        number = {label: index for index, label in enumerate(labels)}
        return [[number[tag] for tag in tags] for tags in self.tags]

    def bio(self) -> TaggedSplit:
        """Return the sentences with spans in the BIO scheme; those with other tags stay as they are."""
        return replace(self, tags=[to_bio(tags) if are_prefixed(tags) else tags for tags in self.tags])


def load_tagged(
    dataset: str,
    *,
    token_field: str | None = None,
    tag_field: str | None = None,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> dict[str, TaggedSplit]:
    """Load tagged sentences as splits, as `nlprnn.data.load_table` does with tables.

    Where the tags of train are of spans, in any scheme, all are written in the BIO scheme.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        token_field: the column with the list of words, by name or number; None guesses.
        tag_field: the column with the list of tags, by name or number; None guesses.
        split_seed: seed of the choice of held-out sentences.
        options: options for reading; None = defaults.

    Returns:
        "train", "validation" and mostly "test".

    Raises:
        DataError: the source, a column, a line or a row is missing, damaged or odd; names the place and the mend.
    """
    splits = _complete(_read_splits(dataset, token_field, tag_field, options), split_seed)
    spans = is_span_scheme(tag for tags in splits["train"].tags for tag in tags)
    return {name: split.bio() if spans else split for name, split in splits.items()}


def load_tagged_split(
    dataset: str,
    *,
    token_field: str | None = None,
    tag_field: str | None = None,
    split: str | None = None,
    options: ReadOptions | None = None,
) -> TaggedSplit:
    """Load the sentences of one split, to score a model; their tags are as written.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        token_field: the column with the list of words, by name or number; None guesses.
        tag_field: the column with the list of tags, by name or number; None guesses.
        split: "train", "validation" or "test"; None = all sentences of a file, else "test".
        options: options for reading; None = defaults.

    Raises:
        DataError: the data are missing, damaged or odd, or the dataset has no such split.
    """
    splits = _read_splits(dataset, token_field, tag_field, options)
    return choose_split(dataset, splits, split, lambda: _complete(splits, seed=0))


def tag_labels(splits: Mapping[str, TaggedSplit]) -> list[str]:
    """Return the labels that a model of these sentences needs, in order; for spans, `B-` and `I-` of each kind.

    Args:
        splits: result of `load_tagged`.

    Raises:
        DataError: all words of train have the same tag, or another split has a tag that train has not.
    """
    tags = {tag for sentence in splits["train"].tags for tag in sentence}
    known = bio_labels(tags) if is_span_scheme(tags) else sorted(tags)
    if len(known) == 1:
        raise DataError(
            f"{splits['train'].origin}: all words have the tag {known[0]!r}, so there is nothing to tell apart: "
            "check --tag-field"
        )
    for name, split in splits.items():
        check_tags(split, known, f"none of train's, and the {name} split has it: correct it, or add such to train")
    return known


def check_tags(split: TaggedSplit, labels: Sequence[str], fault: str) -> None:
    """Check that all tags of a split are known.

    Args:
        split: the sentences.
        labels: the tags that may occur.
        fault: end of the message: meaning of another tag, and the mend.

    Raises:
        DataError: names the first tag at fault, its word and its sentence's place.
    """
    known = set(labels)
    for location, tokens, tags in zip(split.locations, split.tokens, split.tags, strict=True):
        for token, tag in zip(tokens, tags, strict=True):
            if tag not in known:
                raise DataError(f"{location}: the tag {tag!r} of the word {token!r} is {fault}")


def _complete(splits: Mapping[str, TaggedSplit], seed: int) -> dict[str, TaggedSplit]:
    origin = splits["train"].origin

    def hold_out(train: TaggedSplit, number: int) -> list[TaggedSplit]:
        return hold_out_rows(train, number, labels=[set(tags) for tags in train.tags], seed=seed)

    return complete_splits(splits, hold_out, origin=origin)


def _read_splits(
    dataset: str, token_field: str | None, tag_field: str | None, options: ReadOptions | None
) -> dict[str, TaggedSplit]:
    """The splits that a dataset has; the columns of each file are chosen independently of the others."""
    fields = {"tokens": token_field, "tags": tag_field}
    sources = find_sources(dataset, TAGGED, options or ReadOptions())
    return {split: _read(shards, fields) for split, shards in sources.items()}


def _read(shards: Sequence[Source], fields: Mapping[str, str | None]) -> TaggedSplit:
    tokens: list[list[str]] = []
    tags: list[list[str]] = []
    locations: list[str] = []
    files: list[FileReport] = []
    left_out: dict[str, list[str]] = {}
    for source in shards:
        columns = resolve_columns(fields, source.schema())
        token_name, tag_name = str(columns["tokens"]), str(columns["tags"])
        before = len(tokens)
        for number, row in source.rows(columns):
            location = source.location(number)
            if isinstance(row, LeftOut):
                left_out.setdefault(row.reason, []).append(location)
                continue
            words = _strings(row.get(token_name), token_name, location)
            labels = _strings(row.get(tag_name), tag_name, location)
            if names := source.options.label_names:
                labels = [_named(label, names, location) for label in labels]
            if len(words) != len(labels):
                sizes = f"{len(words)} words in {token_name!r}, but {len(labels)} tags in {tag_name!r}"
                raise DataError(f"{location}: {sizes}")
            if words:
                tokens.append(words)
                tags.append(labels)
                locations.append(location)
        files.append(source.dialect().report(source.origin, len(tokens) - before))
    origin = shards[0].origin if len(shards) == 1 else str(Path(shards[0].origin).parent)
    if not tokens:
        raise DataError(f"{origin} is empty: it has no words")
    omissions = tuple(Omission(reason, len(rows), rows[0]) for reason, rows in left_out.items())
    return TaggedSplit(tokens, tags, locations, origin, columns, tuple(files), omissions)


def _strings(cell: Any, name: str, location: str) -> list[str]:
    if not isinstance(cell, list) or not all(isinstance(item, str | int) for item in cell):
        raise DataError(f"{location}: the column {name!r} must be a list of words or numbers; correct the row")
    return [str(item) for item in cell]


def _named(tag: str, names: tuple[str, ...], location: str) -> str:
    name = name_of_number(tag, names)
    if name is None:
        raise DataError(f"{location}: the tag {tag!r} has none of the {len(names)} names of --tag-names; add its name")
    return name
