"""The README's commands, paths and code are real."""

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
_STARTS = ("nlprnn ", "python recipes/", "pip ")


def _commands():
    """Every command of a fenced block or between back quotes, cut at `&&` and `|`, without the prompt's `$`."""
    lines = [line for language, block in _FENCE.findall(README) if language != "python" for line in block.splitlines()]
    lines += re.findall(r"`((?:nlprnn|python recipes/|pip) ?[^`]*)`", _FENCE.sub("", README))
    found = []
    for line in lines:
        parts = re.split(r"&&|\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line.removeprefix("$ "))
        found += [part.strip() for part in parts if part.strip().startswith(_STARTS)]
    return list(dict.fromkeys(found))


def _options(command):
    """Every spelling of the command's options."""
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


def _verb(words):
    """The command that the words call, and the words left for it."""
    command = nlprnn_command
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no verb {words[0]}"
        command, words = found, words[1:]
    return command, words


def _parse(command, words):
    """Let click read the words; nothing is run."""
    unknown = {word.split("=")[0] for word in words if word.startswith("--")} - _options(command)
    assert not unknown
    if not isinstance(command, click.Group):
        # Under the group, as in life: click keeps the first help option that it makes of a command.
        parent = click.Context(nlprnn_command, **nlprnn_command.context_settings)
        command.make_context("readme", list(words), parent=parent, resilient_parsing=False)


def test_the_readme_holds_commands_of_every_kind():
    commands = _commands()
    for start in _STARTS:
        assert any(command.startswith(start) for command in commands), start


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("nlprnn ")])
def test_nlprnn_commands_name_existing_verbs_and_options(line):
    command, words = _verb(shlex.split(line)[1:])
    _parse(command, words)


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("python recipes/")])
def test_recipe_commands_name_existing_scripts_and_options(line):
    script, *words = shlex.split(line)[1:]
    assert (ROOT / script).is_file()
    _parse(runpy.run_path(str(ROOT / script))["main"], words)


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith("pip ")])
def test_pip_commands_name_the_project_and_its_extras(line):
    verb, *words = shlex.split(line)[1:]
    assert verb == "install"
    for word in words:
        named = re.fullmatch(r"(?:\.|nlprnn)(?:\[([\w,]+)\])?", word)
        assert word == "-e" or named or word.startswith(("torch", "--index-url", "https://")), word
        if named and named[1]:
            extras = set(named[1].split(","))
            assert extras <= set(re.findall(r"^(\w+) = \[", _extras_table(), re.MULTILINE))


def _extras_table():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text.split("[project.optional-dependencies]")[1].split("\n[")[0]


def test_the_two_commands_of_a_newcomer_stand_word_for_word_in_ci():
    called = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    commands = [block.strip() for language, block in _FENCE.findall(README) if "&&" in block]
    assert len(commands) == 2
    for command in commands:
        assert command in called


def test_relative_links_and_paths_exist():
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", README) if not re.match(r"[a-z]+:|#", link)]
    text = _FENCE.sub("", README)
    paths = re.findall(r"`((?:nlprnn|recipes|data|docs|benchmarks|tests)(?:/[\w./-]+)?/?)`", text)
    for name in [link.split("#")[0] for link in links] + paths:
        # The command has the package's name, and no folder's path.
        assert name == "nlprnn" or (ROOT / name).exists(), name


def test_extras_and_options_named_in_the_text_exist():
    text = _FENCE.sub("", README)
    known = set()
    for name in nlprnn_command.list_commands(click.Context(nlprnn_command)):
        known |= _options(nlprnn_command.get_command(click.Context(nlprnn_command), name))
    for path in (ROOT / "recipes").glob("*.py"):
        known |= _options(runpy.run_path(str(path))["main"])
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= known


@pytest.mark.parametrize("block", [block for language, block in _FENCE.findall(README) if language == "python"])
def test_python_blocks_compile_and_name_what_exists(block):
    compile(block, "README.md", "exec")
    exec("\n".join(line for line in block.splitlines() if line.startswith(("import ", "from "))), {})


def test_python_blocks_that_need_no_model_run():
    for language, block in _FENCE.findall(README):
        if language == "python" and "load(" not in block:
            exec(compile(block, "README.md", "exec"), {})


def test_no_placeholder_is_left():
    assert not re.findall(r"^[A-Z_]{6,}$", README, re.MULTILINE)
