"""`nlprnn calibrate`, as a user calls it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

import nlprnn
from nlprnn.serialization import checksums

WORDS = ["a", "good", "bad", "film", "dull", "plot", "great", "fun", "poorly"]


TEXTS = [" ".join(np.random.default_rng(number).choice(WORDS, 4)) for number in range(300)]


@pytest.fixture(scope="module")
def overconfident_folder(classifier_folder, tmp_path_factory):
    """A model folder with a classifier of equally frequent labels."""
    classifier = nlprnn.load(classifier_folder)
    output = classifier.model.head.layers[-1]
    output.weight.data *= 40
    output.bias.data -= torch.from_numpy(classifier.outputs(classifier.encode(TEXTS)).mean(axis=0))
    folder = tmp_path_factory.mktemp("models") / "overconfident"
    classifier.save(folder)
    return folder


@pytest.fixture
def folder(overconfident_folder, tmp_path):
    return shutil.copytree(overconfident_folder, tmp_path / "model")


@pytest.fixture
def held_out(overconfident_folder, tmp_path):
    """A table whose labels the model gives with less certainty than it has."""
    classifier = nlprnn.load(overconfident_folder)
    logits = classifier.outputs(classifier.encode(TEXTS)) / 2
    drawn = (logits + np.random.default_rng(0).gumbel(size=logits.shape)).argmax(axis=1)
    path = tmp_path / "held_out.csv"
    rows = (f"{text},{classifier.model.labels[label]}\n" for text, label in zip(TEXTS, drawn, strict=True))
    path.write_text("text,label\n" + "".join(rows))
    return path


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_calibrated_folder_answers_unsure_everywhere_and_can_be_undone(nlprnn_command, folder, held_out, tmp_path):
    before, text = files(folder), "a dull film"
    picture = tmp_path / "reliability.png"
    call = ("calibrate", folder, "--dataset", held_out, "--precision", 0.8)
    result = nlprnn_command(*call, "--reliability", picture)
    assert result.exit_code == 0, result.output
    for words in ("temperature", "fitted on 300 texts", "unsure below", "is shown with 95 % confidence", str(folder)):
        assert words in result.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    changed = {name for name, content in files(folder).items() if content != before.get(name)}
    assert changed == {"config.json", "checksums.json"}
    checksums.check_files(folder)
    model = nlprnn.load(folder)
    figures = json.loads(nlprnn_command(*call, "--json").stdout)  # once more: the same
    assert figures["threshold"] == model.model.abstain
    assert figures["temperature"] == model.model.temperature != 1
    assert figures["calibration_error_after"] < figures["calibration_error_before"]
    limit = model([text])[0].probability
    texts = ["good", "great fun", "poorly", text]
    lines = nlprnn_command("classify", "--model", folder, *texts).stdout.splitlines()
    assert [line.split()[0] for line in lines] == [one.label for one in model(texts)]
    assert nlprnn_command("classify", "--model", folder, "--abstain", limit / 2, text).stdout.split()[0] != "unsure"
    assert f"unsure below a probability of {model.model.abstain:.4g}" in nlprnn_command("info", folder).stdout
    assert "unsure below" in repr(model)
    assert nlprnn_command("calibrate", folder, "--undo").exit_code == 0
    assert files(folder)["config.json"] == before["config.json"]
    checksums.check_files(folder)


def test_copy_is_calibrated_and_the_model_is_not(nlprnn_command, fails, folder, held_out, tmp_path):
    before, copy = files(folder), tmp_path / "new" / "copy"
    call = ("calibrate", folder, "--dataset", held_out, "--out", copy)
    assert nlprnn_command(*call).exit_code == 0
    assert files(folder) == before
    model = nlprnn.load(copy).model
    assert model.temperature != 1
    assert model.abstain is None  # no precision was asked for
    fails(*call, words=[copy, "not empty"])


def test_interrupted_write_leaves_a_whole_folder(nlprnn_command, folder, held_out, monkeypatch):
    before = nlprnn.load(folder).model.temperature

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checksums.shutil, "move", fail)
    assert nlprnn_command("calibrate", folder, "--dataset", held_out).exit_code == 1
    monkeypatch.undo()
    assert nlprnn.load(folder).model.temperature == before == 1
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_what_cannot_be_calibrated_is_one_sentence(fails, folder, tagger_folder, regressor_folder, held_out):
    before = files(folder)
    fails("calibrate", folder, words=["--dataset", "--undo"])
    fails("calibrate", folder, "--undo", words=["no calibration"])
    fails("calibrate", tagger_folder, "--dataset", held_out, words=["tagger", "classifier"])
    fails("calibrate", regressor_folder, "--dataset", held_out, words=["regressor", "classifier"])
    fails("calibrate", "sentiment", "--dataset", held_out, words=["sentiment", "--out"])
    fails("calibrate", folder, "--dataset", held_out, "--precision", 0.999, words=["300 texts", "2,995"])
    fails("calibrate", folder, "--dataset", held_out, "--precision", 1, words=["--precision"])
    fails("calibrate", folder, "--dataset", held_out, "--reliability", "picture.txt", words=["picture.txt"])
    assert files(folder) == before
