"""`--ngrams` of the classification recipes: what it says and saves, how it goes on after a stop, and its mistakes."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main


@pytest.fixture(scope="module")
def data(films, write_rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    for start, name, number in ((0, "train", 80), (80, "validation", 40), (120, "test", 8)):
        write_rows(folder / f"{name}.jsonl", films(number, start=start))
    return folder


@pytest.fixture(scope="module")
def trained(train, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    return folder, train("news", "--dataset", data, "--ngrams", 2, "--epochs", 2, "--out", folder)


def test_ensemble_is_saved_and_its_members_are_reported(trained, data):
    folder, result = trained
    scores = json.loads((folder / "scores.json").read_text())["test"]
    for word in ("network", "n-grams", "both"):
        assert word in result.stderr
    call = ["evaluate", "--model", folder, "--dataset", data, "--split", "test", "--json"]
    evaluated = CliRunner().invoke(main, list(map(str, call)))
    assert evaluated.exit_code == 0, evaluated.output
    assert json.loads(evaluated.stdout)["accuracy"] == pytest.approx(scores["accuracy"])
    assert "n-grams" in CliRunner().invoke(main, ["info", str(folder)]).stdout
    classifier = nlprnn.load(folder)
    assert classifier.model.ngrams.weight.abs().sum() > 0
    both, alone = (model(["a good film"])[0].probabilities for model in (classifier, classifier.network))
    assert both != alone


def test_network_is_equal_with_and_without_ngrams(train, trained, data, tmp_path):
    train("news", "--dataset", data, "--epochs", 2, "--ngrams", 0, "--out", tmp_path)
    alone, network = nlprnn.load(tmp_path).model.state_dict(), nlprnn.load(trained[0]).network.model.state_dict()
    assert alone.keys() == network.keys()
    for name in alone:
        assert network[name].equal(alone[name]), name


def test_resumed_run_has_the_same_bytes(train, run_recipe, stop_at, trained, data, tmp_path):
    stop_at(1)
    stopped = run_recipe("news", "--dataset", data, "--ngrams", 2, "--epochs", 2, "--out", tmp_path / "run")
    assert stopped.exit_code == 130, stopped.output
    assert nlprnn.load(tmp_path / "run")(["a good film"])  # the folder holds a whole model at any time
    stop_at(0)
    train("news", "--resume", "--out", tmp_path / "run")
    for name in ("model.safetensors", "config.json", "scores.json"):
        assert (tmp_path / "run" / name).read_bytes() == (trained[0] / name).read_bytes()


def test_a_longer_run_is_whole_when_stopped_and_has_ngrams_again(train, run_recipe, stop_at, trained, tmp_path):
    shutil.copytree(trained[0], tmp_path / "run")
    stop_at(1)
    assert run_recipe("news", "--resume", "--out", tmp_path / "run", "--epochs", 3).exit_code == 130
    stopped = nlprnn.load(tmp_path / "run")
    assert stopped.network is stopped  # the network alone, whole, until the ensemble is made again
    assert len(stopped(["a good film"])) == 1
    stop_at(0)
    assert "both" in train("news", "--resume", "--out", tmp_path / "run").stderr
    assert nlprnn.load(tmp_path / "run").model.ngrams.num_ngrams


def test_ngrams_of_multi_label_and_regression(train, write_rows, tmp_path):
    rows = [
        {"text": f"{kind} room, number {n % 7}", "topics": topics, "stars": stars}
        for n in range(40)
        for kind, topics, stars in (("a clean", ["clean"], 5), ("a loud and clean", ["clean", "noise"], 3))
    ]
    data = write_rows(tmp_path / "rooms.jsonl", rows)
    for recipe, field, options in (("news", "topics", ["--multi-label"]), ("regression", "stars", [])):
        out = tmp_path / recipe
        result = train(recipe, "--dataset", data, "--label-field", field, *options, "--ngrams", 1, "--out", out)
        assert "n-grams" in result.stderr
        assert nlprnn.load(out).model.ngrams.order == 1


def test_too_long_ngrams_are_refused(fails, data, tmp_path):
    fails("news", "--dataset", data, "--out", tmp_path / "run", "--ngrams", 99, words=["--ngrams", "99"])
    assert not (tmp_path / "run").exists()
