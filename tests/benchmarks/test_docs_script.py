"""Script that runs the pages of the documentation: what it runs, with which files, and what it compares."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def docs(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("docs")


@pytest.fixture
def page(docs):  # whose folder is on the path
    """Make a page of code blocks."""
    pages = importlib.import_module("docs_pages")
    return lambda *blocks: docs.Page("page.md", "", "", tuple(pages.Block("", block) for block in blocks))


def test_each_command_of_the_pages_runs_or_has_a_reason(docs, tmp_path):
    commands = [command for page in docs.pages() for command in docs.commands(page)]
    left = [command for command in commands if docs.reason_not_to_run(command, tmp_path)]
    assert len(commands) > 100
    assert len(left) < len(commands) / 3
    assert not [command for command in left if command.prompted]


def test_prompts_separate_commands_from_what_they_print(docs, page):
    commands = docs.commands(page("$ nlprnn tag A\n[A PER]\n$ nlprnn tag B\n", "nlprnn tag C\nclips/yes/1.wav\n"))
    assert list(commands) == [
        ("nlprnn tag A", True, ("[A PER]",)),
        ("nlprnn tag B", True, ()),
        ("nlprnn tag C", False, ()),
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "difference"),
    [
        ("a\nb", "a\nb", ""),
        ("loss 1   3 s   best", "loss 1   1 min 20 s   best", ""),
        ("a\nb", "a\nepoch 3/17   10%  loss 0.5\nb", ""),
        ("a\n...\nlast", "a\nb\nc\nlast", ""),
        ("a\nb", "a\nc", "the page has   b\nit prints      c"),
        ("a\nb", "a", "the page has   b\nit prints      nothing more"),
        ("loss 1 3 s", "loss 2 3 s", "loss 1"),
        ("...\nlast 1", "b\nlast 2", "last 1"),
    ],
)
def test_difference_of_what_is_printed(docs, expected, printed, difference):
    found = docs._difference(tuple(expected.splitlines()), printed.splitlines())
    assert difference in found
    assert bool(found) == bool(difference)


def test_files_have_the_names_of_the_command(docs, tmp_path):
    docs.make_files("python recipes/sentiment.py --dataset reviews.csv --mix-in films.csv", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films.csv", "reviews.csv"]
    docs.make_files("python recipes/tagging.py --dataset corpus --init-from names", tmp_path)
    assert (tmp_path / "corpus" / "train.conll").exists()
    docs.make_files("python recipes/translation.py --dataset corpus --source en --target is", tmp_path)
    assert sorted(path.suffix for path in (tmp_path / "corpus").glob("train.*")) == [".en", ".is"]


def test_command_that_fails_is_reported_with_its_error(docs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = docs.Command("nlprnn tag --model missing A", prompted=True, printed=())
    monkeypatch.setattr(docs, "_shell", lambda line: docs.subprocess.CompletedProcess(line, 1, "Error: no model"))
    assert docs.run_command(command, docs.Server()) == ("FAILED", "Error: no model")
