"""`nlprnn tune`, as a user calls it."""

from __future__ import annotations

import json
import signal
import tomllib

import pytest

from nlprnn.experiment import run as experiment_run
from nlprnn.pipelines import load
from nlprnn.training.display import Display
from nlprnn.tuning.study_file import StudyRecord

pytest.importorskip("optuna")

RECIPE = '''
"""A recipe of one's own, with two options to search."""
import runpy
from dataclasses import dataclass

from nlprnn.experiment import Run, option, recipe
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.resources import recipes_folder

sentiment = runpy.run_path(str(recipes_folder() / "sentiment.py"))["main"]


@dataclass(frozen=True, kw_only=True)
class MyOptions(sentiment.options):
    hidden_size: int = option(8, min=1, help="Hidden size.", tune=OneOf(4, 8))
    pooling: str = option("max", choices=["max", "mean"], help="Pooling.")
    learning_rate: float = option(0.01, above=0, help="Learning rate.", tune=Between(1e-3, 1e-1, log=True))


@recipe("mine")
def main(run: Run, options: MyOptions) -> None:
    """Train a classifier."""
    sentiment.main_function(run, options)
'''


FIXED = (
    *("--embedding-size", 8, "--batch-size", 8, "--min-frequency", 1, "--num-layers", 1, "--ngrams", 0),
    *("--char-ngrams", 0, "--r-drop", 0),
    *("--dropout", 0.5, "--embedding-dropout", 0.3, "--word-dropout", 0.3),
)
"""The options of the base that would be searched, too."""


@pytest.fixture
def mine(tmp_path, write, monkeypatch):
    """A recipe and its dataset, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiment_run.Run, "_draw_curve", lambda run, summary: str(run.folder))
    (tmp_path / "mine.py").write_text(RECIPE)
    opinions = [("good", "pos"), ("bad", "neg"), ("lovely", "pos"), ("dull", "neg")]
    rows = [(f"film number {n} is {opinions[n % 4][0]}", opinions[n % 4][1]) for n in range(60)]
    write("films.jsonl", ("text", "label"), rows)
    return "tune", "mine.py", "--dataset", "films.jsonl", "--epochs", 2, "--threads", 1, *FIXED


@pytest.mark.usefixtures("isolated_cache")
def test_study_that_is_stopped_hands_over_the_best_and_goes_on(nlprnn_command, mine, tmp_path, monkeypatch):
    arguments = [*mine, "--learning-rate", 0.02, "--seeds", 2]
    shown, before = [], Display.line

    def stop_at_the_third_validation(display, text):  # the first of the second trial
        shown.append(text)
        if sum(line.startswith("epoch ") for line in shown) == 3:
            signal.raise_signal(signal.SIGINT)
        before(display, text)

    monkeypatch.setattr(Display, "line", stop_at_the_third_validation)
    stopped = nlprnn_command(*arguments, "--max-minutes", 20)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs" / "tune-mine"
    assert stopped.exit_code == 130, stopped.output
    assert "nlprnn tune mine.py --out runs/tune-mine --resume" in stopped.stderr
    assert "--dataset films.jsonl" in next(line for line in stopped.stderr.splitlines() if line.startswith("Fixed"))
    assert load(folder / "best")(["film number 3 is dull"])[0].label in ("pos", "neg")
    assert json.loads((folder / "best" / "scores.json").read_text()).keys() == {"validation"}
    assert [trial.state for trial in StudyRecord.load(folder).trials] == ["complete", "running"]

    ended = nlprnn_command("tune", "mine.py", "--out", folder, "--resume")
    assert ended.exit_code == 0, (ended.output, ended.exception)
    record = StudyRecord.load(folder)
    assert len(record.trials) == 2  # two sizes
    assert "all settings have been tried" in ended.stderr
    assert all((folder / trial.folder / "run.json").exists() for trial in record.trials)
    for trial in record.trials:
        assert json.loads((folder / trial.folder / "scores.json").read_text()).keys() == {"validation"}
        options = json.loads((folder / trial.folder / "run.json").read_text())["options"]
        assert (options["learning_rate"], options["epochs"]) == (0.02, 2)
        assert {"hidden_size": options["hidden_size"]} == trial.values
        assert not (folder / trial.folder / "checkpoint").exists()
    winner = next(trial for trial in record.trials if trial.test)
    assert {run.number for run in record.repeats} <= {winner.number, 1, record.best().number}

    best = folder / "best"
    assert (best / "model.safetensors").read_bytes() == (
        folder / f"trials/{_winner(ended.stdout)}" / "model.safetensors"
    ).read_bytes()
    scores = json.loads((best / "scores.json").read_text())
    evaluated = nlprnn_command("evaluate", "--model", best, "--dataset", "films.jsonl", "--split", "test", "--json")
    assert scores["test"]["accuracy"] == json.loads(evaluated.stdout)["accuracy"]
    assert "| test | accuracy |" in (best / "README.md").read_text()
    settings = tomllib.loads((folder / "settings.toml").read_text())
    options = json.loads((best / "run.json").read_text())["options"]
    assert settings == {name: options[name] for name in settings}
    assert settings["dataset"] == "films.jsonl"
    assert settings.keys() >= {"learning_rate", "max_minutes"}
    table = (folder / "leaderboard.md").read_text()
    settings_compared = 1 if _winner(ended.stdout) == "1" else 2
    assert table.count("\n| ") == len(record.trials) + 1 + settings_compared
    assert " ± " in table


def _winner(output):
    [line] = [line for line in output.splitlines() if line.startswith("Model:")]
    return line.rsplit(" ", 1)[1].rstrip(")")


def test_mistakes_are_one_sentence(fails, mine, tmp_path):
    fails("tune", "sentimant", "--max-minutes", 1, words=["sentimant"])
    fails("tune", "next_number", words=["next_number"])  # it has no options of a run
    fails(*mine, words=["--max-minutes"])
    fails("tune", "mine.py", "--dataset", "absent.csv", "--max-minutes", 1, words=["absent.csv"])
    assert not list((tmp_path / "runs").glob("*"))
    fails("tune", "mine.py", "--resume", words=["no study", "runs/tune-mine"])
    fixed = ["--hidden-size", 8, "--pooling", "max", "--learning-rate", 0.01]
    fails(*mine, *fixed, "--max-minutes", 1, words=["no option", "mine.py"])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    fails(*mine, "--max-minutes", 1, "--out", "full", words=["full is not empty", "--out"])
    record = StudyRecord("mine.py", {"dropout": 0.5}, max_minutes=1, trial_minutes=0.1)
    (tmp_path / "begun").mkdir()
    record.save(tmp_path / "begun")
    fails(*mine, "--max-minutes", 1, "--out", "begun", words=["begun is not empty", "--resume"])
    resumed = ["--out", "begun", "--resume"]
    fails("tune", "mine.py", *resumed, "--dropout", 0.3, words=["--dropout is 0.3 now and was 0.5"])
    fails("tune", "sentiment", *resumed, words=["study of mine.py"])


def test_missing_optuna_names_the_extra(fails, mine, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    fails(*mine, "--max-minutes", 1, words=['pip install "nlprnn[tune]"'])
