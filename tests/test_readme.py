"""README: its commands, settings, paths and code work."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest

from nlprnn.cli.main import main as nlprnn_command

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCKS = _FENCE.findall(README)
_PYTHON = [block for language, block in _BLOCKS if language == "python"]
_PROSE = _FENCE.sub("", README)
_STARTS = ("nlprnn ", "python recipes/", "pip ")


def _commands():
    """Return every command of a code block or in back quotes, split at `&&` and `|`, without the prompt `$`."""
    lines = [line for language, block in _BLOCKS if language == "" for line in block.splitlines()]
    lines += re.findall(r"`((?:nlprnn|python recipes/|pip) ?[^`]*)`", _PROSE)
    commands = []
    for line in lines:
        pieces = re.split(r"&&|\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line.removeprefix("$ "))
        commands += [piece.strip() for piece in pieces if piece.strip().startswith(_STARTS)]
    return list(dict.fromkeys(commands))


@pytest.fixture
def settings_folder(tmp_path, monkeypatch):
    """A current folder with the settings files of the README, each named by its first line."""
    for language, block in _BLOCKS:
        if language == "toml":
            (tmp_path / block.splitlines()[0].removeprefix("# ")).write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _options(command):
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


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
    unknown = {word.split("=")[0] for word in words if word.startswith("--")} - _options(command)
    assert not unknown
    if not isinstance(command, click.Group):
        # With the group as parent, as in use: click keeps the first help option that it makes of a command.
        parent = click.Context(nlprnn_command, **nlprnn_command.context_settings)
        command.make_context("readme", list(words), parent=parent, resilient_parsing=False)


def test_commands_of_every_kind():
    commands = _commands()
    for start in _STARTS:
        assert any(command.startswith(start) for command in commands), start


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("nlprnn ")])
def test_nlprnn_commands_parse(line):
    command, words = _subcommand(shlex.split(line)[1:])
    if words:  # else it is the name of the command only
        _parse(command, words)


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("python recipes/")])
@pytest.mark.usefixtures("settings_folder")
def test_recipe_commands_parse(line):
    script, *words = shlex.split(line)[1:]
    assert (ROOT / script).is_file()
    _parse(runpy.run_path(str(ROOT / script))["main"], words)


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("pip ")])
def test_pip_commands_name_the_project_and_its_extras(line):
    verb, *words = shlex.split(line)[1:]
    assert verb == "install"
    for word in words:
        project = re.fullmatch(r"(?:\.|nlprnn)(?:\[([\w,]+)\])?", word)
        assert word == "-e" or project or word.startswith(("torch", "--index-url", "https://")), word
        if project and project[1]:
            assert set(project[1].split(",")) <= set(re.findall(r"^(\w+) = \[", _extras_table(), re.MULTILINE))


def _extras_table():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text.split("[project.optional-dependencies]")[1].split("\n[")[0]


def test_install_commands_are_those_of_ci():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    commands = [block.strip() for _, block in _BLOCKS if "&&" in block]
    assert len(commands) == 2
    for command in commands:
        assert command in script


def test_relative_links_and_paths_exist():
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", README) if not re.match(r"[a-z]+:|#", link)]
    paths = re.findall(r"`((?:nlprnn|recipes|data|docs|benchmarks|tests)(?:/[\w./-]+)?/?)`", _PROSE)
    for name in [link.split("#")[0] for link in links] + paths:
        # `nlprnn` is the command, not a path.
        assert name == "nlprnn" or (ROOT / name).exists(), name


def test_links_to_headings_exist():
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", _PROSE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)\s]+)\)", README)) <= headings


def test_options_in_the_text_exist():
    known = set()
    for name in nlprnn_command.list_commands(click.Context(nlprnn_command)):
        known |= _options(nlprnn_command.get_command(click.Context(nlprnn_command), name))
    for path in (ROOT / "recipes").glob("*.py"):
        known |= _options(runpy.run_path(str(path))["main"])
    assert set(re.findall(r"`(--[a-z-]+)", _PROSE)) <= known


@pytest.mark.parametrize("block", _PYTHON)
def test_python_blocks_compile_and_import(block):
    compile(block, "README.md", "exec")
    exec("\n".join(line for line in block.splitlines() if line.startswith(("import ", "from "))), {})


def test_python_blocks_without_a_trained_model_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in _PYTHON:
        if "load(" not in block:
            exec(compile(block, "README.md", "exec"), {})


def test_no_placeholder_is_left():
    assert not re.findall(r"^[A-Z_]{6,}$", README, re.MULTILINE)
