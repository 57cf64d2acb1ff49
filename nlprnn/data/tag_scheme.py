"""Choice between spans and single words: whether tags such as `B-PER` mark spans, and what others among them mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nlprnn.data.tagged_rows import TaggedSplit
from nlprnn.errors import DataError, list_names
from nlprnn.tagging_schemes import OUTSIDE, are_prefixed, is_span_scheme

_HYPHENATED = re.compile(r"[BI]-.+", re.DOTALL)
_OTHER_PREFIX = re.compile(r"([BIESULM])[_:/](.+)|([biesulm])[-_:/](.+)", re.DOTALL)
_OUTSIDE_NAMES = frozenset({"o", "0", "_", "-", "*", "out", "outside", "none", "other", "others"})
_MOST_ODD = 0.2  # of the words in spans: more are tags of their own
_MEND = "correct it, or choose --scheme spans, which reads it as one, or --scheme words, which reads no spans at all"


def apply_scheme(splits: Mapping[str, TaggedSplit], scheme: str) -> dict[str, TaggedSplit]:
    """Return the splits with spans in the BIO scheme, or with a tag a word as they are written.

    Args:
        splits: split name -> its sentences; train decides.
        scheme: "spans", "words", or "auto" = spans if all tags of train are; such are spans in any case.

    Raises:
        DataError: with "auto", a few tags are of no span, among many that are; names the first and the option.
    """
    if scheme != "words":
        renamed, note = _usual_names(_counts(splits["train"]))
        splits = _noted({name: _renamed(split, renamed) for name, split in splits.items()}, note)
    counts = _counts(splits["train"])
    if is_span_scheme(counts):
        return {name: split.bio() for name, split in splits.items()}
    if scheme == "words":
        return dict(splits)
    odd = {tag: number for tag, number in counts.items() if not are_prefixed([tag])}
    if scheme == "spans":
        note = (
            f"tags without B- or I- ({list_names(sorted(odd), limit=5)}) are spans, equal neighbours one" if odd else ""
        )
        return _noted({name: as_spans(split) for name, split in splits.items()}, note)
    inside = sum(number for tag, number in counts.items() if _HYPHENATED.fullmatch(tag))
    if inside and odd and sum(odd.values()) <= _MOST_ODD * inside:
        raise DataError(f"{_first(splits['train'], odd)} has no prefix B- or I-, as the other spans have; {_MEND}")
    note = ""
    if inside:
        note = "each word has a tag of its own, though some begin with B- or I-: see --scheme"
    elif OUTSIDE in counts and len(odd) == len(counts) - 1 > 0:
        note = "tags have no B- or I-, and each word is scored by itself: --scheme spans joins equal neighbours"
    return _noted(splits, note)


def as_spans(split: TaggedSplit) -> TaggedSplit:
    """Return the sentences with spans in the BIO scheme, where equal neighbours without a prefix are one span."""
    tags = {tag: tag if are_prefixed([tag]) else f"I-{tag}" for tag in _counts(split)}
    return _renamed(split, tags).bio()


def with_usual_names(split: TaggedSplit) -> TaggedSplit:
    """Return the sentences with `O` and `B-PER` where the data have other names for them, such as `_` and `b_PER`."""
    return _renamed(split, _usual_names(_counts(split))[0])


def _counts(split: TaggedSplit) -> Counter[str]:
    return Counter(tag for tags in split.tags for tag in tags)


def _usual_names(counts: Mapping[str, int]) -> tuple[dict[str, str], str]:
    """The tags of spans that are written in an unusual way and their usual names, and a note of them."""
    names: dict[str, str] = {}
    outside = [tag for tag in counts if tag.lower() in _OUTSIDE_NAMES and tag != OUTSIDE]
    rest = counts.keys() - {OUTSIDE, *outside}
    if rest and all(map(_OTHER_PREFIX.fullmatch, rest)) and any(tag[0] in "bB" for tag in rest):
        names = {tag: f"{tag[0].upper()}-{tag[2:]}" for tag in rest}
    if len(outside) == 1 and OUTSIDE not in counts and (names or any(map(_HYPHENATED.fullmatch, rest))):
        names[outside[0]] = OUTSIDE
    shown = ", ".join(f"{tag} as {name}" for tag, name in sorted(names.items())[:3])
    return names, f"tags of spans are read by their usual names: {shown}" if names else ""


def _renamed(split: TaggedSplit, names: Mapping[str, str]) -> TaggedSplit:
    return replace(split, tags=[[names.get(tag, tag) for tag in tags] for tags in split.tags]) if names else split


def _noted(splits: Mapping[str, TaggedSplit], note: str) -> dict[str, TaggedSplit]:
    return {name: split.noted(note) for name, split in splits.items()} if note else dict(splits)


def _first(split: TaggedSplit, odd: Iterable[str]) -> str:
    """The place, tag and word of the first odd tag."""
    odd = set(odd)
    for location, tokens, tags in zip(split.locations, split.tokens, split.tags, strict=True):
        for token, tag in zip(tokens, tags, strict=True):
            if tag in odd:
                return f"{location}: the tag {tag!r} of the word {token!r}"
    raise ValueError("no tag is odd")
