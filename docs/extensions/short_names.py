"""References by the name alone: `Trainer` in a docstring of any package links to `nlprnn.training.Trainer`."""

from __future__ import annotations

from collections import defaultdict

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def index(app: Sphinx, env: BuildEnvironment) -> None:
    """Collect the full names of each last name, and of each last two."""
    names = defaultdict(list)
    for name, entry in env.domains.python_domain.objects.items():
        pieces = name.split(".")
        if entry.objtype != "module" and not entry.aliased:
            for length in (1, 2):
                names[".".join(pieces[-length:])].append(name)
    app.full_names = names  # type: ignore[attr-defined]


def find(app: Sphinx, env: BuildEnvironment, node: nodes.Element, text: nodes.TextElement) -> nodes.Node | None:
    """Return a link to the one object of the API that the target can mean, or None."""
    target = node.get("reftarget", "").removesuffix("()")
    if node.get("refdomain") != "py" or not target:
        return None
    # The code imports `nlprnn.training.trainer.Trainer`, and its page is that of `nlprnn.training.Trainer`.
    names = app.full_names.get(target.rpartition(".")[2] if target.startswith("nlprnn.") else target, [])  # type: ignore[attr-defined]
    shallow = [name for name in names if name.count(".") == min(other.count(".") for other in names)]
    if len(shallow) != 1:
        return None
    entry = env.domains.python_domain.objects[shallow[0]]
    uri = app.builder.get_relative_uri(node["refdoc"], entry.docname) + "#" + entry.node_id
    return nodes.reference("", "", text, internal=True, refuri=uri, reftitle=shallow[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the links."""
    app.connect("env-check-consistency", index)
    app.connect("missing-reference", find, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
