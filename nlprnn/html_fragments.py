"""Pieces of HTML that load nothing and run nothing, as notebooks and reports show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

# Characters that no HTML may contain, even as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_FOR, _AGAINST = "20 110 245", "225 40 40"
_STRONGEST = 0.55
"""Opacity of the strongest background, on which text is legible in light and dark."""


def escaped(text: str) -> str:
    """Return a text for HTML; characters that it may not contain become the replacement character."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def heat(strength: float, *, against: bool = False) -> str:
    """Return the style of a background as strong as a score.

    Args:
        strength: 0 to 1.
        against: whether the score is negative; it then has a dashed line, so that it needs no colour.
    """
    colour, line = (_AGAINST, "dashed") if against else (_FOR, "solid")
    fill, border = f"{_STRONGEST * strength:.2f}", f"{strength:.2f}"
    return f"background:rgb({colour}/{fill});border-bottom:2px {line} rgb({colour}/{border})"


def marked(text: str, style: str, title: str) -> str:
    """Return a text with a background, and a title that a pointer shows."""
    return f'<mark style="color:inherit;{style}" title="{escaped(title)}">{escaped(text)}</mark>'


def paragraph(content: str, caption: str = "") -> str:
    """Return HTML as one paragraph that keeps its white space, with a line below."""
    below = f'<div style="font-size:smaller;opacity:.75">{escaped(caption)}</div>' if caption else ""
    return f'<div><div dir="auto" style="white-space:pre-wrap;line-height:1.9">{content}</div>{below}</div>'


def grid(rows: Sequence[str], columns: Sequence[str], weights: Sequence[Sequence[float]]) -> str:
    """Return a table whose cells are as dark as their weights.

    Args:
        rows: names.
        columns: names.
        weights: of each row and column, 0 to 1.
    """
    head = "".join(
        f'<th scope="col" style="writing-mode:vertical-rl;text-align:left;font-weight:normal">{escaped(name)}</th>'
        for name in columns
    )
    body = "".join(
        f'<tr><th scope="row" style="text-align:right;font-weight:normal">{escaped(name)}</th>'
        + "".join(f'<td style="min-width:1.5em;{_cell(value)}" title="{value:.3f}"></td>' for value in values)
        + "</tr>"
        for name, values in zip(rows, weights, strict=True)
    )
    return f'<table style="border-spacing:1px;border-collapse:separate"><tr><td></td>{head}</tr>{body}</table>'


def _cell(value: float) -> str:
    return f"background:rgb({_FOR}/{min(1.0, max(0.0, value)):.2f})"
