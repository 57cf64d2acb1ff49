"""Tagged sentences from anywhere: a sample's name, a Hub id, a folder or a file -> splits of words with their tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from nlprnn.data.formats.conll import TaggedRow, is_column_file
from nlprnn.data.formats.hub import load_hub
from nlprnn.data.split import held_out_shares, hold_out
from nlprnn.data.split_files import SPLITS, find_splits, look_for_splits, plain_files, summary
from nlprnn.data.table_split import local_path, sample_names, usual_splits
from nlprnn.data.tagged_rows import file_rows, is_tagged_file, table_rows
from nlprnn.errors import DataError
from nlprnn.tagging_schemes import are_prefixed, bio_labels, is_span_scheme, to_bio

_KINDS = (
    ".conll, .conllu, .bio, .iob, .iob2, .txt or .tsv with a word a line, .jsonl or .json with lists of words and "
    "tags, each also .gz, or .parquet"
)


@dataclass(frozen=True)
class TaggedSplit:
    """The sentences of one split.

    Attributes:
        tokens: the words of each sentence.
        tags: of these words.
        locations: file and line, or row, of each sentence, for messages.
        origin: the file or data set, for messages.
    """

    tokens: list[list[str]]
    tags: list[list[str]]
    locations: list[str]
    origin: str

    def __len__(self) -> int:
        return len(self.tokens)

    def select(self, rows: Iterable[int]) -> TaggedSplit:
        """Return the sentences of these numbers, from 0."""
        rows = list(rows)
        parts = (self.tokens, self.tags, self.locations)
        return TaggedSplit(*([part[row] for row in rows] for part in parts), self.origin)

    def numbers(self, labels: Sequence[str]) -> list[list[int]]:
        """Return the number of each tag among `labels`, which hold them all."""
        number = {label: index for index, label in enumerate(labels)}
        return [[number[tag] for tag in tags] for tags in self.tags]

    def bio(self) -> TaggedSplit:
        """Return the same with spans written in the BIO scheme; sentences with other tags stay as they are."""
        written = [to_bio(tags) if are_prefixed(tags) else tags for tags in self.tags]
        return TaggedSplit(self.tokens, written, self.locations, self.origin)


def load_tagged(
    dataset: str, *, token_field: str | None = None, tag_field: str | None = None, split_seed: int = 0
) -> dict[str, TaggedSplit]:
    """Load tagged sentences as splits, as `nlprnn.data.load.load_table` does with tables.

    Where the tags of train tell spans, of whichever scheme, all are written in the BIO scheme.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        token_field: the field with the list of words, or the number of the column; None guesses.
        tag_field: the same of the tags.
        split_seed: chooses the sentences of parts that are split off.

    Returns:
        "train", "validation" and mostly "test".

    Raises:
        DataError: the source, a field, a line or a row is missing, damaged or odd; says where, and the mend.
    """
    parts = _complete(_read_parts(dataset, token_field, tag_field), split_seed)
    spans = is_span_scheme(tag for tags in parts["train"].tags for tag in tags)
    return {split: part.bio() if spans else part for split, part in parts.items()}


def load_tagged_split(
    dataset: str, *, token_field: str | None = None, tag_field: str | None = None, split: str | None = None
) -> TaggedSplit:
    """Load the sentences of one split, to score a model on.

    Args:
        dataset: as for `load_tagged`.
        token_field: the same.
        tag_field: the same.
        split: "train", "validation" or "test"; None = all sentences of a file, else "test".

    Raises:
        DataError: as `load_tagged`, or there is no such split.
    """
    parts = _read_parts(dataset, token_field, tag_field)
    if split is None and Path(dataset).expanduser().is_file():
        return parts["train"]
    wanted = split or "test"
    if wanted != "test" or wanted not in parts:
        parts = _complete(parts, seed=0)
    if wanted not in parts:
        raise DataError(f"{dataset} has no {wanted} part (parts: {', '.join(parts)}); choose with --split")
    return parts[wanted]


def tag_labels(parts: Mapping[str, TaggedSplit]) -> list[str]:
    """The labels that a model of these sentences needs, in order; of spans `B-` and `I-` of each kind.

    Args:
        parts: splits of `load_tagged`.

    Raises:
        DataError: all words of train have the same tag, or another split has a tag that train has not.
    """
    tags = {tag for sentence in parts["train"].tags for tag in sentence}
    known = bio_labels(tags) if is_span_scheme(tags) else sorted(tags)
    if len(known) == 1:
        raise DataError(
            f"{parts['train'].origin}: all words have the tag {known[0]!r}, so there is nothing to tell apart: "
            "check --tag-field"
        )
    for split, part in parts.items():
        check_tags(part, known, f"none of train's, and the {split} split has it: correct it, or add such to train")
    return known


def check_tags(part: TaggedSplit, labels: Sequence[str], fault: str) -> None:
    """Check that all tags of a part are known.

    Args:
        part: the sentences.
        labels: the tags that may occur.
        fault: what it means if one is not among them, and the mend.

    Raises:
        DataError: names the first tag at fault, its word and its sentence's place.
    """
    known = set(labels)
    for place, tokens, tags in zip(part.locations, part.tokens, part.tags, strict=True):
        for token, tag in zip(tokens, tags, strict=True):
            if tag not in known:
                raise DataError(f"{place}: the tag {tag!r} of the word {token!r} is {fault}")


def _read_parts(dataset: str, token_field: str | None, tag_field: str | None) -> dict[str, TaggedSplit]:
    path = Path(dataset).expanduser()
    if not path.exists() and is_column_file(path):
        raise DataError(f"{dataset!r}: no such file or folder")
    local = local_path(dataset)
    if local is None:
        samples = ", ".join(sample_names()) or "none found"
        unknown = f"{dataset!r} is not a file or folder here, no sample of that name (samples: {samples})"
        parts = {}
        for split, rows in usual_splits(load_hub(dataset, unknown=unknown), dataset).items():
            origin = f"{dataset} ({split})"
            parts[split] = _part(table_rows(rows.flatten(), token_field, tag_field, origin), origin)
        return parts
    if local.is_file():
        if not is_tagged_file(local):
            raise DataError(f"{local}: unknown kind of file; give {_KINDS}")
        return {"train": _part_of_files([local], token_field, tag_field)}
    if not look_for_splits(local, _tagged_files):
        raise DataError(f"{local}: no data file named train, validation or test ({_KINDS}); found {summary(local)}")
    splits = find_splits(local, _tagged_files)
    return {split: _part_of_files(files, token_field, tag_field) for split, files in splits.items()}


def _tagged_files(folder: Path) -> list[Path]:
    return [path for path in plain_files(folder) if is_tagged_file(path)]


def _part_of_files(files: Sequence[Path], token_field: str | None, tag_field: str | None) -> TaggedSplit:
    """The sentences of one split, of one file or of several shards."""
    rows = chain.from_iterable(file_rows(path, token_field, tag_field) for path in files)
    return _part(rows, str(files[0] if len(files) == 1 else files[0].parent))


def _part(rows: Iterable[TaggedRow], origin: str) -> TaggedSplit:
    filled = [row for row in rows if row.tokens]
    if not filled:
        raise DataError(f"{origin} is empty: it has no words")
    tokens, tags, places = (list(column) for column in zip(*filled, strict=True))
    return TaggedSplit(tokens, tags, places, origin)


def _complete(parts: dict[str, TaggedSplit], seed: int) -> dict[str, TaggedSplit]:
    """Split a validation part, and a test part where there is train alone, off train."""
    if "validation" in parts:
        return {split: parts[split] for split in SPLITS if split in parts}
    train = parts["train"]
    names = ["validation", "test"] if "test" not in parts else ["validation"]
    try:
        chosen = hold_out(map(" ".join, train.tokens), None, fractions=held_out_shares(len(train), names), seed=seed)
    except DataError as error:
        raise DataError(f"{train.origin}: {error}") from None
    made = {name: train.select(rows) for name, rows in zip(["train", *names], chosen, strict=True)}
    return {split: made.get(split) or parts[split] for split in SPLITS}
