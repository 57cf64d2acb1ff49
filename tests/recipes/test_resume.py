"""Folders of runs, stopping and going on."""

from __future__ import annotations

import json
import shutil

import pytest

import nlprnn


@pytest.fixture(scope="module")
def many_films(films, write_rows, tmp_path_factory):
    """400 rows: 40 steps an epoch."""
    return write_rows(tmp_path_factory.mktemp("films") / "films.jsonl", films(400))


@pytest.fixture(scope="module")
def finished(train, film_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    train("sentiment", "--dataset", film_file, "--out", folder)
    return folder


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of a finished run, to do with as one likes."""
    return shutil.copytree(finished, tmp_path / "run")


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("recipe", ["sentiment", "tagging", "text_generation"])
def test_resumed_run_has_the_same_bytes(
    train, run_recipe, stop_at, many_films, tagged_file, story_file, tmp_path, recipe
):
    dataset = {"sentiment": many_films, "tagging": tagged_file, "text_generation": story_file}[recipe]
    options = ["--dataset", dataset, "--epochs", 2]
    train(recipe, *options, "--out", tmp_path / "whole")
    stop_at(3)
    stopped = run_recipe(recipe, *options, "--out", tmp_path / "stopped")
    assert stopped.exit_code == 130
    assert f"recipes/{recipe}.py --out {tmp_path / 'stopped'} --resume" in stopped.stderr
    assert not (tmp_path / "stopped" / "scores.json").exists()
    stop_at(0)
    train(recipe, "--resume", "--out", tmp_path / "stopped")
    for name in ("model.safetensors", "scores.json"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    steps = [json.loads(line)["step"] for line in (tmp_path / "stopped" / "metrics.jsonl").read_text().splitlines()]
    whole = [json.loads(line)["step"] for line in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()]
    assert steps == whole


@pytest.mark.parametrize("recipe", ["sentiment", "text_generation"])
def test_resume_keeps_the_best_weights(run_recipe, stop_at, many_films, story_file, tmp_path, recipe):
    dataset = many_films if recipe == "sentiment" else story_file
    epoch = 4 if recipe == "sentiment" else 5  # times that progress is shown in an epoch, about
    stop_at(epoch + 1)
    assert run_recipe(recipe, "--dataset", dataset, "--out", tmp_path / "run", "--epochs", 9).exit_code == 130
    best = (tmp_path / "run" / "model.safetensors").read_bytes()
    stop_at(1)
    assert run_recipe(recipe, "--resume", "--out", tmp_path / "run").exit_code == 130
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == best


def test_resuming_a_finished_run_changes_nothing(train, copy):
    before = contents(copy)
    result = train("sentiment", "--resume", "--out", copy)
    assert "has ended" in result.stdout
    assert "--epochs" in result.stdout
    assert contents(copy) == before


def test_a_refused_resume_leaves_the_ended_run_as_it_was(fails, train, copy, film_file):
    before = contents(copy)
    rows = film_file.read_text()
    film_file.write_text(rows.replace("good", "bad", 1))
    try:
        fails("sentiment", "--resume", "--out", copy, "--epochs", 3, words=[copy, "changed", "train"])
    finally:
        film_file.write_text(rows)
    assert contents(copy) == before
    assert "has ended" in train("sentiment", "--resume", "--out", copy).stdout


def test_a_finished_run_goes_on_with_more_epochs(train, copy):
    last = json.loads((copy / "metrics.jsonl").read_text().splitlines()[-1])["step"]
    train("sentiment", "--resume", "--out", copy, "--epochs", 3)
    assert json.loads((copy / "metrics.jsonl").read_text().splitlines()[-1])["step"] == 3 * last
    card = (copy / "README.md").read_text()
    commands = [line for line in card.splitlines() if line.startswith("python recipes/")]
    assert len(commands) == 2  # both that made this model, one after the other
    assert commands[1].endswith("--epochs 3")
    assert "has ended" in train("sentiment", "--resume", "--out", copy).stdout


@pytest.mark.parametrize(
    ("option", "value"),
    [("--hidden-size", "9"), ("--seed", "2"), ("--dataset", "news"), ("--cell", "gru"), ("--vectors", "glove.txt")],
)
def test_an_option_that_would_make_another_run_is_named(fails, copy, option, value):
    before = contents(copy)
    fails("sentiment", "--resume", "--out", copy, option, value, words=[option, value, "--out"])
    assert contents(copy) == before


def test_the_same_option_given_again_is_no_change(train, copy):
    train("sentiment", "--resume", "--out", copy, "--hidden-size", "8", "--dropout", "0.5", "--seed", "1")


def test_option_newer_than_the_run_is_reported(train, copy):
    run = json.loads((copy / "run.json").read_text())
    del run["options"]["dropout"], run["checksum"]
    (copy / "run.json").write_text(json.dumps(run))
    last = (copy / "run.json").read_bytes()
    told = train("sentiment", "--resume", "--out", copy, "--epochs", 2).stderr
    assert "--dropout did not exist when the run began, and is 0.5 now" in told
    assert told.count("did not exist") == 1
    (copy / "run.json").write_bytes(last)
    told = train("sentiment", "--resume", "--out", copy, "--epochs", 3, "--dropout", "0.25").stderr
    assert "did not exist" not in told
    assert json.loads((copy / "run.json").read_text())["options"]["dropout"] == 0.25


def test_a_folder_that_holds_a_run_is_not_overwritten(fails, copy, film_file):
    before = contents(copy)
    fails("sentiment", "--dataset", film_file, "--out", copy, words=[copy, "--resume", "--out"])
    assert contents(copy) == before


def test_folder_with_only_a_model_is_not_overwritten(fails, copy, film_file):
    (copy / "run.json").unlink()
    shutil.rmtree(copy / "checkpoint")
    fails("sentiment", "--dataset", film_file, "--out", copy, words=[copy])
    fails("sentiment", "--resume", "--out", copy, words=["run.json"])


def test_only_an_empty_folder_is_used(train, fails, film_file, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "README.md").write_text("mine")
    fails("sentiment", "--dataset", film_file, "--out", out, words=[out, "not empty"])
    assert (out / "README.md").read_text() == "mine"
    (out / "README.md").unlink()
    fails("sentiment", "--dataset", film_file, "--out", out, "--text-field", "no", words=["'no'"])
    train("sentiment", "--dataset", film_file, "--out", out)


def test_runs_are_numbered_and_the_newest_is_resumed(train, fails, film_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fails("sentiment", "--resume", words=["runs/sentiment", "--out"])
    fails("sentiment", "--dataset", film_file, "--text-field", "no", words=["'no'"])
    for name in ("sentiment", "sentiment-2"):
        assert f"Model:  runs/{name}\n" in train("sentiment", "--dataset", film_file).stdout
    assert "runs/sentiment-2 has ended" in train("sentiment", "--resume").stdout
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["sentiment", "sentiment-2"]
    # The newest is the last that was at work, whatever its number.
    shutil.rmtree(tmp_path / "runs" / "sentiment")
    assert "runs/sentiment-2 has ended" in train("sentiment", "--resume").stdout
    assert "Model:  runs/sentiment\n" in train("sentiment", "--dataset", film_file).stdout
    assert "runs/sentiment has ended" in train("sentiment", "--resume").stdout


def test_ctrl_c_before_first_checkpoint_leaves_no_folder(run_recipe, film_file, tmp_path, monkeypatch):
    def interrupted(self, *, resume):
        raise KeyboardInterrupt

    monkeypatch.setattr("nlprnn.training.trainer.Trainer.fit", interrupted)
    result = run_recipe("sentiment", "--dataset", film_file, "--out", tmp_path / "out")
    assert result.exit_code == 130
    assert "--resume" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_ctrl_c_while_the_scores_are_made_goes_on_there(run_recipe, train, film_file, tmp_path, monkeypatch):
    def interrupted(self, scores, **rest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nlprnn.experiment.run.Run.finish", interrupted)
        result = run_recipe("sentiment", "--dataset", film_file, "--out", tmp_path / "out")
    assert result.exit_code == 130
    assert "--resume" in result.stderr
    weights = (tmp_path / "out" / "model.safetensors").read_bytes()
    train("sentiment", "--resume", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == weights
    assert (tmp_path / "out" / "scores.json").exists()


def test_vectors_are_remembered(run_recipe, train, stop_at, many_films, tmp_path):
    (tmp_path / "vectors.txt").write_text("film 0.1 0.2\ngood 0.3 0.4\n")
    stop_at(1)
    options = ["--dataset", many_films, "--vectors", tmp_path / "vectors.txt", "--out", tmp_path / "out"]
    assert run_recipe("sentiment", *options).exit_code == 130
    stop_at(0)
    train("sentiment", "--resume", "--out", tmp_path / "out")


def test_run_killed_before_first_checkpoint_restarts(train, copy):
    whole = (copy / "model.safetensors").read_bytes()
    run = json.loads((copy / "run.json").read_text())
    del run["summary"], run["checksum"]
    for name in ("scores.json", "metrics.jsonl", "README.md"):
        (copy / name).unlink()
    shutil.rmtree(copy / "checkpoint")
    (copy / "run.json").write_text(json.dumps(run))
    assert "begins again" in train("sentiment", "--resume", "--out", copy).stderr
    assert (copy / "model.safetensors").read_bytes() == whole


def test_trained_model_without_checkpoint_is_kept(fails, copy):
    shutil.rmtree(copy / "checkpoint")
    before = contents(copy)
    fails("sentiment", "--resume", "--out", copy, "--epochs", 5, words=[copy, "checkpoint", "--out"])
    assert contents(copy) == before


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"recipe": "sentiment", "options": 3}'])
def test_a_damaged_run_file_is_named(fails, copy, content):
    (copy / "run.json").write_bytes(content)
    fails("sentiment", "--resume", "--out", copy, words=["run.json", "damaged"])


@pytest.mark.parametrize("content", [b"", b"x" * 200, None])
def test_damaged_checkpoint_is_named_and_model_kept(fails, copy, content):
    for path in (copy / "checkpoint").glob("step-*.pt"):
        path.write_bytes(path.read_bytes()[:-50] if content is None else content)
    best = (copy / "model.safetensors").read_bytes()
    fails("sentiment", "--resume", "--out", copy, "--epochs", 5, words=["step-6.pt", "damaged"])
    assert (copy / "model.safetensors").read_bytes() == best


def test_checkpoint_of_an_older_version_is_named_and_model_kept(fails, copy):
    shutil.rmtree(copy / "checkpoint")
    (copy / "checkpoint").mkdir()
    (copy / "checkpoint" / "last.safetensors").touch()
    best = (copy / "model.safetensors").read_bytes()
    fails("sentiment", "--resume", "--out", copy, "--epochs", 5, words=["last.safetensors", "older nlprnn", "--out"])
    assert (copy / "model.safetensors").read_bytes() == best


@pytest.mark.parametrize("content", [None, b"", b"\x00" * 500])
def test_damaged_model_is_written_again(train, copy, content):
    names = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "checksums.json")
    for name in names:
        (copy / name).unlink()
        if content is not None:
            (copy / name).write_bytes(content)
    train("sentiment", "--resume", "--out", copy, "--epochs", 2)
    assert nlprnn.load(copy)(["film number 7 is good"])


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "checksums.json"])
def test_damaged_tokenizer_or_configuration_of_the_run_is_named(fails, copy, name):
    before = contents(copy)
    (copy / "checkpoint" / "model" / name).write_bytes(b"{")
    fails("sentiment", "--resume", "--out", copy, "--epochs", 2, words=[f"checkpoint/model/{name}", "damaged"])
    assert {"model.safetensors", "scores.json", "config.json"} <= before.keys()
    assert all(contents(copy)[each] == before[each] for each in before.keys() - {"run.json", name})


def test_changed_data_are_refused(train, run_recipe, films, write_rows, tmp_path):
    data, out = write_rows(tmp_path / "films.jsonl", films(60)), tmp_path / "run"
    train("sentiment", "--dataset", data, "--out", out)
    model = (out / "model.safetensors").read_bytes()
    write_rows(data, [*films(59), {"text": "film number 60 is grand", "label": "neg"}])
    result = run_recipe("sentiment", "--resume", "--out", out, "--epochs", 3)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(
        f"Error: the data of the run in {out} have changed since it began:"
    )
    assert "rows: restore them to resume" in result.stderr
    assert (out / "model.safetensors").read_bytes() == model
    write_rows(data, films(60))
    train("sentiment", "--resume", "--out", out, "--epochs", 2)


def test_a_run_of_another_recipe_is_named(fails, copy):
    fails("text_generation", "--resume", "--out", copy, words=["sentiment", "text_generation"])
