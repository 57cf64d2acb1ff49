"""Several runs of one setting with different seeds: each like a run alone, mean and spread, stopping and going on."""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.info import info
from nlprnn.errors import ModelError
from nlprnn.experiment.run_options import RunOptions
from nlprnn.experiment.seeds import open_seed_runs

EPOCHS = ["--epochs", 4]


@pytest.fixture(scope="module")
def result(train, film_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "three"
    return out, train("sentiment", "--dataset", film_file, *EPOCHS, "--seeds", 3, "--out", out)


@pytest.fixture(scope="module")
def three(result):
    """The folder of three ended runs."""
    return result[0]


@pytest.fixture
def copy(three, tmp_path):
    return shutil.copytree(three, tmp_path / "copy")


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_same_models(one, other):
    for path in ("model.safetensors", "scores.json"):
        assert (one / path).read_bytes() == (other / path).read_bytes()


def test_each_seed_has_the_bytes_of_a_run_alone(three, train, film_file, tmp_path):
    train("sentiment", "--dataset", film_file, *EPOCHS, "--seed", 2, "--out", tmp_path / "alone")
    assert_same_models(three / "seed_2", tmp_path / "alone")
    weights = {(three / f"seed_{seed}" / "model.safetensors").read_bytes() for seed in (1, 2, 3)}
    assert len(weights) == 3


def test_mean_and_spread_are_of_the_scores(result):
    folder, printed = result
    stored = json.loads((folder / "seeds.json").read_text())
    assert stored["runs"] == [{"seed": seed, "folder": f"seed_{seed}"} for seed in (1, 2, 3)]
    scores = [json.loads((folder / f"seed_{seed}" / "scores.json").read_text()) for seed in (1, 2, 3)]
    assert stored["scores"].keys() == scores[0].keys() == {"validation", "test"}
    for split, metrics in scores[0].items():
        assert stored["scores"][split].keys() == metrics.keys()
        for name in metrics:
            values = [one[split][name] for one in scores]
            figure = stored["scores"][split][name]
            assert figure["values"] == values
            assert (figure["min"], figure["max"]) == (min(values), max(values))
            assert figure["mean"] == pytest.approx(sum(values) / 3)
            assert figure["std"] == pytest.approx(statistics.stdev(values))
    loss = stored["scores"]["test"]["loss"]
    assert f"loss {loss['mean']:.4g} ± {loss['std']:.2g} ({loss['min']:.4g} to {loss['max']:.4g})" in printed.stdout


def test_the_folder_of_several_models_names_them(three):
    with pytest.raises(ModelError, match=r"holds several, give one of them: .*seed_1, .*seed_2, .*seed_3"):
        nlprnn.load(three)
    output = CliRunner().invoke(info, [str(three)])
    assert output.exit_code == 1
    assert output.stderr.startswith("Error: ")
    assert str(three / "seed_3") in output.stderr


def test_stopped_runs_go_on_where_they_stopped(three, run_recipe, train, stop_at, film_file, tmp_path):
    out = tmp_path / "stopped"
    stop_at(3)  # progress is shown every ten of 24 steps
    stopped = run_recipe("sentiment", "--dataset", film_file, *EPOCHS, "--seeds", 3, "--out", out)
    assert stopped.exit_code == 130
    assert stopped.stderr.count("--resume") == 1
    assert f"recipes/sentiment.py --out {out} --resume" in stopped.stderr
    assert [(out / f"seed_{seed}" / "scores.json").exists() for seed in (1, 2)] == [True, False]
    assert not (out / "seed_3").exists()
    first = contents(out / "seed_1")
    stop_at(0)
    train("sentiment", "--resume", "--out", out)
    assert contents(out / "seed_1") == first  # it is not repeated
    for seed in (2, 3):
        assert_same_models(out / f"seed_{seed}", three / f"seed_{seed}")
    assert (out / "seeds.json").read_bytes() == (three / "seeds.json").read_bytes()


def test_a_stop_at_the_start_of_a_further_seed_keeps_the_others(commands, three, run_recipe, copy, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands["sentiment"], "main_function", stop)
    stopped = run_recipe("sentiment", "--resume", "--out", copy, "--seeds", 4)
    assert (stopped.exit_code, "last checkpoint is kept" in stopped.stderr) == (130, True)
    assert [path.name for path in sorted(copy.glob("seed_*"))] == ["seed_1", "seed_2", "seed_3"]
    assert contents(copy / "seed_3") == contents(three / "seed_3")


def test_ended_runs_are_not_repeated_and_more_seeds_are_added(copy, train):
    before = contents(copy)
    printed = train("sentiment", "--resume", "--out", copy).stdout
    assert "has ended: a larger --epochs or --max-minutes or --patience or --seeds" in printed
    assert contents(copy) == before
    train("sentiment", "--resume", "--out", copy, "--seeds", 4)
    after = contents(copy)
    assert {path for path in before if before[path] != after[path]} == {Path("run.json"), Path("seeds.json")}
    assert [one["seed"] for one in json.loads((copy / "seeds.json").read_text())["runs"]] == [1, 2, 3, 4]


def test_several_runs_and_one_run_are_not_mixed(fails, copy, film_file):
    before = contents(copy)
    fails("sentiment", "--dataset", film_file, "--out", copy, "--seeds", 3, words=[copy, "--resume", "--out"])
    fails("sentiment", "--resume", "--out", copy, "--seeds", 1, words=[copy, "3 runs", "--seeds"])
    fails("sentiment", "--resume", "--out", copy / "seed_1", "--seeds", 2, words=["seed_1", "single run", "--seeds"])
    fails("sentiment", "--seed", 2**32 - 2, "--seeds", 3, words=["--seed"])
    assert contents(copy) == before


def test_several_runs_from_python(commands, film_file, tmp_path):
    folder = commands["sentiment"].train(
        dataset=str(film_file), epochs=1, seeds=2, seed=5, hidden_size=8, embedding_size=8, out=tmp_path / "runs"
    )
    assert folder == tmp_path / "runs"
    assert (folder / "seed_6" / "scores.json").exists()
    assert (folder / "seeds.json").exists()


def test_options_of_a_seed_are_checked_when_it_is_next(tmp_path, monkeypatch):
    checked = []
    monkeypatch.setattr(RunOptions, "__post_init__", lambda options: checked.append(options.seed))
    options = RunOptions(seed=5, seeds=100)
    runs = open_seed_runs(tmp_path, options)
    assert checked == [5]  # of 100,000 it would take longer than the first trainings
    assert [run.options.seed for run in runs[:2]] == [5, 6]
    assert runs[-1].folder == tmp_path / "seed_104"
