"""`recipes/pretrain.py`, and the recipes that start from its encoder by `--init-from`."""

from __future__ import annotations

import json

import pytest
from safetensors.torch import load_file

import nlprnn
from nlprnn.text import WordTokenizer

SIZES = ["--batch-size", 8, "--bptt", 16]


def validation_losses(folder):
    """The validation losses of a run."""
    records = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
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
    """The folder of a pretrained encoder, and what its training printed."""
    folder = tmp_path_factory.mktemp("runs") / "encoder"
    options = ["--dataset", films_folder, "--more-text", more_text, "--epochs", 12, *SIZES]
    return folder, train("pretrain", *options, "--out", folder)


def test_loss_falls_and_further_text_is_read(pretrained):
    folder, result = pretrained
    losses = validation_losses(folder)
    assert losses[-1] < losses[0] - 0.1
    scores = json.loads((folder / "scores.json").read_text())["validation"]
    assert 0 <= scores["unknown_percent"] < 100
    assert "splendid" in WordTokenizer.load(folder).words
    assert "--init-from" in result.stdout
    short, long = nlprnn.load(folder)(["a film", "the splendid film"])
    assert (short.shape, long.shape) == ((2, 16), (3, 16))


def test_resumed_run_has_the_same_bytes(train, run_recipe, stop_at, pretrained, films_folder, more_text, tmp_path):
    options = ["--dataset", films_folder, "--more-text", more_text, "--epochs", 12, *SIZES]
    stop_at(2)
    assert run_recipe("pretrain", *options, "--out", tmp_path / "run").exit_code == 130
    stop_at(0)
    train("pretrain", "--resume", "--out", tmp_path / "run")
    name = "model.safetensors"
    assert (tmp_path / "run" / name).read_bytes() == (pretrained[0] / name).read_bytes()


def test_a_model_starts_from_the_pretrained_weights(train, pretrained, write_rows, films, tmp_path):
    rows = [{**row, "text": row["text"] + " today"} for row in films(60)]
    data = write_rows(tmp_path / "others.jsonl", rows)
    options = ["--dataset", data, "--init-from", pretrained[0], "--learning-rate", 1e-12, "--min-frequency", 1]
    train("news", *options, "--fine-tuning", "ulmfit", "--ema", 0, "--num-layers", 2, "--out", tmp_path / "model")
    model, weights = nlprnn.load(tmp_path / "model"), load_file(pretrained[0] / "model.safetensors")
    words = WordTokenizer.load(pretrained[0]).words
    for word in ("splendid", "good", "<unk>"):
        row, place = model.tokenizer.words.index(word), words.index(word)
        assert model.network_model.embedding.weight[row].allclose(weights["embedding.weight"][place], atol=1e-6)
    assert "today" in model.tokenizer.words
    layer = dict(model.network_model.encoder.layers[0].named_parameters())
    for name in ("weight_ih_l0", "weight_hh_l0_reverse"):
        assert layer[name].allclose(weights[f"encoder.layers.0.{name}"], atol=1e-6)


def test_tagger_keeps_weights_of_character_features(train, pretrained, tagged_file, tmp_path):
    options = ["--dataset", tagged_file, "--init-from", pretrained[0], "--learning-rate", 1e-12, "--ema", 0]
    train("tagging", *options, "--out", tmp_path / "model")
    layer = dict(nlprnn.load(tmp_path / "model").model.encoder.layers[0].named_parameters())
    weight = load_file(pretrained[0] / "model.safetensors")["encoder.layers.0.weight_ih_l0"]
    assert layer["weight_ih_l0"].size(1) > weight.size(1)
    assert layer["weight_ih_l0"][:, : weight.size(1)].allclose(weight, atol=1e-6)
    assert layer["weight_ih_l0"][:, weight.size(1) :].abs().max() > 1e-3


def test_a_word_with_only_a_vector_is_not_pretrained(train, films_folder, films, write_rows, tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("film 0.1 0.2\nzebra 0.3 0.4\nsplendid 0.5 0.6\n", encoding="utf-8")
    train("pretrain", "--dataset", films_folder, "--vectors", vectors, *SIZES, "--out", tmp_path / "encoder")
    data = write_rows(tmp_path / "others.jsonl", [{**row, "text": row["text"] + " zebra"} for row in films(60)])
    options = ["--vectors", vectors, "--init-from", tmp_path / "encoder"]
    train("news", "--dataset", data, *options, "--out", tmp_path / "model")
    model = nlprnn.load(tmp_path / "model")
    assert model.tokenizer.words.index("zebra") < model.network_model.embedding.num_trained
    assert model.tokenizer.words.index("splendid") >= model.network_model.embedding.num_trained


def test_mistakes_are_one_sentence(fails, film_file, pretrained, tmp_path):
    start = ["--dataset", film_file, "--out", tmp_path / "run"]
    fails("pretrain", *start, *SIZES, "--more-text", tmp_path / "no.txt", words=["no.txt"])
    fails("pretrain", *start, "--bptt", 9999, words=["too little text", "--bptt"])
    fails("news", *start, "--fine-tuning", "ulmfit", words=["ulmfit", "--init-from"])
    fails("news", *start, "--init-from", tmp_path / "none", words=["none", "pretrain.py"])
    fails("news", *start, "--init-from", tmp_path, words=[tmp_path])
    fails("news", *start, "--init-from", pretrained[0], "--hidden-size", 9, words=["--hidden-size 8"])
    fails("news", *start, "--init-from", pretrained[0], "--embedding-size", 9, words=["--embedding-size 8"])
    assert not (tmp_path / "run").exists()
