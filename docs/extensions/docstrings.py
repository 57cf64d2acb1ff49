"""Docstrings as the project writes them, made valid reStructuredText: a bar, as in |x|, is a bar, and a star a star."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_CODE = re.compile(r"(`+[^`]*`+)")


def _escape(lines: list[str], pattern: str) -> None:
    for index, line in enumerate(lines):
        pieces = _CODE.split(line)
        pieces[::2] = [re.sub(pattern, r"\\\g<0>", piece) for piece in pieces[::2]]
        lines[index] = "".join(pieces)


def escape_stars(app: Sphinx, kind: str, name: str, thing: object, options: Any, lines: list[str]) -> None:
    """Escape stars, before Google's style is converted, which adds those of emphasis."""
    _escape(lines, r"\*")


def escape_bars(app: Sphinx, kind: str, name: str, thing: object, options: Any, lines: list[str]) -> None:
    """Escape bars, which would start a substitution, and a final underscore, which would make a link."""
    _escape(lines, r"\||(?<=\w)_(?=\W|$)")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the conversions around that of Google's style."""
    app.connect("autodoc-process-docstring", escape_stars, priority=100)
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
