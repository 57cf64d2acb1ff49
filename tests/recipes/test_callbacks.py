"""Callbacks of recipes, as docs/callbacks.md shows them."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from nlprnn.training import read_metrics

DOCUMENT = Path(__file__).parents[2] / "docs" / "callbacks.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def run_block(commands, film_file, tmp_path, monkeypatch):
    """Run the code block that holds a text, on a few films; return its names and the folders of its runs."""
    folders, epochs = [], 2

    def train(**options):
        small = {"hidden_size": 8, "embedding_size": 8, "batch_size": 8, "threads": 1, "learning_rate": 0.02}
        small |= {"dataset": str(film_file), "epochs": min(epochs, options["epochs"])}
        folders.append(commands["sentiment"].train(out=tmp_path / str(len(folders)), **{**options, **small}))
        return folders[-1]

    recipe = SimpleNamespace(train=train)

    def run(text, most_epochs=2):
        nonlocal epochs
        epochs = most_epochs
        [block] = [block for block in BLOCKS if text in block]
        monkeypatch.setattr(runpy, "run_path", lambda path: {"main": recipe})
        names = {"sentiment": recipe}
        exec(block, names)
        return names, folders

    return run


def test_goal_ends_a_recipe_early(run_block, capsys):
    _, [folder] = run_block("class Goal", 25)
    scores = [record["validation"]["accuracy"] for record in read_metrics(folder) if "validation" in record]
    assert len(scores) < 25
    assert all(score < 90 for score in scores[:-1])
    assert scores[-1] >= 90
    assert "good enough" in capsys.readouterr().err
    assert json.loads((folder / "scores.json").read_text())["validation"]["accuracy"] == max(scores)


def test_tracker_gets_options_log_and_summary(run_block, monkeypatch):
    calls = []
    names = ("start_run", "log_params", "log_metrics", "end_run")
    stand_in = {name: lambda *given, name=name, **named: calls.append((name, *given, named)) for name in names}
    monkeypatch.setitem(sys.modules, "mlflow", SimpleNamespace(**stand_in))
    _, [folder] = run_block("import mlflow")
    assert calls[:2] == [("start_run", {}), ("log_params", {"epochs": 25, "hidden_size": 64}, {})]
    records = read_metrics(folder)
    assert [call[2]["step"] for call in calls[2:-2]] == [record["step"] for record in records]
    scores = [record["validation"]["accuracy"] for record in records]
    assert [call[1]["validation/accuracy"] for call in calls[2:-2]] == scores
    assert calls[-2:] == [("log_metrics", {"best/accuracy": max(scores)}, {}), ("end_run", {})]


def test_pruner_ends_the_trainings_below_the_median(run_block):
    names, folders = run_block("class MedianPruner")
    assert len(folders) == 5
    earlier = {}
    for folder in folders:
        for record in read_metrics(folder):
            if "validation" in record:
                scores = earlier.setdefault(round(record["epoch"]), [])
                scores.append(record["validation"]["accuracy"])
    assert earlier == names["pruner"].scores


def test_tensorboard_writer_takes_another_folder(run_block):
    pytest.importorskip("tensorboard")
    names, _ = run_block("TensorBoardWriter")
    assert names["callbacks"][0].folder == "all_runs/one"
