"""Formulas as MathML, which browsers draw by themselves: no script, no font and no network."""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def mathml(formula: str, display: str = "inline") -> str:
    """Return a formula as MathML.

    Raises:
        ValueError: the converter left a command as it is.
    """
    # The converter knows `align*` and not `aligned`, which is what MyST and GitHub take.
    result = convert(formula.replace("{aligned}", "{align*}"), display=display)
    if re.search(r"<m[io]>(?:&(?:amp;|#x00026;)?|\\\\?\w+)</m[io]>", result):
        raise ValueError(f"no MathML for {formula!r}")
    return result


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def display(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    translator.body.append(f'<div class="math-display">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
