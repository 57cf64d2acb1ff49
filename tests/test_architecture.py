"""The floors of the house: who may import whom, and what importing costs."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import nlprnn

PACKAGE = Path(nlprnn.__file__).parent
FLOORS = [
    {""},
    {"cli"},
    {"tasks"},
    {"experiment", "interpret"},
    {"pipelines"},
    {"models"},
    {"modules"},
    {"training"},
    {"data", "decoding", "metrics", "text", "batching"},
    {"serialization", "friendly_command"},
    {"devices", "resources", "tagging_schemes"},
    {"errors", "version"},
]
"""From the top: a unit may import itself and what lies on lower floors; "" is the package's own `__init__`."""

ALLOWED = {unit: {unit}.union(*FLOORS[floor + 1 :]) for floor, units in enumerate(FLOORS) for unit in units}
"""Unit -> the units it may import."""

HEAVY = ("torch", "numpy", "datasets", "tokenizers", "accelerate", "huggingface_hub", "pandas", "matplotlib")


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not {"_recipes", "_data"} & set(path.relative_to(PACKAGE).parts)
}
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"}


def imports(tree, package):
    """Every module that a syntax tree imports, wherever in it, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(filter(None, [*parents[: len(parents) - node.level + 1], base]))
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole if whole in MODULES else base), node.lineno
        elif isinstance(node, ast.Call) and "import" in (getattr(node.func, "id", "") + getattr(node.func, "attr", "")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node.lineno


def own_imports(name):
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    package = name if name in PACKAGES else name.rpartition(".")[0]
    return [(target, line) for target, line in imports(tree, package) if target.split(".")[0] == "nlprnn"]


def unit(name):
    """nlprnn.text.word_tokenizer -> text."""
    return [*name.split("."), ""][1]


def allowed(importer, target):
    within = target.removeprefix("nlprnn").removeprefix(".")
    return any(
        within == unit_name or (unit_name and within.startswith(f"{unit_name}."))
        for unit_name in ALLOWED[unit(importer)]
    )


@pytest.mark.parametrize("name", MODULES)
def test_nothing_imports_upward_or_sideways(name):
    wrong = [f"line {line}: {target}" for target, line in own_imports(name) if not allowed(name, target)]
    assert not wrong, f"{name} imports what its floor may not: {wrong}"


def test_every_unit_has_a_floor_and_every_floor_is_there():
    assert {unit(name) for name in MODULES} == ALLOWED.keys()


def test_nothing_imports_the_recipes():
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [target for target, _ in imports(tree, name) if target.split(".")[0] in ("recipes", "tests", "data")]


@pytest.mark.parametrize(
    "source",
    [
        "import nlprnn.training.trainer",
        "from nlprnn.training import trainer",
        "from nlprnn import training",
        "from ..training import trainer",
        "from .. import training",
        "def f():\n    from nlprnn.training.trainer import Trainer",
        "if TYPE_CHECKING:\n    import nlprnn.training as t",
        "import_module('nlprnn.training.trainer')",
        "importlib.import_module('nlprnn.training')",
    ],
)
def test_the_test_itself_sees_every_way_to_import(source):
    found = [target for target, _ in imports(ast.parse(source), "nlprnn.text")]
    assert any(target.startswith("nlprnn.training") for target in found)
    assert not all(allowed("nlprnn.text.vectors", target) for target in found)


def loaded_by(statement):
    code = f"import sys\n{statement}\nimport json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "statement", ["import nlprnn; dir(nlprnn)", "import nlprnn.cli.main, nlprnn.experiment.command"]
)
def test_importing_is_cheap(statement):
    assert not loaded_by(statement) & set(HEAVY)


def test_the_help_of_the_command_loads_nothing_heavy():
    statement = "from nlprnn.cli.main import main\nmain(['--help'], standalone_mode=False)"
    assert not loaded_by(statement) & set(HEAVY)


def test_using_a_name_loads_it():
    assert "torch" in loaded_by("import nlprnn; nlprnn.Classifier")


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_every_public_name_is_there_and_in_order(name):
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert len(set(public)) == len(public)
    for attribute in public:
        assert getattr(module, attribute) is not None
        assert attribute in dir(module)


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Classifer"):
        nlprnn.Classifer  # noqa: B018
