"""Tags of words <-> spans of words, such as named entities.

A tag of the BIO scheme (Ramshaw & Marcus 1995) is `B-PER` for the first word of a person's name, `I-PER` for the
others and `O` for words of no name. Tags are read as leniently as `conlleval`, the script of the CoNLL shared tasks,
reads them: IOB1, where `B-` stands between neighbours alone, IOBES and BILOU give the same spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

OUTSIDE = "O"
_PREFIXED = re.compile(r"([BIESULM])(?:-(.*))?", re.DOTALL)
_OPEN, _INNER = frozenset("BIM"), frozenset("IEML")


class TokenSpan(NamedTuple):
    """Successive words that belong together.

    Attributes:
        kind: what they are, such as "PER"; "" where tags have no kinds.
        start: number of the first word, from 0.
        end: number of the word behind the last.
    """

    kind: str
    start: int
    end: int


def is_span_scheme(labels: Iterable[str]) -> bool:
    """Whether labels tell spans (`B-PER`, `I-PER`, `O`), rather than a tag for each word by itself (`NOUN`)."""
    labels = set(labels) - {OUTSIDE}
    return are_prefixed(labels) and any(label[0] in "BI" for label in labels)


def are_prefixed(tags: Iterable[str]) -> bool:
    """Whether all tags are `O` or of a form that tells spans, if only spans of one word (`S-PER`)."""
    return all(map(_PREFIXED.fullmatch, set(tags) - {OUTSIDE}))


def find_spans(tags: Sequence[str]) -> list[TokenSpan]:
    """Return the spans of a sentence in their order, as `conlleval` finds them.

    A tag that does not go on with the span before it begins one of its own, so that no sequence of tags is an error.

    Args:
        tags: of each word.
    """
    spans: list[TokenSpan] = []
    before, kind_before = OUTSIDE, ""
    for place, tag in enumerate(tags):
        match = _PREFIXED.fullmatch(tag)
        prefix, kind = (match[1], match[2] or "") if match else (OUTSIDE, "")
        if match and prefix in _INNER and before in _OPEN and kind == kind_before:
            spans[-1] = spans[-1]._replace(end=place + 1)
        elif match:
            spans.append(TokenSpan(kind, place, place + 1))
        before, kind_before = prefix, kind
    return spans


def to_bio(tags: Sequence[str]) -> list[str]:
    """Write tags of any scheme in the BIO scheme: the same spans, and each span begins with `B-`.

    Args:
        tags: of each word of a sentence.
    """
    written = [OUTSIDE] * len(tags)
    for kind, start, end in find_spans(tags):
        ending = f"-{kind}" if kind else ""
        written[start:end] = ["B" + ending, *["I" + ending] * (end - start - 1)]
    return written


def bio_labels(labels: Iterable[str]) -> list[str]:
    """Return all labels that `to_bio` can write for these: `O`, then `B-` and `I-` of each kind, in order."""
    kinds = sorted({span.kind for label in labels for span in find_spans([label])})
    return [OUTSIDE, *(prefix + (f"-{kind}" if kind else "") for kind in kinds for prefix in "BI")]


def may_follow(before: str | None, after: str, labels: Iterable[str]) -> bool:
    """Whether a label may stand behind another in the BIO scheme.

    Args:
        before: the label of the word before; None = there is no word before.
        after: the label in question.
        labels: all labels. Where no label begins a kind, as in a scheme of `I-` and `O` alone, all may follow.

    Returns:
        False for `I-X` behind anything but `B-X` and `I-X`; else True.
    """
    if after[:1] != "I" or not _PREFIXED.fullmatch(after) or "B" + after[1:] not in labels:
        return True
    return before in ("B" + after[1:], after)
