"""Choice between spans and single words: whether tags such as `B-PER` mark spans, and what others among them mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nlprnn.data.column_roles import counted
from nlprnn.data.tagged_rows import TaggedSplit
from nlprnn.errors import DataError
from nlprnn.tagging_schemes import OUTSIDE, are_prefixed, is_span_scheme

_HYPHENATED = re.compile(r"[BI]-.+", re.DOTALL)
_OUTSIDE_NAMES = frozenset({"o", "0", "_", "-", "*", "out", "outside", "none", "other", "others"})
_MOST_ODD = 0.2  # of the words in spans: more are tags of their own


def apply_scheme(splits: Mapping[str, TaggedSplit], scheme: str) -> dict[str, TaggedSplit]:
    """Return the splits with spans in the BIO scheme, or with a tag a word as they are written.

    Args:
        splits: split name -> its sentences; train decides.
        scheme: "spans", "words", or "auto" = spans if all tags of train are; such are spans in any case.

    Raises:
        DataError: with "auto", a few tags are of no span, among many that are; names the first and the option.
    """
    train = splits["train"]
    counts = Counter(tag for tags in train.tags for tag in tags)
    if scheme == "words" and not is_span_scheme(counts):
        return dict(splits)
    if outside := _outside_name(counts):
        splits = {name: _renamed_outside(split, outside) for name, split in splits.items()}
        counts[OUTSIDE] = counts.pop(outside)
    if scheme == "spans":
        return {name: as_spans(split) for name, split in splits.items()}
    if is_span_scheme(counts):
        return {name: split.bio() for name, split in splits.items()}
    odd = {tag: number for tag, number in counts.items() if not are_prefixed([tag])}
    inside = sum(number for tag, number in counts.items() if _HYPHENATED.fullmatch(tag))
    if inside and odd and sum(odd.values()) <= _MOST_ODD * inside:
        raise DataError(f"{_first(train, odd)} has no prefix B- or I-, as the other spans have; {_MEND}")
    note = ""
    if inside:
        note = "each word has a tag of its own, though some begin with B- or I-: see --scheme"
    elif OUTSIDE in counts and len(counts) > 1 and len(odd) == len(counts) - 1:
        note = "tags have no B- or I-, and each word is scored by itself: --scheme spans joins equal neighbours"
    return {**splits, "train": train.noted(note)} if note else dict(splits)


_MEND = "correct it, or choose --scheme spans, which reads it as one, or --scheme words, which reads no spans at all"


def as_spans(split: TaggedSplit) -> TaggedSplit:
    """Return the sentences with spans in the BIO scheme, where equal neighbours without a prefix are one span."""
    odd = {tag for tags in split.tags for tag in tags if not are_prefixed([tag])}
    if not odd:
        return split.bio()
    words = sum(tag in odd for tags in split.tags for tag in tags)
    note = f"{counted(words, 'tag')} without B- or I- ({', '.join(sorted(odd)[:5])}): equal neighbours are one span"
    return (
        replace(split, tags=[[f"I-{tag}" if tag in odd else tag for tag in tags] for tags in split.tags])
        .noted(note)
        .bio()
    )


def use_outside_name(split: TaggedSplit) -> TaggedSplit:
    """Return the sentences with `O` for the words outside all spans, where the data have another name for it."""
    outside = _outside_name(Counter(tag for tags in split.tags for tag in tags))
    return _renamed_outside(split, outside) if outside else split


def _outside_name(counts: Mapping[str, int]) -> str:
    """The name of the tag outside all spans, if it is not `O`; "" where it is, or where there are no spans."""
    odd = [tag for tag in counts if not are_prefixed([tag])]
    names = [tag for tag in odd if tag.lower() in _OUTSIDE_NAMES]
    spans = any(_HYPHENATED.fullmatch(tag) for tag in counts)
    return names[0] if spans and len(names) == 1 and OUTSIDE not in counts else ""


def _renamed_outside(split: TaggedSplit, outside: str) -> TaggedSplit:
    tags = [[OUTSIDE if tag == outside else tag for tag in tags] for tags in split.tags]
    return replace(split, tags=tags).noted(f"the tag {outside!r} marks words outside all spans, and is read as O")


def _first(split: TaggedSplit, odd: Iterable[str]) -> str:
    """The place, tag and word of the first odd tag."""
    odd = set(odd)
    for location, tokens, tags in zip(split.locations, split.tokens, split.tags, strict=True):
        for token, tag in zip(tokens, tags, strict=True):
            if tag in odd:
                return f"{location}: the tag {tag!r} of the word {token!r}"
    raise ValueError("no tag is odd")
