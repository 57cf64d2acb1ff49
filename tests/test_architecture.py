"""Architecture: which packages may import which, and what importing loads."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

import nlprnn

PACKAGE = Path(nlprnn.__file__).parent
ROOT = Path(__file__).parents[1]
FLOORS = [
    {""},
    {"cli"},
    {"export", "tuning", "web"},
    {"tasks"},
    {"experiment", "interpret"},
    {"pipelines"},
    {"models"},
    {"modules"},
    {"training"},
    {"data", "decoding", "metrics", "text", "audio", "series", "batching", "reference"},
    {"serialization", "friendly_command"},
    {"devices", "named_pipes", "picture_style", "resources", "tagging_schemes"},
    {"errors", "extension_points", "html_fragments", "path_kinds", "version"},
]
"""From the top: a unit may import itself and units of lower floors; "" is `nlprnn/__init__.py`."""

ALLOWED = {unit: {unit}.union(*FLOORS[floor + 1 :]) for floor, units in enumerate(FLOORS) for unit in units}
"""Units that each unit may import."""

HEAVY = (
    "torch",
    "numpy",
    "datasets",
    "tokenizers",
    "accelerate",
    "huggingface_hub",
    "pandas",
    "matplotlib",
    "optuna",
    "soundfile",
)


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not {"_recipes", "_data"} & set(path.relative_to(PACKAGE).parts)
}
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"}
SCRIPTS = sorted(path for folder in ("recipes", "benchmarks") for path in (ROOT / folder).glob("*.py"))


def imports(tree, package):
    """Yield every module that a syntax tree imports, at any depth, with its line."""
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


@functools.cache
def module_imports(name):
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    return list(imports(tree, name if name in PACKAGES else name.rpartition(".")[0]))


def package_imports(name):
    return [(target, line) for target, line in module_imports(name) if target.split(".")[0] == "nlprnn"]


def unit(name):
    """Return the unit of a module: `text` for `nlprnn.text.word_tokenizer`."""
    return [*name.split("."), ""][1]


def allowed(importer, target):
    within = target.removeprefix("nlprnn").removeprefix(".")
    return any(
        within == unit_name or (unit_name and within.startswith(f"{unit_name}."))
        for unit_name in ALLOWED[unit(importer)]
    )


@pytest.mark.parametrize("name", MODULES)
def test_modules_import_lower_floors_only(name):
    forbidden = [f"line {line}: {target}" for target, line in package_imports(name) if not allowed(name, target)]
    assert not forbidden, f"{name} imports what its floor must not: {forbidden}"


def cycles(graph):
    """Return the sets of modules that import each other, directly or through others (Tarjan 1972)."""
    index, low, stack, components = {}, {}, [], []

    def visit(name):
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
            if target in stack:
                low[name] = min(low[name], low[target])
        if low[name] == index[name]:
            start = stack.index(name)
            components.append(sorted(stack[start:]))
            del stack[start:]

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return [component for component in components if len(component) > 1]


def test_imports_have_no_cycles():
    graph = {name: {target for target, _ in package_imports(name) if target in MODULES} - {name} for name in MODULES}
    assert not cycles(graph)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scripts_import_nothing_of_the_command_line(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = [target for target, _ in imports(tree, "")]
    assert not [target for target in targets if target == "nlprnn.cli" or target.startswith("nlprnn.cli.")]


def test_floors_list_every_unit():
    assert {unit(name) for name in MODULES} == ALLOWED.keys()


GROWING = {"TrainingState", "Registry", "TrialRecord", "StudyRecord", "_Sentences", "_Handler"}
"""Dataclasses that collect; all others are values, which may be shared without a copy."""


def test_dataclasses_are_values():
    nodes = chain.from_iterable(ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES.values())
    mutable = {
        node.name
        for node in nodes
        if isinstance(node, ast.ClassDef)
        for decorator in map(ast.unparse, node.decorator_list)
        if decorator.startswith("dataclass") and "frozen=True" not in decorator
    }
    assert mutable == GROWING


def test_package_imports_no_scripts():
    for name in MODULES:
        assert not {target.split(".")[0] for target, _ in module_imports(name)} & {"recipes", "tests", "data"}


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
def test_all_kinds_of_imports_are_detected(source):
    targets = [target for target, _ in imports(ast.parse(source), "nlprnn.text")]
    assert any(target.startswith("nlprnn.training") for target in targets)
    assert not all(allowed("nlprnn.text.vectors", target) for target in targets)


def loaded_by(statement):
    code = f"import sys\n{statement}\nimport json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "statement", ["import nlprnn; dir(nlprnn)", "import nlprnn.cli.main, nlprnn.experiment.command"]
)
def test_importing_is_cheap(statement):
    assert not loaded_by(statement) & set(HEAVY)


def test_help_loads_nothing_heavy():
    statement = "from nlprnn.cli.main import main\nmain(['--help'], standalone_mode=False)"
    assert not loaded_by(statement) & set(HEAVY)


def test_names_are_loaded_on_first_use():
    assert "nlprnn.serialization.registry" in loaded_by("import nlprnn; nlprnn.register") - loaded_by("import nlprnn")


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_public_names_exist_once(name):
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert len(set(public)) == len(public)
    for attribute in public:
        assert getattr(module, attribute) is not None
        assert attribute in dir(module)


def test_unknown_names_raise_attribute_error():
    with pytest.raises(AttributeError, match="Classifer"):
        nlprnn.Classifer  # noqa: B018
