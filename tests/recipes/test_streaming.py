"""Recipes on data that are read as they are needed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from nlprnn.cli.main import main as nlprnn_command


@pytest.fixture(scope="module")
def folders(films, write_rows, tmp_path_factory):
    """Folders of data with splits of their own: labelled texts, sentence pairs, running text."""
    folder = tmp_path_factory.mktemp("data")
    for start, name, number in ((0, "train", 200), (200, "validation", 16)):
        rows = films(number, start=start)
        write_rows(folder / "sentiment" / f"{name}.jsonl", rows)
        write_rows(folder / "news" / f"{name}.jsonl", [{**row, "label": [row["label"], "film"]} for row in rows])
        pairs = [{"source": row["text"], "target": row["text"].upper()} for row in rows]
        write_rows(folder / "translation" / f"{name}.jsonl", pairs)
        write_rows(folder / "pretrain" / f"{name}.jsonl", rows)
        (folder / "text_generation").mkdir(exist_ok=True)
        (folder / "text_generation" / f"{name}.txt").write_text("".join(f"{row['text']}\n" for row in rows))
    return folder


STREAMING = ["--streaming", "--shuffle-buffer", "90", "--sample-rows", "50"]


def test_resumed_runs_have_the_same_bytes(train, run_recipe, stop_at, folders, tmp_path):
    options = ["--dataset", folders / "sentiment", *STREAMING, "--epochs", 2]
    result = train("sentiment", *options, "--out", tmp_path / "whole")
    assert "streaming: 200 rows" in result.stderr
    assert "a sample of 50 of them" in result.stderr
    stop_at(4)
    stopped = run_recipe("sentiment", *options, "--out", tmp_path / "stopped")
    assert stopped.exit_code == 130
    stop_at(0)
    train("sentiment", "--resume", "--out", tmp_path / "stopped")
    for name in ("model.safetensors", "scores.json"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize(
    ("recipe", "options"),
    [("news", ["--multi-label"]), ("translation", []), ("text_generation", []), ("pretrain", [])],
)
def test_recipes_train_on_streams(train, folders, tmp_path, recipe, options):
    result = train(recipe, "--dataset", folders / recipe, *STREAMING, *options, "--out", tmp_path / "run")
    assert "streaming: " in result.stderr
    scores = json.loads((tmp_path / "run" / "scores.json").read_text())
    assert list(scores) == ["validation"]


def test_changed_data_and_other_held_out_rows_are_refused(
    train, fails, stop_at, run_recipe, films, write_rows, tmp_path
):
    rows = films(200)
    path = write_rows(tmp_path / "films.jsonl", rows)
    stop_at(3)
    run_recipe("sentiment", "--dataset", path, *STREAMING, "--epochs", 2, "--out", tmp_path / "run")
    result = CliRunner().invoke(
        nlprnn_command, ["evaluate", "--model", str(tmp_path / "run"), "--dataset", str(path), "--split", "test"]
    )
    assert result.exit_code == 1
    assert "held out while --streaming" in result.stderr
    stop_at(0)
    write_rows(path, [*rows[:-1], {**rows[-1], "label": "pos"}])
    fails("sentiment", "--resume", "--out", tmp_path / "run", words=["have changed", "train"])


@pytest.mark.parametrize(
    ("recipe", "options", "words"),
    [
        ("sentiment", ["--streaming", "--ngrams", "2"], ["--ngrams", "--streaming"]),
        ("sentiment", ["--sample-rows", "50"], ["--sample-rows", "--streaming"]),
        *(
            (recipe, ["--streaming"], ["no --streaming", "into memory", "sentiment"])
            for recipe in ("tagging", "regression")
        ),
    ],
)
def test_what_cannot_be_streamed_is_an_error(fails, recipe, options, words):
    fails(recipe, *options, words=words)
