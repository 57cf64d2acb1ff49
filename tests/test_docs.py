"""README and documentation: the commands, settings, options, paths, links and code of every page work."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import itertools
import json
import re
import runpy
import shlex
import sys
import types
from pathlib import Path

import click
import pytest

from nlprnn.cli.main import main as nlprnn_command

ROOT = Path(__file__).parents[1]


def _benchmark(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DOCS = _benchmark("docs_pages")
PAGES = {page.name: page for page in DOCS.pages()}
README = PAGES["README.md"]
INTERNAL = {"nlprnn.modules.cpu", "nlprnn.tasks.evaluation"}
"""Packages whose names no reader needs."""


def _commands(start):
    return [
        pytest.param(page, line, id=f"{page.name}: {line}")
        for page in PAGES.values()
        for line in page.commands
        if line.startswith(start)
    ]


def _options(command):
    """Return the options of a command and of its subcommands."""
    names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    if isinstance(command, click.Group):
        context = click.Context(command)
        names.update(*(_options(command.get_command(context, name)) for name in command.list_commands(context)))
    return names | {"--help"}


def _subcommand(words):
    """Return the command that the words call, and its arguments."""
    command = nlprnn_command
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        subcommand = command.get_command(click.Context(command), words[0])
        assert subcommand is not None, f"no command {words[0]}"
        command, words = subcommand, words[1:]
    return command, words


def _parse(command, words):
    """Parse arguments with click; nothing runs."""
    words = [word for word in words if word != "--help"]
    unknown = {word.split("=")[0] for word in words if word.startswith("--")} - _options(command)
    assert not unknown
    if not isinstance(command, click.Group):
        # With the group as parent, as in use: click keeps the first help option that it makes of a command.
        parent = click.Context(nlprnn_command, **nlprnn_command.context_settings)
        command.make_context("page", list(words), parent=parent, resilient_parsing=False)


@functools.cache
def _script(name):
    path = ROOT / name
    assert path.is_file(), name
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)  # benchmarks import their neighbours
        return runpy.run_path(str(path))["main"]


@pytest.fixture
def settings_folder(tmp_path, monkeypatch):
    """A current folder with the settings files of all pages, each named by its first line."""
    for page in PAGES.values():
        for block in page.blocks:
            if block.language == "toml":
                (tmp_path / block.code.splitlines()[0].removeprefix("# ")).write_text(block.code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_readme_is_short():
    assert len(README.text.splitlines()) < 200


@pytest.mark.parametrize("start", ["nlprnn ", "python recipes/", "pip "])
def test_commands_of_every_kind(start):
    assert any(command.startswith(start) for command in README.commands)


@pytest.mark.parametrize(("page", "line"), _commands("nlprnn "))
def test_nlprnn_commands_parse(page, line):
    command, words = _subcommand([word for word in shlex.split(line)[1:] if word != "my_recipe.py"])
    if words:  # else it is the name of the command only
        _parse(command, words)


@pytest.mark.parametrize(("page", "line"), _commands(("python recipes/", "torchrun ")))
def test_recipe_commands_parse(page, line, settings_folder):
    words = shlex.split(line)
    at = next((index for index, word in enumerate(words) if word.startswith("recipes/")), None)
    if at is None:  # an option of torchrun
        return
    for option, value in itertools.pairwise(words):
        if option == "--config" and value.startswith("runs/"):  # of a run that the page has made
            (settings_folder / value).parent.mkdir(parents=True, exist_ok=True)
            (settings_folder / value).touch()
    _parse(_script(words[at]), words[at + 1 :])


@pytest.mark.parametrize(("page", "line"), _commands(("python benchmarks/", "python -m benchmarks")))
def test_benchmark_commands_parse(page, line, settings_folder):
    script, *words = shlex.split(line)[1:]
    if line == "python -m benchmarks":  # the list of benchmarks
        return
    if script == "-m":
        script, *words = [f"benchmarks/{words[1]}.py", *words[2:]]
    for name in ("$GLOVE", "results.jsonl"):  # files that a page names
        (settings_folder / name).touch()
    (settings_folder / "FOLDER").mkdir()
    _parse(_script(script), words)


@pytest.mark.parametrize(("page", "line"), _commands("pip "))
def test_pip_commands_name_the_project_and_its_extras(page, line):
    verb, *words = shlex.split(line)[1:]
    assert verb == "install"
    for word in words:
        project = re.fullmatch(r"(?:\.|nlprnn)(?:\[([\w,]+)\])?", word)
        assert word == "-e" or project or word.startswith(("torch", "mlflow", "--index-url", "https://")), word
        if project and project[1]:
            assert set(project[1].split(",")) <= set(re.findall(r"^(\w+) = \[", _extras_table(), re.MULTILINE))


def _extras_table():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text.split("[project.optional-dependencies]")[1].split("\n[")[0]


def test_install_commands_are_those_of_ci():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    commands = [block.code.strip() for block in README.blocks if "&&" in block.code]
    assert len(commands) == 2
    for command in commands:
        assert command in script


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_relative_links_and_paths_exist(page):
    folder = (ROOT / page.name).parent
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", page.prose) if not re.match(r"[a-z]+:|#", link)]
    for name in [link.split("#")[0] for link in links]:
        assert (folder / name).exists(), name
    for name in re.findall(r"`((?:nlprnn|recipes|data|docs|benchmarks|tests)(?:/[\w./-]+)?/?)`", page.prose):
        # `nlprnn` is the command, not a path, and `data` may be a key.
        assert name in ("nlprnn", "data") or (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_links_to_headings_exist(page):
    for path, anchor in re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", page.prose):
        target = DOCS.read_page(((ROOT / page.name).parent / path).resolve()) if path else page
        headings = re.findall(r"^#+ (.+)$", target.prose, re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert anchor in slugs, f"{path}#{anchor}"


@functools.cache
def _all_options():
    known = {"--nproc-per-node", "--max-restarts", "--no-memory"}  # of torchrun, and of a benchmark
    for name in nlprnn_command.list_commands(click.Context(nlprnn_command)):
        known |= _options(nlprnn_command.get_command(click.Context(nlprnn_command), name))
    for path in (ROOT / "recipes").glob("*.py"):
        known |= _options(_script(f"recipes/{path.name}"))
    return known | _options(_script("benchmarks/generation.py"))  # those of benchmarks


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_options_in_the_text_exist(page):
    assert set(re.findall(r"`(--[a-z-]+)", page.prose)) <= _all_options()


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_python_blocks_compile_and_run(page, tmp_path, monkeypatch):
    """The blocks of a page run in their order, in one namespace; of slow ones, the imports."""
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # dataclasses look their module up
    rows = [f"text {number},{'good' if number % 2 else 'bad'}" for number in range(40)]
    (tmp_path / "reviews.csv").write_text("\n".join(["body,stars", *rows]), encoding="utf-8")
    for code in page.python:
        compiled = compile(code, page.name, "exec")
        if not DOCS.is_slow(code):
            exec(compiled, module.__dict__)
            continue
        imports = [line for line in code.splitlines() if line.startswith(("import ", "from "))]
        with contextlib.suppress(ModuleNotFoundError) if "mlflow" in code else contextlib.nullcontext():
            exec("\n".join(imports), module.__dict__)


def test_each_package_with_public_names_has_a_page_of_the_api():
    pages = {re.search(r"automodule:: (\S+)", path.read_text("utf-8")) for path in (ROOT / "docs" / "api").glob("*.md")}
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "nlprnn").rglob("__init__.py")
        if "__all__" in path.read_text(encoding="utf-8")
    }
    assert packages - {match[1] for match in pages if match} - {"nlprnn"} <= INTERNAL


def test_pages_in_chinese_have_the_code_of_the_english_ones():
    pages = [page for name, page in PAGES.items() if name.startswith("docs/zh/")]
    assert len(pages) >= 3
    for page in pages:
        english = PAGES[page.name.replace("/zh/", "/")]
        assert page.blocks == english.blocks, page.name
        assert _pictures(page) == _pictures(english), page.name


def _pictures(page):
    return [Path(path).name for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.prose)]


def test_figures_of_the_equations_page_are_those_of_the_scripts():
    figures = json.loads((ROOT / "docs" / "pictures" / "equations.json").read_text(encoding="utf-8"))
    gradients, adding, copying = figures["gradients"], figures["adding"], figures["copying"]
    numbers = [f"{gradients[f'RNN, {name}']:.0e}" for name in ("sigmoid, radius 1", "tanh, radius 1", "ReLU, radius 2")]
    numbers += [f"{gradients[f'{cell}, update bias 3, radius {radius}']:.2f}" for cell in ("GRU",) for radius in (1, 2)]
    numbers += [f"{gradients[f'LSTM, forget bias 3, radius {radius}']:.2f}" for radius in (1, 2)]
    numbers += [f"{figures['clipping']['without, update 30']:.1e}", f"{figures['clipping']['clipped, last 50']:.3f}"]
    numbers += [f"{figures['mask']['largest difference without the mask']:.2f}", f"{copying['chance']:.4f}"]
    numbers += [f"{adding[cell]['loss']:.4f}" for cell in ("lstm", "gru", "mingru")] + [f"{adding['rnn']['loss']:.3f}"]
    for cell in ("lstm", "gru"):
        loss, updates, seconds = (copying[cell][name] for name in ("loss", "updates", "seconds"))
        numbers += [f"{loss:.5f}", f"{loss / copying['chance']:.1%}".replace("%", " %"), f"{updates:,}", f"{seconds} "]
    numbers += [f"{copying['length']:,}", f"{copying['mingru']['length']} "]
    for name in ("docs/equations.md", "docs/zh/equations.md"):
        missing = [number for number in numbers if number not in PAGES[name].prose]
        assert not missing, (name, missing)


def test_cells_with_gates_learn_to_add_and_to_copy():
    figures = json.loads((ROOT / "docs" / "pictures" / "equations.json").read_text(encoding="utf-8"))
    adding, copying = figures["adding"], figures["copying"]
    assert max(adding["lstm"]["loss"], adding["gru"]["loss"]) < 0.01 < 0.1 < adding["rnn"]["loss"]
    assert copying["length"] >= 1000
    assert max(copying["lstm"]["loss"], copying["gru"]["loss"]) < 0.1 * copying["chance"]
    assert copying["rnn"]["length"] == 1 < copying["mingru"]["length"] < copying["length"]  # as the page says
    assert figures["mask"]["largest difference with the mask"] == 0.0


def test_gradients_of_the_equations_page_are_measured_again():
    script = _benchmark("gradient_norms")
    cell, bias = script.CELLS["RNN, tanh"]
    norms = script.gradient_norms(cell, gain=1.0, bias=bias, hidden_size=64, length=100, seed=1)
    assert f"{norms[50]:.0e}" in PAGES["docs/equations.md"].prose


def test_no_placeholder_is_left():
    for page in PAGES.values():
        assert not re.findall(r"^[A-Z_]{6,}$", page.text, re.MULTILINE), page.name
