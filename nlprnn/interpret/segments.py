"""Segments of an explained text that carry the scores of its tokens, and a summary of the scores."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np


class Segment(NamedTuple):
    """A piece of the text.

    Attributes:
        text: as it was written.
        score: the sum over its tokens; None where the model reads nothing, such as white space.
        strength: the size of the score as a fraction of the text's largest, 0 to 1.
        unknown: whether one of its tokens is outside the model's vocabulary.
    """

    text: str
    score: float | None = None
    strength: float = 0.0
    unknown: bool = False


class Explained(Protocol):
    """What segments are made of: the fields of a `Saliency`."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def tokens(self) -> list[str]:
        """T pieces of the text."""

    @property
    def spans(self) -> list[tuple[int, int]] | None:
        """Start and end of each token in the text, where they are known."""

    @property
    def unknown(self) -> list[bool]:
        """Whether each token is outside the vocabulary."""

    @property
    def scores(self) -> np.ndarray:
        """Score of each token, (T,) float64."""

    @property
    def logit(self) -> float | None:
        """Log-odds of the label; None for attention."""

    @property
    def baseline(self) -> float | None:
        """Log-odds where every vector is zero; None for attention."""

    @property
    def gap(self) -> float | None:
        """What the sum of the scores misses, where it is known."""

    @property
    def truncated_at(self) -> int | None:
        """Index in the tokens at which the text is truncated."""


def segments(saliency: Explained) -> list[Segment]:
    """Split a text at the boundaries of its tokens.

    Tokens that share a character, as the bytes of one do, are one segment. What the model does not read of a long
    text is left out, with "…" in its place. Where the tokenizer does not know the spans of tokens, the segments are
    the tokens, with spaces between.
    """
    pieces = _token_pieces(saliency) if saliency.spans is None else _text_pieces(saliency, saliency.spans)
    largest = max((abs(piece.score) for piece in pieces if piece.score), default=1.0)
    return [piece._replace(strength=abs(piece.score or 0.0) / largest) for piece in pieces]


def summary(saliency: Explained) -> str:
    """Return one line on how the scores add up to the logit, which attention has not."""
    gap = "" if saliency.gap is None else f" (gap {abs(saliency.gap):.4f})"
    ends = f"logit {saliency.logit:+.3f}, at the baseline {saliency.baseline:+.3f}"
    return f"{ends}; scores sum to {saliency.scores.sum():+.3f}{gap}"


def _token_pieces(saliency: Explained) -> list[Segment]:
    pieces: list[Segment] = []
    for index, (token, score, unknown) in enumerate(
        zip(saliency.tokens, saliency.scores.tolist(), saliency.unknown, strict=True)
    ):
        if index == saliency.truncated_at:
            pieces.append(_ellipsis(pieces))
        pieces += [Segment(" ")] * bool(pieces) + [Segment(token, score, unknown=unknown)]
    return [*pieces, Segment(" …")] if saliency.truncated_at == len(saliency.tokens) else pieces


def _text_pieces(saliency: Explained, spans: list[tuple[int, int]]) -> list[Segment]:
    text, pieces, end = saliency.text, list[Segment](), 0
    for index, ((begin, stop), score, unknown) in enumerate(
        zip(spans, saliency.scores.tolist(), saliency.unknown, strict=True)
    ):
        if index == saliency.truncated_at:
            pieces += [_ellipsis(pieces), Segment(" ")]
            end = _first_visible(text, begin, stop)
        if pieces and pieces[-1].score is not None and (begin < end or begin == stop):
            last = pieces.pop()
            pieces.append(Segment(last.text + text[end:stop], last.score + score, unknown=last.unknown or unknown))
        else:
            if not text[begin:stop].isspace():  # a space before a word is no part of the word
                begin = _first_visible(text, begin, stop)
            if begin > end:
                pieces.append(Segment(text[end:begin]))
            pieces.append(Segment(text[begin:stop], score, unknown=unknown))
        end = max(end, stop)
    if saliency.truncated_at == len(spans):
        pieces.append(Segment(" …"))
    elif end < len(text):
        pieces.append(Segment(text[end:]))
    return pieces


def _ellipsis(before: list[Segment]) -> Segment:
    return Segment(" …" if before else "…")


def _first_visible(text: str, begin: int, stop: int) -> int:
    """Return the index of the first character of text[begin:stop] that is no white space; `stop` if there is none."""
    return stop - len(text[begin:stop].lstrip())
