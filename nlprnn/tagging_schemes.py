"""Tagging schemes: spans of words, such as named entities, written as tags of words.

A tag of the BIO scheme (Ramshaw & Marcus 1995) is `B-PER` for the first word of a person's name, `I-PER` for the
others and `O` for words of no name. Tags are parsed as leniently as by `conlleval`, the script of the CoNLL shared
tasks: IOB1, which uses `B-` only between neighbours of one kind, IOBES and BILOU give the same spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

OUTSIDE = "O"
_PREFIXED = re.compile(r"([BIESULM])(?:-(.*))?", re.DOTALL)
_OPEN, _INNER = frozenset("BIM"), frozenset("IEML")


class TokenSpan(NamedTuple):
    """A span of successive words.

    Attributes:
        kind: such as "PER"; "" where tags have no kinds.
        start: index of the first word.
        end: index after the last word.
    """

    kind: str
    start: int
    end: int


def is_span_scheme(labels: Iterable[str]) -> bool:
    """Return whether labels encode spans (`B-PER`, `I-PER`, `O`) rather than one tag per word (`NOUN`)."""
    labels = set(labels) - {OUTSIDE}
    return are_prefixed(labels) and any(label[0] in "BI" for label in labels)


def are_prefixed(tags: Iterable[str]) -> bool:
    """Return whether all tags are `O` or have a prefix of a span scheme, if only of spans of one word (`S-PER`)."""
    return all(map(_PREFIXED.fullmatch, set(tags) - {OUTSIDE}))


def find_spans(tags: Sequence[str]) -> list[TokenSpan]:
    """Return the spans of a sentence in their order, as `conlleval` does.

    A tag that does not continue the span before it starts a new one, so that no sequence of tags is an error.

    Args:
        tags: of each word.
    """
    spans: list[TokenSpan] = []
    before, kind_before = OUTSIDE, ""
    for index, tag in enumerate(tags):
        match = _PREFIXED.fullmatch(tag)
        prefix, kind = (match[1], match[2] or "") if match else (OUTSIDE, "")
        if match and prefix in _INNER and before in _OPEN and kind == kind_before:
            spans[-1] = spans[-1]._replace(end=index + 1)
        elif match:
            spans.append(TokenSpan(kind, index, index + 1))
        before, kind_before = prefix, kind
    return spans


def to_bio(tags: Sequence[str]) -> list[str]:
    """Convert tags of any scheme to the BIO scheme: the same spans, each of which starts with `B-`.

    Args:
        tags: of each word of a sentence.
    """
    converted = [OUTSIDE] * len(tags)
    for kind, start, end in find_spans(tags):
        suffix = f"-{kind}" if kind else ""
        converted[start:end] = ["B" + suffix, *["I" + suffix] * (end - start - 1)]
    return converted


def bio_labels(labels: Iterable[str]) -> list[str]:
    """Return all labels that `to_bio` can give for these: `O`, then `B-` and `I-` of each kind, in order."""
    kinds = sorted({span.kind for label in labels for span in find_spans([label])})
    return [OUTSIDE, *(prefix + (f"-{kind}" if kind else "") for kind in kinds for prefix in "BI")]


def may_follow(before: str | None, after: str, labels: Iterable[str]) -> bool:
    """Return whether a label may follow another in the BIO scheme.

    Args:
        before: label of the previous word; None = there is no previous word.
        after: label of this word.
        labels: all labels. If no label starts a kind, as in a scheme of `I-` and `O` alone, all may follow.

    Returns:
        False for `I-X` after anything but `B-X` and `I-X`; else True.
    """
    if after[:1] != "I" or not _PREFIXED.fullmatch(after) or "B" + after[1:] not in labels:
        return True
    return before in ("B" + after[1:], after)
