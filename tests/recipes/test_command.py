"""Recipe commands: settings files and flags, runs from Python, headings of the help."""

from __future__ import annotations

import json
import signal

import pytest

from nlprnn.experiment.run_folder import is_saved
from nlprnn.training import Callback, TrainingInterrupted


def stored(folder):
    return json.loads((folder / "run.json").read_text())["options"]


def test_flags_win_over_the_settings_file(train, film_file, tmp_path):
    settings = tmp_path / "quick.toml"
    settings.write_text(f"dataset = '{film_file}'\nepochs = 3\ndropout = 0.25\n")
    train("sentiment", "--config", settings, "--epochs", 1, "--out", tmp_path / "run")
    options = stored(tmp_path / "run")
    assert (options["epochs"], options["dropout"], options["dataset"]) == (1, 0.25, str(film_file))


def test_settings_with_unknown_option_are_refused(fails, tmp_path):
    settings = tmp_path / "quick.toml"
    settings.write_text("hiden_size = 3\n")
    fails("sentiment", "--config", settings, words=[settings, "hiden_size", "hidden_size"])


def test_help_shows_the_defaults_that_run(train, commands, film_file, tmp_path):
    train("sentiment", "--dataset", film_file, "--out", tmp_path / "run")
    options = stored(tmp_path / "run")
    given = {"dataset", "hidden_size", "embedding_size", "batch_size", "threads", "epochs"}
    defaults = commands["sentiment"].options().to_mapping()
    assert {name: options[name] for name in defaults.keys() - given} == {
        name: defaults[name] for name in defaults.keys() - given
    }


def test_a_recipe_runs_from_python(commands, film_file, tmp_path):
    sizes = {"hidden_size": 8, "embedding_size": 8, "threads": 1}
    folder = commands["sentiment"].train(dataset=str(film_file), epochs=1, out=tmp_path / "run", **sizes)
    assert folder == tmp_path / "run"
    assert (folder / "scores.json").exists()
    with pytest.raises(ValueError, match="did you mean epochs"):
        commands["sentiment"].train(epoch=1)


@pytest.mark.parametrize(("recipe", "options"), [("news", {"ngrams": 1}), ("text_generation", {"bptt": 16})])
def test_splits_that_may_not_be_scored_are_left_alone(
    commands, film_file, story_file, tmp_path, capsys, recipe, options
):
    dataset = str(film_file if recipe == "news" else story_file)
    options |= {"dataset": dataset, "hidden_size": 8, "embedding_size": 8, "batch_size": 4, "epochs": 1, "threads": 1}
    folder = commands[recipe].train(out=tmp_path / "run", scored_splits=["validation"], **options)
    assert json.loads((folder / "scores.json").read_text()).keys() == {"validation"}
    output = capsys.readouterr()
    assert not [line for line in (output.out + output.err).splitlines() if line.startswith("test ")]


def test_interruption_of_a_recipe_in_python_is_raised(commands, film_file, tmp_path):
    callback = Callback()
    callback.on_validation = lambda trainer, scores, best: signal.raise_signal(signal.SIGINT)
    sizes = {"hidden_size": 8, "embedding_size": 8, "threads": 1}
    with pytest.raises(TrainingInterrupted):
        commands["sentiment"].train(dataset=str(film_file), out=tmp_path / "run", callbacks=[callback], **sizes)
    assert is_saved(tmp_path / "run")
    assert not (tmp_path / "run" / "scores.json").exists()


def test_the_help_has_a_heading_for_each_kind_of_option(run_recipe):
    text = run_recipe("news", "--help").output
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Data:", "Starting point:", "Text model:", "Documents:", "Classification:", "Run:"]


def test_a_resumed_run_takes_an_option_that_fits_its_others_alone(train, write_rows, tmp_path):
    rows = [{"text": f"a {kind} room {n}", "labels": [kind]} for n in range(30) for kind in ("clean", "loud")]
    data, out = write_rows(tmp_path / "rooms.jsonl", rows), tmp_path / "run"
    train("news", "--dataset", data, "--multi-label", "--select-by", "micro_f1", "--out", out)
    assert "has ended" in train("news", "--resume", "--out", out, "--select-by", "micro_f1").stdout
