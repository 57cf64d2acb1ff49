"""`recipes/text_generation.py` on text of every form, and what it leaves in its folder."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command
from nlprnn.decoding.known_words import words_of


@pytest.fixture(scope="module")
def trained(train, story_file, drawing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    with drawing():
        return folder, train("text_generation", "--dataset", story_file, "--out", folder, "--prompt", "The fox")


def test_the_folder_holds_all_that_belongs_to_a_model(trained):
    names = {path.name for path in trained[0].iterdir()}
    assert {"README.md", "config.json", "learning_curve.png", "metrics.jsonl", "model.safetensors"} <= names
    assert {"run.json", "scores.json", "checkpoint", "tokenizer_config.json"} <= names


def test_reported_loss_matches_the_saved_model(trained, story_file):
    from nlprnn.data import load_text

    generator = nlprnn.load(trained[0])
    scores = json.loads((trained[0] / "scores.json").read_text())
    for part, documents in load_text(str(story_file)).items():
        if part != "train":
            assert scores[part]["loss"] == pytest.approx(generator.mean_nll(generator.encode(documents)), rel=1e-5)
    assert scores["test"]["loss"] < np.log(generator.tokenizer.vocab_size)


def test_a_sample_begins_with_the_prompt(trained):
    assert "\nThe fox" in trained[1].stdout
    assert f"nlprnn generate --model {trained[0]} --prompt" in trained[1].stdout


def test_generate_and_info_take_the_folder(trained):
    call = ["generate", "--model", str(trained[0]), "--prompt", "Once", "--length", "30", "--seed", "1"]
    run = CliRunner().invoke(nlprnn_command, call)
    assert run.stdout.startswith("Once")
    assert CliRunner().invoke(nlprnn_command, call).stdout == run.stdout
    assert "loss" in CliRunner().invoke(nlprnn_command, ["info", str(trained[0])]).stdout


def test_a_guide_comes_with_the_model_and_forbids_invented_words(train, fails, story_file, tmp_path):
    train("text_generation", "--dataset", story_file, "--out", tmp_path / "model", "--guide")
    generator = nlprnn.load(tmp_path / "model")
    options = nlprnn.pipelines.GenerationOptions(length=200, temperature=2.0, seed=1)
    written = {word.lower() for word in words_of(generator(["The"], options)[0])[:-1]}
    assert written <= {word.lower() for word in generator.guide.words}
    words = ["--guide", "--level word"]
    fails("text_generation", "--dataset", story_file, "--level", "word", "--guide", words=words)


def test_seed_determines_the_bytes(train, story_file, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train("text_generation", "--dataset", story_file, "--out", tmp_path / name, "--seed", seed)
    first, second, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert first == second != other


def _parts(folder, text):
    folder.mkdir()
    for name, part in (("train.txt", text), ("validation.txt", text[:300]), ("test.txt", text[:200])):
        (folder / name).write_text(part, encoding="utf-8")


def _documents(folder, text):
    folder.mkdir()
    for number in range(25):
        (folder / f"tale{number}.txt").write_text(f"{number} {text[:100]}", encoding="utf-8")


SOURCES = {
    "story.txt.gz": lambda path, text: path.write_bytes(gzip.compress(text.encode())),
    "crlf.txt": lambda path, text: path.write_bytes(text.replace("\n", "\r\n").encode()),
    "rows.jsonl": lambda path, text: path.write_text(
        "".join(json.dumps({"text": f"{n} {text[:50]}"}) + "\n" for n in range(60))
    ),
    "rows.csv": lambda path, text: path.write_text(
        "title,body\n" + "".join(f"t{n},{n} some text\n" for n in range(90))
    ),
    "parts": _parts,
    "documents": _documents,
}


@pytest.mark.parametrize("name", SOURCES)
def test_text_of_every_form_is_taken(train, story_file, tmp_path, name):
    SOURCES[name](tmp_path / name, story_file.read_text(encoding="utf-8"))
    field = ["--text-field", "body"] if name == "rows.csv" else []
    train("text_generation", "--dataset", tmp_path / name, "--out", tmp_path / "out", *field)
    generator = nlprnn.load(tmp_path / "out")
    assert generator.tokenizer.unknown("\r") == ["\r"]
    assert generator.tokenizer.unknown("t") == []
    documents = {"rows.jsonl", "rows.csv", "documents"}
    assert generator.model.text_start == ("bos" if name in documents else "line_end")


def test_the_sample_is_the_default(commands):
    (option,) = [option for option in commands["text_generation"].params if option.name == "dataset"]
    assert option.default == "stories"


@pytest.mark.parametrize("prompt", ["", 'the "fox" said $HOME', "MODEL", "it's ☃"])
def test_printed_command_quotes_the_prompt(train, story_file, tmp_path, prompt):
    import shlex

    out = tmp_path / "out"
    result = train("text_generation", "--dataset", story_file, "--out", out, "--prompt", prompt)
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("Try it: ")]
    assert shlex.split(line.removeprefix("Try it: ")) == ["nlprnn", "generate", "--model", str(out), "--prompt", prompt]
    assert "$HOME" not in line or "'" in line


@pytest.mark.parametrize("text", ["从前有一只狐狸。\n", "كان يا ما كان ثعلب.\n", "むかしむかし🦊がいた。\n"])
def test_text_of_any_script_is_learnt(train, tmp_path, text):
    path = tmp_path / "text.txt"
    path.write_text("".join(f"{n} {text}" for n in range(120)), encoding="utf-8")
    train("text_generation", "--dataset", path, "--out", tmp_path / "out", "--prompt", text[0])
    assert nlprnn.load(tmp_path / "out").tokenizer.unknown(text) == []


@pytest.mark.parametrize(("level", "unit"), [("char", "characters"), ("word", "words"), ("subword", "subwords")])
def test_each_level_trains_generates_and_scores(train, story_file, tmp_path, level, unit):
    result = train(
        "text_generation", "--dataset", story_file, "--out", tmp_path / "out", "--level", level, "--vocab-size", 300
    )
    assert f" {unit}, " in result.stderr
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())["test"]
    arguments = [
        "evaluate",
        "--model",
        str(tmp_path / "out"),
        "--dataset",
        str(story_file),
        "--split",
        "test",
        "--json",
    ]
    found = json.loads(CliRunner().invoke(nlprnn_command, arguments).stdout)
    assert found["nats_per_token"] == pytest.approx(scores["loss"], rel=1e-5)
    assert found["bits_per_character"] == pytest.approx(scores["bits_per_character"], rel=1e-5)
    assert found["perplexity"] == pytest.approx(scores["perplexity"], rel=1e-4)
    assert found["unknown_percent"] == scores["unknown_percent"]
    assert (found["tokens"] < found["characters"]) == (level != "char")
    call = ["generate", "--model", str(tmp_path / "out"), "--prompt", "Once ☃ upon", "--length", "20"]
    written = CliRunner().invoke(nlprnn_command, call)
    assert written.stdout.startswith("Once ☃ upon")
    assert ("☃" in written.stderr) == (level != "subword")  # bytes know every character


@pytest.mark.parametrize("cell", ["mingru", "minlstm"])
def test_minimal_cells_have_what_they_need(train, story_file, tmp_path, cell):
    train("text_generation", "--dataset", story_file, "--out", tmp_path / "out", "--cell", cell, "--num-layers", 3)
    encoder = nlprnn.load(tmp_path / "out").model.encoder
    assert (encoder.cell, encoder.residual, encoder.layer_norm) == (cell, True, True)


def test_each_regulariser_changes_the_weights(train, story_file, tmp_path):
    train("text_generation", "--dataset", story_file, "--out", tmp_path / "plain")
    before = (tmp_path / "plain" / "model.safetensors").read_bytes()
    options = ("weight-dropout", "embedding-dropout", "ar-alpha", "tar-beta", "label-smoothing")
    for option in (*options, "weight-decay", "ema"):
        train("text_generation", "--dataset", story_file, "--out", tmp_path / option, f"--{option}", 0.5)
        assert (tmp_path / option / "model.safetensors").read_bytes() != before
    assert nlprnn.load(tmp_path / "weight-dropout").model.encoder.weight_dropout == 0.5
    assert nlprnn.load(tmp_path / "embedding-dropout").model.embedding.row_dropout == 0.5


def test_weight_dropout_needs_recurrent_weights(fails, story_file, tmp_path):
    call = ("text_generation", "--dataset", story_file, "--out", tmp_path / "out", "--cell", "mingru")
    fails(*call, "--weight-dropout", "0.1", words=["--weight-dropout", "mingru"])
    assert not (tmp_path / "out").exists()
