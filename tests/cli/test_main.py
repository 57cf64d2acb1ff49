"""The `nlprnn` command as a whole, and its help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

import nlprnn
from nlprnn.cli.main import main

VERBS = main.list_commands(click.Context(main))
HEAVY = ("torch", "datasets", "matplotlib", "accelerate", "sentencepiece", "sacrebleu", "transformers", "pandas")


def test_help_loads_no_large_library():
    calls = [["--help"], ["--version"], *([verb, "--help"] for verb in VERBS)]
    code = (
        "import sys\n"
        "from nlprnn.cli.main import main\n"
        f"for call in {calls!r}:\n"
        "    main(call, standalone_mode=False)\n"
        f"sys.exit(', '.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
    assert done.returncode == 0


def test_help_lists_every_verb(nlprnn_command):
    shown = nlprnn_command("--help").stdout
    for verb in VERBS:
        assert f"\n  {verb} " in shown
    assert nlprnn_command("-h").stdout == shown
    assert nlprnn.__version__ in nlprnn_command("--version").stdout


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_shows_defaults(nlprnn_command, verb):
    for flag in ("-h", "--help"):
        result = nlprnn_command(verb, flag)
        assert result.exit_code == 0
        assert f"nlprnn {verb}" in result.stdout
    assert "default: auto" in nlprnn_command("generate", "--help").stdout


def test_mistyped_verb_names_the_nearest(fails):
    fails("clasify", words=["clasify", "classify"])
    fails("gen", words=["'gen'"])
    fails("tranlsate", words=["tranlsate", "translate"])
    fails("--versoin", words=["--versoin", "--version"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["classify", "--help"]])
def test_help_that_cannot_be_written_is_one_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        call = [sys.executable, "-m", "nlprnn.cli.main", *arguments]
        done = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the disk is full at standard output")
    assert len(done.stderr.splitlines()) == 1
