"""A text as it was written, in pieces that carry the scores of its tokens, and how the scores add up."""

from __future__ import annotations

from typing import NamedTuple

from nlprnn.interpret.saliency import Saliency


class Segment(NamedTuple):
    """A piece of the text.

    Attributes:
        text: as it was written.
        score: the sum over the tokens that stand here; None where the model reads nothing, such as white space.
        strength: the size of the score in parts of the text's largest, 0 to 1.
        unknown: a token is not in the model's vocabulary.
    """

    text: str
    score: float | None = None
    strength: float = 0.0
    unknown: bool = False


def segments(saliency: Saliency) -> list[Segment]:
    """Cut a text where its tokens begin and end.

    Tokens that share a character, as the bytes of one do, become one piece. What the model does not read of a long
    text is left out, with "…" in its place. Where the tokenizer knows no places, the pieces are the tokens, with
    spaces between.
    """
    found: list[Segment] = []
    end = 0
    scored = zip(saliency.tokens, _places(saliency), saliency.scores.tolist(), saliency.unknown, strict=True)
    for index, (token, (begin, stop), score, unknown) in enumerate(scored):
        if index == saliency.truncated_at:
            found.append(Segment(" …" if found else "…"))
            if saliency.spans is not None:
                found.append(Segment(" "))
                end = stop - len(saliency.text[begin:stop].lstrip())
        if saliency.spans is None:
            found += [Segment(" ")] * bool(found) + [Segment(token, score, unknown=unknown)]
        elif found and found[-1].score is not None and (begin < end or begin == stop):
            before = found.pop()
            text = before.text + saliency.text[end:stop]
            found.append(Segment(text, before.score + score, unknown=before.unknown or unknown))
        else:
            if not saliency.text[begin:stop].isspace():  # a space before a word belongs to no word
                begin = stop - len(saliency.text[begin:stop].lstrip())
            if begin > end:
                found.append(Segment(saliency.text[end:begin]))
            found.append(Segment(saliency.text[begin:stop], score, unknown=unknown))
        end = max(end, stop)
    if saliency.truncated_at == len(saliency.tokens):
        found.append(Segment(" …"))
    elif saliency.spans is not None and end < len(saliency.text):
        found.append(Segment(saliency.text[end:]))
    largest = max((abs(segment.score) for segment in found if segment.score), default=1.0)
    return [segment._replace(strength=abs(segment.score or 0.0) / largest) for segment in found]


def account(saliency: Saliency) -> str:
    """One line on how the scores add up to the logit; there must be one."""
    gap = "" if saliency.gap is None else f" (gap {abs(saliency.gap):.4f})"
    ends = f"logit {saliency.logit:+.3f}, at the baseline {saliency.baseline:+.3f}"
    return f"{ends}; scores sum to {saliency.scores.sum():+.3f}{gap}"


def _places(saliency: Saliency) -> list[tuple[int, int]]:
    return [(0, 0)] * len(saliency.tokens) if saliency.spans is None else saliency.spans
