"""Benchmark of default options: subsets, results that are kept, commands, and the table; no recipe is run."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn")
FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def defaults(tmp_path, monkeypatch):
    """The script, with its functions called in this process."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.syspath_prepend(FOLDER)
    module = importlib.import_module("defaults")
    monkeypatch.setattr(module, "in_new_process", lambda function, *arguments: function(*arguments))
    return module


@pytest.fixture
def films(tmp_path):
    """A folder with a data set of films, in train and test."""
    folder = tmp_path / "films"
    folder.mkdir()
    for split, number in {"train": 200, "test": 20}.items():
        rows = [
            {"review": f"film {split} {n} is {'good' if n % 4 else 'bad'}", "verdict": "pos" if n % 4 else "neg"}
            for n in range(number)
        ]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture
def commands(defaults, monkeypatch):
    """The commands that would be run; each run has the accuracy 90 + its number."""
    commands = []

    def run(recipe, arguments, folder):
        commands.append([recipe, *arguments])
        if len(commands) == failing[0]:
            raise KeyboardInterrupt
        scores = {split: {"accuracy": 90.0 + len(commands), "macro_f1": 80.0} for split in ("validation", "test")}
        return {"scores": scores, "components": {"test": {"network": 70.0}}, "minutes": 2.0, "megabytes": 500.0}

    failing = [0]
    monkeypatch.setattr(defaults, "run_recipe", run)
    commands.clear()
    return commands, failing


def call(defaults, films, *arguments):
    names = f"{films.name}:review:verdict"
    standard = ["--data", films.parent, "--names", names, "--results", films.parent / "results.jsonl"]
    return CliRunner().invoke(defaults.main, list(map(str, [*standard, *arguments])))


def test_subset_keeps_the_shares_of_the_classes(defaults):
    targets = np.random.default_rng(1).choice(3, size=1000, p=[0.7, 0.25, 0.05])
    rows = defaults.stratified(targets, 100)
    assert len(set(rows)) == 100
    expected = np.bincount(targets) / 10
    assert np.abs(np.bincount(targets[rows]) - expected).max() <= 1
    assert (rows == defaults.stratified(targets, 100)).all()
    assert list(defaults.stratified(targets, 2000)) == list(range(1000))


def test_subset_leaves_the_test_texts_alone(defaults, films, tmp_path):
    (tmp_path / "subset").mkdir()
    source = defaults.Source("films", str(films), "review", "verdict")
    subset = defaults.write_subset(source, 40, tmp_path / "subset").load()
    assert {split: len(texts) for split, texts in subset.texts.items()} == {"train": 36, "validation": 4, "test": 20}
    assert list(subset.texts["test"]) == list(source.load().texts["test"])
    assert np.bincount(np.concatenate([subset.targets["train"], subset.targets["validation"]])).tolist() == [10, 30]


def test_each_run_is_a_plain_command(defaults, films, commands):
    assert call(defaults, films, "--seeds", 2, "--", "--ngrams", 2).exit_code == 0
    plain = ["news", "--dataset", str(films), "--text-field", "review", "--label-field", "verdict", "--ngrams", "2"]
    assert commands[0] == [plain, [*plain, "--seed", "2"]]


@pytest.mark.parametrize(("words", "taken"), [("film is", True), ("unrelated words", False)])
def test_vectors_are_taken_where_they_cover_the_texts(defaults, films, commands, tmp_path, words, taken):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("".join(f"{word} 0.1 0.2\n" for word in [*words.split(), "train"]))
    assert call(defaults, films, "--seeds", 1, "--vectors", vectors).exit_code == 0
    assert (["--vectors", str(vectors)] == commands[0][0][-2:]) is taken


def test_a_repeated_command_runs_what_is_missing(defaults, films, commands):
    done, failing = commands
    failing[0] = 2
    assert call(defaults, films, "--seeds", 3).exit_code == 1  # click's for Ctrl-C
    failing[0] = 0
    first = call(defaults, films, "--seeds", 3)
    assert [command[-1] for command in done] == ["verdict", "2", "2", "3"]
    assert call(defaults, films, "--seeds", 3).stdout == first.stdout
    assert len(done) == 4
    call(defaults, films, "--seeds", 1, "--texts", 50)
    assert len(done) == 5
    kinds = [json.loads(line)["kind"] for line in (films.parent / "results.jsonl").read_text().splitlines()]
    assert kinds == ["baseline", "news", "news", "news", "baseline", "news"]


def test_table_has_mean_and_spread_beside_the_baseline(defaults, films, commands):
    table = call(defaults, films, "--seeds", 2).stdout
    head, _, row = (line.split(" | ") for line in table.splitlines()[:3])
    cells = dict(zip(head[:5], row[:5], strict=True))
    assert cells["test accuracy"] == "91.5 ± 0.7"  # of 91 and 92
    assert cells["bag of words"] == "100.0 / 100.0"
    assert "70.0 ± 0.0" in row  # the network's
    assert "test accuracy: above the bag of words on 0 of 1; not on films" in table


def test_components_are_read_from_the_output(defaults):
    lines = ["epoch 1", "validation  accuracy: network 84.1   n-grams 81   both 85.25"]
    lines += ["test        accuracy: network 83.9   n-grams 80.5", "test        accuracy 99   macro_f1 99"]
    assert defaults.components("\n".join(lines)) == {
        "validation": {"network": 84.1, "n-grams": 81.0, "both": 85.25},
        "test": {"network": 83.9, "n-grams": 80.5},
    }
    assert defaults.components(lines[-1]) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no wait4")
def test_a_failed_run_shows_its_output(defaults, tmp_path, monkeypatch):
    (tmp_path / "news.py").write_text("raise SystemExit('Error: no such data')")
    monkeypatch.setattr(defaults, "RECIPES", tmp_path)
    with pytest.raises(defaults.click.ClickException, match="no such data"):
        defaults.run_recipe("news", ["--dataset", "x"], tmp_path / "model")
