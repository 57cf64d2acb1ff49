"""Pictures for light and dark pages: a page names `x.light.svg`, and the site shows `x.dark.svg` where it is dark."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx


def pair(app: Sphinx, doctree: nodes.document) -> None:
    """Add to each light picture its dark one; the theme shows one of them."""
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for image in list(doctree.findall(nodes.image)):
        dark = image["uri"].replace(".light.", ".dark.")
        if dark != image["uri"] and (folder / dark).is_file():
            twin = image.deepcopy()
            twin["uri"] = dark
            twin["classes"].append("only-dark")
            image["classes"].append("only-light")
            image.parent.insert(image.parent.index(image) + 1, twin)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the pairing, before Sphinx collects the files of images."""
    app.connect("doctree-read", pair, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
