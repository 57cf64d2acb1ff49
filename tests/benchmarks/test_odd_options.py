"""The trials of `benchmarks/odd_options.py`: each option gets odd values, and each way to end is named."""

from __future__ import annotations

import importlib
import time
from pathlib import Path

import click
import pytest

from nlprnn.cli.main import main
from nlprnn.errors import DataError
from nlprnn.experiment.options import click_options
from nlprnn.friendly_command import FriendlyCommand
from nlprnn.tasks.translation import TranslatorOptions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def odd_options(monkeypatch):
    """The benchmark, as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("odd_options")


def test_every_option_gets_odd_values(odd_options):
    declared = click_options(TranslatorOptions)
    trials = list(odd_options.odd_trials("translation", click.Command("translation", params=declared)))
    assert {trial.option for trial in trials} >= {option.opts[-1] for option in declared}
    values = {trial.value for trial in trials if trial.option == "--beam"} or {
        trial.value for trial in trials if trial.option == "--vocab-size"
    }
    assert {str(10**24), "-1", "x", "nan"} <= values


def fails():
    raise DataError("no data")


def wrong():
    raise KeyError("fault")


def sleeps():
    time.sleep(30)


def writes():  # one file after the other, as several trainings do
    for number in range(300):
        Path(f"run-{number}").touch()
        time.sleep(0.05)


WAYS = {"works": print, "one sentence": fails, "traceback": wrong, "hang": sleeps, "still working": writes}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_end_is_named(odd_options, monkeypatch, tmp_path, way):
    monkeypatch.setattr(odd_options, "LONGEST_WAIT", 0.5 if way in ("hang", "still working") else 20)
    monkeypatch.setattr(odd_options, "MEGABYTES", 10**6)
    command = FriendlyCommand("info", params=[click.Option(["--odd"])], callback=lambda odd: WAYS[way]())
    monkeypatch.setitem(odd_options.VERBS, "info", [""])
    trial = odd_options.Trial("info", "--odd", "PIPE")
    assert odd_options.outcome(trial, command, tmp_path / "trial")[0] == way


def test_every_verb_and_recipe_is_tried(odd_options):
    assert {name.split()[0] for name in odd_options.VERBS} >= set(main.list_commands(None))
    recipes = {path.stem for path in (ROOT / "recipes").glob("*.py")} - {"next_number"}  # which writes no run
    assert set(odd_options.trials.OPTIONS) == recipes


def test_odd_value_comes_after_the_call_or_in_the_place_of_its_argument(odd_options, tmp_path):
    def call(option, value):
        (tmp_path / "trial").mkdir(exist_ok=True)
        trial = odd_options.Trial("score", option, value, "--model same TEXT")
        return odd_options.arguments(trial, tmp_path / "trial")

    text = str(tmp_path / "trial" / "story.txt")
    assert call("--model", "x") == ["--model", "same", text, "--model=x"]
    assert call("", "-1") == ["--model", "same", "--", "-1"]
    assert call("--json", None) == ["--model", "same", text, "--json"]
