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
<title>Saliency of each token</title>
<style>
:root { color-scheme: light dark; --for: 20 110 245; --against: 225 40 40; }
body { font: 1rem/1.9 system-ui, sans-serif; max-width: 55rem; margin: 2rem auto; padding: 0 1rem;
  background: Canvas; color: CanvasText; }
article { margin: 2rem 0; border-top: 1px solid color-mix(in srgb, CanvasText 20%, transparent); }
h2 { font-size: 1.1rem; margin: 1rem 0 0.25rem; }
h2 small, footer { font-weight: normal; font-size: 0.85rem; opacity: 0.75; }
p { margin: 0.25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; border-radius: 0.2em; padding: 0.1em 0; background: rgb(var(--for) / calc(55% * var(--s)));
  border-bottom: 2px solid rgb(var(--for) / calc(100% * var(--s))); }
mark.against { background: rgb(var(--against) / calc(55% * var(--s)));
  border-bottom: 2px dashed rgb(var(--against) / calc(100% * var(--s))); }
mark.unknown { font-style: italic; }
</style>
</head>
<body>
"""
_SIGNED = """<header><mark style="--s:1">for the class</mark> <mark class="against" style="--s:1">against it</mark>
<mark class="unknown" style="--s:0">unknown to the model</mark></header>
"""
_UNSIGNED = """<header><mark style="--s:1">read much</mark> <mark style="--s:0.3">less</mark>
<mark class="unknown" style="--s:0">unknown to the model</mark></header>
"""
_END = "</body>\n</html>\n"


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
    marks = "".join(map(_mark, segments(saliency))) or "<em>empty text</em>"
    other = "" if saliency.label == saliency.prediction else f", where {escaped(saliency.prediction)} is more likely"
    footer = "" if saliency.logit is None else f"<footer>{escape(summary(saliency))}</footer>\n"
    return (
        f"<article>\n<h2><bdi>{escaped(saliency.label)}</bdi> <small>{saliency.probability:.1%}{other}</small></h2>\n"
        f'<p dir="auto">{marks}</p>\n{footer}</article>\n'
    )


def _mark(segment: Segment) -> str:
    text = escaped(segment.text)
    if segment.score is None:
        return text
    classes = " ".join(["against"] * (segment.score < 0) + ["unknown"] * segment.unknown)
    kind = f' class="{classes}"' if classes else ""
    return f'<mark{kind} style="--s:{segment.strength:.2f}" title="{segment.score:+.4f}">{text}</mark>'
