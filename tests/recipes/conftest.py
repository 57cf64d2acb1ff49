from __future__ import annotations

import json
import runpy
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from nlprnn.training.display import Display

RECIPES = Path(__file__).parents[2] / "recipes"
SMALL = {
    "news": ["--hidden-size", "8", "--embedding-size", "8", "--batch-size", "8", "--threads", "1"],
    "pretrain": ["--hidden-size", "8", "--embedding-size", "8", "--threads", "1"],
    "regression": ["--hidden-size", "8", "--embedding-size", "8", "--batch-size", "8", "--threads", "1"],
    "sentiment": ["--hidden-size", "8", "--embedding-size", "8", "--batch-size", "8", "--threads", "1"],
    "tagging": [
        *("--hidden-size", "8", "--embedding-size", "8", "--character-size", "4", "--batch-size", "8"),
        *("--threads", "1"),
    ],
    "text_generation": [
        *("--hidden-size", "8", "--embedding-size", "8", "--num-layers", "1", "--batch-size", "4", "--bptt", "16"),
        *("--learning-rate", "5e-3", "--threads", "1"),
    ],
    "translation": [
        *("--embedding-size", "8", "--encoder-size", "8", "--decoder-size", "8", "--vocab-size", "400"),
        *("--batch-tokens", "256", "--threads", "1"),
    ],
}


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Keep the tables that tests make out of the user's cache, also in other processes."""
    import datasets

    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", folder)
        patch.setenv("HF_HOME", str(folder))
        yield


@pytest.fixture(scope="module", autouse=True)
def drawing():
    """Context in which runs draw their pictures; elsewhere they leave out what takes a third of a small run."""
    patch = pytest.MonkeyPatch()

    def leave_out():
        patch.setattr("nlprnn.experiment.run.Run._draw_curve", lambda run, summary: str(run.folder))
        for name in (
            "forecasting.plot.plot_forecasts",
            "sequences.confusion.plot_confusion",
            "speech.confusion.plot_confusion",
        ):
            patch.setattr(f"nlprnn.tasks.{name}", lambda *arguments, **options: None)

    @contextmanager
    def drawing():
        patch.undo()
        yield
        leave_out()

    leave_out()
    yield drawing
    patch.undo()


@pytest.fixture(scope="session")
def commands():
    """The command of each recipe."""
    return {name: runpy.run_path(str(RECIPES / f"{name}.py"))["main"] for name in SMALL}


@pytest.fixture(scope="session")
def run_recipe(commands):
    """Call a recipe with small sizes and further arguments; return click's result."""

    def call(name, *arguments):
        arguments = [*SMALL[name], *map(str, arguments)]
        if "--epochs" not in arguments and "--resume" not in arguments:
            arguments += ["--epochs", "1"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", [f"recipes/{name}.py", *arguments])
            return CliRunner().invoke(commands[name], arguments, prog_name=f"{name}.py")

    return call


@pytest.fixture(scope="session")
def train(run_recipe):
    """Call a recipe that must come to a good end."""

    def call(name, *arguments):
        result = run_recipe(name, *arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


@pytest.fixture
def fails(run_recipe):
    """Call a recipe that must fail with one error line that holds each of the words."""

    def call(name, *arguments, words):
        result = run_recipe(name, *arguments)
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert result.exit_code in (1, 2), result.output
        errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        assert len(errors) == 1, result.output
        assert result.stderr.endswith(errors[0] + "\n")
        for word in words:
            assert str(word) in errors[0]

    return call


@pytest.fixture
def stop_at(monkeypatch):
    """Send Ctrl-C when training shows its progress for the given time; with 0, never."""

    def arrange(time):
        shown = []

        def progress(self, fraction, title, text):
            shown.append(title)
            if len(shown) == time:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(Display, "progress", progress)

    return arrange


def film_rows(number, *, start=0):
    """Make different rows whose label hangs on one word."""
    opinions = [("good", "pos"), ("bad", "neg"), ("lovely", "pos"), ("dull", "neg")]
    rows = []
    for n in range(start, start + number):
        word, label = opinions[n % len(opinions)]
        rows.append({"text": f"film number {n} is {word}", "label": label})
    return rows


@pytest.fixture(scope="session")
def films():
    """Make rows of texts with the labels "pos" and "neg"."""
    return film_rows


@pytest.fixture(scope="session")
def write_rows():
    """Write rows as JSON lines and return the path."""

    def write(path, rows):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def film_file(write_rows, tmp_path_factory):
    """A small file of film rows."""
    return write_rows(tmp_path_factory.mktemp("films") / "films.jsonl", film_rows(60))


@pytest.fixture(scope="session")
def story_file(tmp_path_factory):
    """A small text file."""
    path = tmp_path_factory.mktemp("stories") / "story.txt"
    sentences = [f"Once upon a time fox {n} met hare {n * 7}." for n in range(80)]
    path.write_text("\n\n".join(sentences) + "\n", encoding="utf-8")
    return path


def tagged_text(number, *, start=0):
    """Make sentences in columns, whose names begin with a capital and end as their kind does."""
    sentences = []
    for n in range(start, start + number):
        stem = "".join("abcdefghij"[int(digit)] for digit in str(n * 7919)).capitalize()
        words = [(f"{stem}son", "B-PER"), ("Berg", "I-PER"), ("saw", "O"), (f"{stem}ville", "B-LOC"), (".", "O")]
        sentences.append("".join(f"{word} {tag}\n" for word, tag in words[n % 2 :]))
    return "\n".join(sentences)


@pytest.fixture(scope="session")
def tagged_sentences():
    """Make so many sentences in columns, from a number on."""
    return tagged_text


@pytest.fixture(scope="session")
def tagged_file(tmp_path_factory):
    """A file of 200 tagged sentences."""
    path = tmp_path_factory.mktemp("names") / "names.conll"
    path.write_text(tagged_text(200), encoding="utf-8")
    return path
