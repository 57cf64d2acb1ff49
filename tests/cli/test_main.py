"""The `nlprnn` command as a whole, its help, `info` and `recipes`."""

from __future__ import annotations

import ast
import io
import json
import shutil
import subprocess
import sys

import click
import pytest

import nlprnn
from nlprnn.cli.main import main
from nlprnn.friendly_command import FriendlyCommand
from nlprnn.resources import recipes_folder

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


def test_closed_output_pipe_is_no_error(classifier_folder, tmp_path):
    (tmp_path / "texts.txt").write_text("a good film\n" * 20_000)
    call = [sys.executable, "-m", "nlprnn.cli.main", "classify", "--model", str(classifier_folder)]
    with subprocess.Popen(
        [*call, "--file", str(tmp_path / "texts.txt")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert b"a good film" in command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == b""
        assert command.wait(30) in (0, 1)


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(io.TextIOWrapper, "Hallo, طفل".encode()), (Terminal, b"Hallo, ???")])
def test_output_of_any_script(monkeypatch, stream, shown):
    @click.command(cls=FriendlyCommand)
    def say():
        click.echo("Hallo, طفل")

    out = stream(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", out)
    say.main([], standalone_mode=False)
    out.flush()
    assert out.buffer.getvalue().strip() == shown


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


def test_info_shows_class_size_labels_and_scores(nlprnn_command, classifier_folder, generator_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / "scores.json").write_text(json.dumps({"test": {"accuracy": 87.5, "signature": "text"}}))
    result = nlprnn_command("info", folder)
    assert result.exit_code == 0, result.output
    size = sum(parameter.numel() for parameter in nlprnn.load(folder).model.parameters())
    for word in (str(folder), "TextClassifier", f"{size:,}", "WordTokenizer", "bad, good, mixed", "accuracy 87.5"):
        assert word in result.stdout
    assert "LanguageModel" in nlprnn_command("info", generator_folder).stdout


@pytest.mark.parametrize("scores", ["", "{", "[]", '{"test": 3}', '{"test": [1]}', "\udcff"])
def test_info_skips_unreadable_scores(nlprnn_command, classifier_folder, tmp_path, scores):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / "scores.json").write_bytes(scores.encode("utf-8", "surrogateescape"))
    assert nlprnn_command("info", folder).exit_code == 0


def test_info_of_a_missing_model(fails, tmp_path):
    fails("info", tmp_path, words=[tmp_path, "config.json"])
    fails("info", tmp_path / "none", words=[tmp_path / "none"])


def test_info_describes_the_bundled_model(nlprnn_command):
    assert "LanguageModel" in nlprnn_command("info").stdout


def test_recipes_are_listed_with_their_first_line(nlprnn_command):
    shown = nlprnn_command("recipes").stdout.splitlines()
    for path in recipes_folder().glob("*.py"):
        summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).splitlines()[0]
        assert any(line.startswith(path.stem) and line.endswith(summary) for line in shown)


def test_copy_of_a_recipe_is_identical(nlprnn_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("sentiment", "text_generation.py"):
        result = nlprnn_command("recipes", "copy", name)
        assert result.exit_code == 0, result.output
    for name in ("sentiment.py", "text_generation.py"):
        assert (tmp_path / name).read_bytes() == (recipes_folder() / name).read_bytes()
        assert name in result.stdout or name == "sentiment.py"


def test_copy_to_a_folder_or_file(nlprnn_command, tmp_path):
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path / "new").exit_code == 0
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path / "mine.py").exit_code == 0
    assert (tmp_path / "new" / "sentiment.py").read_bytes() == (tmp_path / "mine.py").read_bytes()


def test_copy_replaces_a_file_only_with_force(nlprnn_command, fails, tmp_path):
    target = tmp_path / "sentiment.py"
    target.write_text("mine")
    fails("recipes", "copy", "sentiment", "--to", tmp_path, words=[target, "--force"])
    assert target.read_text() == "mine"
    assert nlprnn_command("recipes", "copy", "sentiment", "--to", tmp_path, "--force").exit_code == 0
    assert target.read_bytes() == (recipes_folder() / "sentiment.py").read_bytes()


def test_copy_mistakes(fails, tmp_path):
    fails("recipes", "copy", "sentimant", words=["sentimant", "did you mean sentiment?"])
    fails("recipes", "copy", "zzz", words=["zzz", "sentiment", "text_generation"])
    fails("recipes", "copy", words=["NAME"])
    (tmp_path / "file").touch()
    fails("recipes", "copy", "sentiment", "--to", tmp_path / "file" / "below", words=[tmp_path / "file"])
