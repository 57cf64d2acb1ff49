"""A new page needs no entry in a table of contents: the line `other-pages` of `index.md` takes all that have none."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx


def fill(app: Sphinx, docname: str, content: list[str]) -> None:
    """Replace the line by the pages of the folder that the other lines do not name."""
    if docname == "index":
        lines = content[0].splitlines()
        pages = sorted(path.stem for path in Path(app.srcdir).glob("*.md"))
        others = [page for page in pages if page not in ("index", *lines)]
        content[0] = content[0].replace("\nother-pages\n", "\n" + "".join(f"{page}\n" for page in others))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the replacement."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
