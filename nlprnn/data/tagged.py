"""Tagged sentences as splits: words with a tag each, from files in columns, or from tables with lists of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlprnn.data.formats.registry import TAGGED
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.sources import find_sources
from nlprnn.data.split import choose_split, complete_splits, hold_out_rows
from nlprnn.data.split_column import note_unheeded, refuse_split_field
from nlprnn.data.tag_scheme import apply_scheme
from nlprnn.data.tagged_rows import TaggedSplit, read_tagged
from nlprnn.errors import DataError
from nlprnn.tagging_schemes import bio_labels, is_span_scheme


def load_tagged(
    dataset: str,
    *,
    token_field: str | None = None,
    tag_field: str | None = None,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> dict[str, TaggedSplit]:
    """Load tagged sentences as splits, as `nlprnn.data.load_table` does with tables.

    Where the tags of train are of spans, in any scheme, all are written in the BIO scheme; `options.scheme` decides
    where only some of them are.

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
    return apply_scheme(splits, "auto" if options is None else options.scheme)


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
    options = options or ReadOptions()
    refuse_split_field(options, dataset, "tagged sentences are split by files, or at random")
    sources = find_sources(dataset, TAGGED, options)
    splits = {split: read_tagged(shards, fields) for split, shards in sources.items()}
    taken = set(map(str, splits["train"].columns.values()))
    note = note_unheeded(sources["train"][0], taken, "tagged sentences are split by files, or at random")
    return {**splits, "train": splits["train"].noted(note)} if note else splits
