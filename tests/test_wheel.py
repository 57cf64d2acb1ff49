"""Contents of the wheel, as configured in `pyproject.toml`, and that an installation finds them."""

from __future__ import annotations

import ast
import importlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A `site-packages` folder with the files that the wheel installs."""
    site = tmp_path_factory.mktemp("site-packages")
    unpacked = shutil.ignore_patterns("__pycache__")
    for package in WHEEL["packages"]:
        shutil.copytree(ROOT / package, site / package, ignore=unpacked)
    for source, target in WHEEL["force-include"].items():
        shutil.copytree(ROOT / source, site / target, ignore=unpacked)
    return site


def _scripts_and_settings(recipes):
    paths = [*recipes.glob("*.py"), *recipes.glob("settings/*.toml")]
    return {path.relative_to(recipes).as_posix() for path in paths}


def _python(site, code, cwd):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    call = [sys.executable, "-P", "-c", code]
    done = subprocess.run(call, capture_output=True, text=True, env=environment, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_recipes_and_data_are_packed():
    assert WHEEL["packages"] == ["nlprnn"]
    assert set(WHEEL["force-include"]) == {"recipes", "data"}
    for source, target in WHEEL["force-include"].items():
        assert (ROOT / source).is_dir()
        assert target.startswith("nlprnn/")
        assert not (ROOT / target).exists()  # it would hide the folder beside the package


def test_installed_recipes_data_and_model_exist(installed, tmp_path):
    code = (
        "from nlprnn import resources\n"
        "models = map(resources.bundled_model_folder, resources.BUNDLED_MODELS)\n"
        "print(resources.recipes_folder(), resources.sample_data_folder(), *models, sep='\\n')"
    )
    recipes, data, *models = map(Path, _python(installed, code, tmp_path).splitlines())
    assert recipes == installed / "nlprnn" / "_recipes"
    assert _scripts_and_settings(recipes) == _scripts_and_settings(ROOT / "recipes")
    assert list((recipes / "settings").glob("*.toml"))
    assert data == installed / "nlprnn" / "_data"
    for sample in ("sentiment", "stories"):
        assert any(path.name.startswith("train") for path in (data / sample).iterdir())
    for name, model in zip(("sentiment", "names", "tales", "teller"), models, strict=True):
        assert model == installed / "nlprnn" / "assets" / name
        assert {"config.json", "model.safetensors", "README.md"} <= {path.name for path in model.iterdir()}
        assert sum(path.stat().st_size for path in model.iterdir()) < 8 << 20


def test_installed_command_copies_a_recipe(installed, tmp_path):
    code = "from nlprnn.cli.main import main; main(['recipes', 'copy', 'sentiment'])"
    _python(installed, code, tmp_path)
    assert (tmp_path / "sentiment.py").read_bytes() == (ROOT / "recipes" / "sentiment.py").read_bytes()


def test_entry_point_and_version_exist():
    module, _, name = PROJECT["project"]["scripts"]["nlprnn"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))
    scope: dict[str, object] = {}
    source = (ROOT / PROJECT["tool"]["hatch"]["version"]["path"]).read_text(encoding="utf-8")
    (line,) = [line for line in source.splitlines() if line.startswith("__version__ = ")]
    exec(line, scope)
    assert scope["__version__"] == importlib.import_module("nlprnn").__version__


def test_licence_readme_and_type_marker_exist():
    for name in (*PROJECT["project"]["license-files"], PROJECT["project"]["readme"], "nlprnn/py.typed"):
        assert (ROOT / name).is_file(), name


def test_imported_libraries_are_dependencies():

    named = PROJECT["project"]["dependencies"] + [
        x for xs in PROJECT["project"]["optional-dependencies"].values() for x in xs
    ]
    declared = {requirement.split(">")[0].split("[")[0].lower() for requirement in named} | {"pyarrow"}  # of datasets
    imported = set()
    for path in [*(ROOT / "nlprnn").rglob("*.py"), *(ROOT / "recipes").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add((node.module or "").partition(".")[0])
    undeclared = imported - set(sys.stdlib_module_names) - declared - {"nlprnn"}
    assert undeclared <= {"typing_extensions"}  # for type checkers alone
