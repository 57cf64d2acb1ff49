"""HTML report of explained texts, whose tokens are coloured by their saliency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from nlprnn.html_fragments import escaped
from nlprnn.interpret.saliency import Saliency
from nlprnn.interpret.segments import Segment, segments, summary
from nlprnn.serialization.atomic_files import replacing

# One file that loads nothing and runs nothing, declares this to the browser, and follows its dark or light colours.
# Negative scores have a dashed line below, so that the report can be read without colour.
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Which words decide</title>
<style>
:root { color-scheme: light dark; --for: 20 110 245; --against: 225 40 40; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 52rem; margin: 2.5rem auto; padding: 0 1.25rem;
  background: light-dark(#fbfcfd, #131416); color: light-dark(#1f2933, #e6eaed); }
h1 { font-size: 1.5rem; margin: 0 0 0.25rem; color: light-dark(#1f2933, #eceff1); }
header div, article p { margin: 0.4rem 0; }
header, dl, footer { color: light-dark(#5b6670, #a9b3bb); font-size: 0.92rem; }
article { margin: 1.5rem 0; padding: 1.1rem 1.4rem; border-radius: 0.8rem; background: light-dark(#fff, #1c2024);
  border: 1px solid light-dark(#e3e8ec, #2c3238); }
.text { font-size: 1.3rem; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0.6rem 0; }
h2 small { font-weight: normal; font-size: 0.92rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 0.9rem; margin: 0.4rem 0; }
dd { margin: 0; }
abbr { text-decoration: underline dotted; cursor: help; }
footer { margin-top: 0.5rem; font-size: 0.85rem; }
mark { color: inherit; border-radius: 0.25em; padding: 0.12em 0.08em;
  background: rgb(var(--for) / calc(45% * var(--s)));
  border-bottom: 2px solid rgb(var(--for) / calc(100% * var(--s))); }
mark.against { background: rgb(var(--against) / calc(45% * var(--s)));
  border-bottom: 2px dashed rgb(var(--against) / calc(100% * var(--s))); }
mark.unknown { font-style: italic; }
</style>
</head>
<body>
"""
_UNKNOWN = 'Words <mark class="unknown" style="--s:0">in italics</mark> are unknown to the model.'
_SIGNED = f"""<header><h1>Which words decide</h1>
<div>The stronger the colour, the more a word counts <mark style="--s:1">for the answer</mark> or
<mark class="against" style="--s:1">against it</mark>. {_UNKNOWN} Point at a word for its number.</div></header>
"""
_UNSIGNED = f"""<header><h1>Which words the model reads</h1>
<div>The stronger the colour, the more of the model's attention a word gets: <mark style="--s:1">read much</mark>,
<mark style="--s:0.3">less</mark>. That is not evidence for or against the answer. {_UNKNOWN}
Point at a word for its share.</div></header>
"""
_END = "</body>\n</html>\n"
_SHOWN = 3
"""Words that are named as counting most."""


@contextmanager
def saliency_report(path: Path, *, signed: bool = True) -> Iterator[Callable[[Saliency], None]]:
    """Yield a function that adds a text to the report; the file is written when the block ends without an error.

    Args:
        path: of the HTML file.
        signed: scores may be negative, as all but those of attention.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:

        def add(saliency: Saliency) -> None:
            file.write(_article(saliency))

        file.write(_HEAD + (_SIGNED if signed else _UNSIGNED))
        yield add
        file.write(_END)


def _article(saliency: Saliency) -> str:
    pieces = segments(saliency)
    marks = "".join(map(_mark, pieces)) or "<em>empty text</em>"
    other = "" if saliency.label == saliency.prediction else f", where {escaped(saliency.prediction)} is more likely"
    return (
        f'<article>\n<p class="text" dir="auto">{marks}</p>\n<h2><bdi>{escaped(saliency.label)}</bdi> '
        f"<small>with a probability of {saliency.probability:.1%}{other}</small></h2>\n"
        f"{'' if saliency.logit is None else _words(pieces) + _sum(saliency)}</article>\n"
    )


def _words(pieces: list[Segment]) -> str:
    """Return the words that count most, for the label and against it."""
    scored = sorted((piece for piece in pieces if piece.score), key=lambda piece: -abs(piece.score or 0.0))
    rows = ""
    for title, sign in (("most for it", 1), ("most against it", -1)):
        best = [piece for piece in scored if sign * (piece.score or 0.0) > 0][:_SHOWN]
        words = ", ".join(f"“<bdi>{escaped(piece.text)}</bdi>” {piece.score:+.2f}" for piece in best)
        rows += f"<dt>{title}</dt><dd>{words or 'nothing'}</dd>\n"
    return f"<dl>\n{rows}</dl>\n"


def _sum(saliency: Saliency) -> str:
    """Return how the numbers add up, in plain words, with the technical terms as titles."""
    logit = (
        '<abbr title="The numbers are shares of the logit of this answer, log(p / (1 - p)): 0 is a probability of one '
        'half, +2 of 88 %, -2 of 12 %. They are integrated gradients or gradient x input.">the score</abbr>'
    )
    baseline = '<abbr title="The baseline: a text of the same length whose word vectors are all zero.">no words</abbr>'
    gap = ""
    if saliency.gap is not None:
        title = "The gap of the approximation; more --steps make it smaller."
        gap = f', <abbr title="{title}">{abs(saliency.gap):.4f}</abbr> missing'
    return (
        f'<footer title="{escape(summary(saliency))}">From {saliency.baseline:+.2f} for {baseline} to '
        f"{saliency.logit:+.2f} for this text: the words add {saliency.scores.sum():+.2f} to {logit}{gap}.</footer>\n"
    )


def _mark(segment: Segment) -> str:
    text = escaped(segment.text)
    if segment.score is None:
        return text
    classes = " ".join(["against"] * (segment.score < 0) + ["unknown"] * segment.unknown)
    kind = f' class="{classes}"' if classes else ""
    return f'<mark{kind} style="--s:{segment.strength:.2f}" title="{segment.score:+.4f}">{text}</mark>'
