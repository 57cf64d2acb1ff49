"""`--pretrain` of the classification recipes: its files, how it goes on after a stop, and what it gives others."""

from __future__ import annotations

import json
import shutil

import pytest
from safetensors.torch import load_file

import nlprnn


def pretraining_losses(folder):
    """The validation losses of a run's pretraining."""
    records = map(json.loads, (folder / "pretraining" / "metrics.jsonl").read_text().splitlines())
    return [record["validation"]["loss"] for record in records if "validation" in record]


@pytest.fixture(scope="module")
def films_folder(films, write_rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    for start, name, number in ((0, "train", 160), (160, "validation", 60), (220, "test", 8)):
        write_rows(folder / f"{name}.jsonl", films(number, start=start))
    return folder


@pytest.fixture(scope="module")
def more_text(tmp_path_factory):
    path = tmp_path_factory.mktemp("more") / "more.txt"
    path.write_text("\n".join(f"the splendid film number {n} was long" for n in range(40)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pretrained(train, films_folder, more_text, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    options = ["--dataset", films_folder, "--unlabelled", more_text, "--min-frequency", 2, "--epochs", 2]
    return folder, train("sentiment", *options, "--pretrain", 12, "--out", folder)


def test_the_encoder_learns_the_language_first_from_texts_without_labels_too(pretrained):
    folder, result = pretrained
    losses = pretraining_losses(folder)
    assert losses[-1] < losses[0] - 0.1
    assert len(losses) == 12
    assert "splendid" in nlprnn.load(folder).tokenizer.words
    assert "Pretraining" in result.stderr
    assert json.loads((folder / "scores.json").read_text())["test"].keys() >= {"accuracy", "macro_f1"}


def test_another_run_begins_where_pretraining_ended(train, pretrained, films_folder, write_rows, films, tmp_path):
    rows = [{**row, "text": row["text"] + " today"} for row in films(60)]
    data = write_rows(tmp_path / "others.jsonl", rows)
    options = ["--dataset", data, "--pretrain-from", pretrained[0], "--learning-rate", 1e-12, "--min-frequency", 1]
    train("news", *options, "--tuning", "gradual", "--ema", 0, "--layers", 2, "--out", tmp_path / "other")
    other = nlprnn.load(tmp_path / "other")
    learnt = load_file(pretrained[0] / "pretraining" / "model.safetensors")
    words = nlprnn.load(pretrained[0]).tokenizer.words
    for word in ("splendid", "good", "<unk>"):
        row, place = other.tokenizer.words.index(word), words.index(word)
        assert other.model.embedding.weight[row].allclose(learnt["embedding.weight"][place], atol=1e-6)
    assert "today" in other.tokenizer.words
    weight = dict(other.model.encoder.layers[0].named_parameters())["weight_hh_l0_reverse"]
    assert weight.allclose(learnt["encoder.layers.0.weight_hh_l0_reverse"], atol=1e-6)


def test_words_that_only_have_a_fixed_vector_are_not_taken_for_learnt(train, films_folder, films, write_rows, tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("film 0.1 0.2\nzebra 0.3 0.4\nsplendid 0.5 0.6\n", encoding="utf-8")
    same = ["--vectors", vectors, "--epochs", 1]
    train("sentiment", "--dataset", films_folder, *same, "--pretrain", 1, "--out", tmp_path / "first")
    data = write_rows(tmp_path / "others.jsonl", [{**row, "text": row["text"] + " zebra"} for row in films(60)])
    train("sentiment", "--dataset", data, *same, "--pretrain-from", tmp_path / "first", "--out", tmp_path / "other")
    first, other = nlprnn.load(tmp_path / "first"), nlprnn.load(tmp_path / "other")
    assert first.tokenizer.words.index("zebra") >= first.model.embedding.num_trained
    assert other.tokenizer.words.index("zebra") < other.model.embedding.num_trained
    assert other.tokenizer.words.index("splendid") >= other.model.embedding.num_trained


def test_pretraining_goes_on_from_another_one(train, pretrained, films_folder, more_text, tmp_path):
    options = ["--dataset", films_folder, "--unlabelled", more_text, "--min-frequency", 2, "--pretrain", 1]
    train("sentiment", *options, "--pretrain-from", pretrained[0], "--out", tmp_path)
    assert pretraining_losses(tmp_path)[0] < pretraining_losses(pretrained[0])[0] - 0.1


@pytest.mark.parametrize("time", [1, 4])
def test_a_stopped_run_goes_on_to_the_same_bytes(
    train, run_recipe, stop_at, films_folder, pretrained, more_text, tmp_path, time
):
    options = ["--dataset", films_folder, "--unlabelled", more_text, "--min-frequency", 2, "--epochs", 2]
    stop_at(time)
    stopped = run_recipe("sentiment", *options, "--pretrain", 12, "--out", tmp_path / "run")
    assert stopped.exit_code == 130
    assert (tmp_path / "run" / "checkpoint").exists() == (time > 1)
    assert "--resume" in stopped.stderr
    stop_at(0)
    train("sentiment", "--resume", "--out", tmp_path / "run")
    for name in ("model.safetensors", "scores.json", "pretraining/model.safetensors"):
        assert (tmp_path / "run" / name).read_bytes() == (pretrained[0] / name).read_bytes()


def test_a_longer_run_does_not_pretrain_again(train, pretrained, tmp_path):
    shutil.copytree(pretrained[0], tmp_path / "run")
    before = (tmp_path / "run" / "pretraining" / "metrics.jsonl").read_bytes()
    result = train("sentiment", "--resume", "--out", tmp_path / "run", "--epochs", 3)
    assert "Pretraining" not in result.stderr
    assert (tmp_path / "run" / "pretraining" / "metrics.jsonl").read_bytes() == before
    pretraining = json.loads(before.splitlines()[-1])["minutes"]
    minutes = json.loads((tmp_path / "run" / "run.json").read_text())["summary"]["minutes"]
    assert pretraining > 0
    assert minutes >= pretraining - 0.01  # one has two digits, the other three


def test_mistakes_are_told_in_one_sentence(fails, film_file, pretrained, tmp_path):
    start = ["--dataset", film_file, "--out", tmp_path / "run"]
    fails("sentiment", *start, "--unlabelled", film_file, words=["--unlabelled", "--pretrain"])
    fails("sentiment", *start, "--pretrain", "1", "--unlabelled", tmp_path / "no.txt", words=["no.txt"])
    fails("sentiment", *start, "--tuning", "gradual", words=["--tuning", "--pretrain"])
    fails("sentiment", *start, "--pretrain-from", tmp_path, words=[tmp_path, "--pretrain"])
    fails("news", *start, "--pretrain-from", pretrained[0], "--hidden-size", 9, words=["--hidden-size", "does not fit"])
    assert not (tmp_path / "run").exists()
