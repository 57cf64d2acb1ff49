"""Links to the pages of Python, PyTorch and NumPy without their inventories, which a build offline cannot fetch.

`docs/inventories/NAME.txt` lists the objects that the docstrings name, in sections of one page pattern each:

    library/functions.html#{name}
      int
      str

A name that no docstring uses costs nothing; one that is missing leaves its text without a link.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

FOLDER = Path(__file__).parents[1] / "inventories"


def read_inventory(path: Path) -> dict[str, str]:
    """Return the page of each name, relative to the root of the site."""
    pages: dict[str, str] = {}
    pattern = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line[:1] not in ("", " ", "#"):
            pattern = line.strip()
        elif name := line.partition("#")[0].strip():
            pages[name] = pattern.format(name=name)
    return pages


def find(app: Sphinx, env: BuildEnvironment, node: nodes.Element, text: nodes.TextElement) -> nodes.Node | None:
    """Return a link for a name that is no object of this project, or None."""
    if node.get("refdomain") != "py":
        return None
    target = ALIASES.get(node["reftarget"], node["reftarget"])
    for project, root in app.config.inventories.items():
        page = app.inventory_pages[project].get(target)  # type: ignore[attr-defined]
        if page:
            title = f"(in {project.capitalize()})"
            return nodes.reference("", "", text, internal=False, refuri=root + page, reftitle=title)
    return None


ALIASES = {
    "Tensor": "torch.Tensor",
    "nn.Module": "torch.nn.Module",
    "nn.LSTM": "torch.nn.LSTM",
    "nn.GRU": "torch.nn.GRU",
    "nn.RNN": "torch.nn.RNN",
    "nn.Embedding": "torch.nn.Embedding",
    "Path": "pathlib.Path",
    "Any": "typing.Any",
}
"""Names as the code writes them."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the links."""
    app.add_config_value("inventories", {}, "env")
    app.inventory_pages = {path.stem: read_inventory(path) for path in FOLDER.glob("*.txt")}  # type: ignore[attr-defined]
    app.connect("missing-reference", find, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
