"""`nlprnn info`, as a user calls it."""

from __future__ import annotations

import json
import shutil

import pytest

import nlprnn


def test_info_shows_class_size_labels_and_scores(nlprnn_command, classifier_folder, generator_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / "scores.json").write_text(json.dumps({"test": {"accuracy": 87.5, "signature": "text"}}))
    result = nlprnn_command("info", folder)
    assert result.exit_code == 0, result.output
    size = sum(parameter.numel() for parameter in nlprnn.load(folder).model.parameters())
    for word in (str(folder), "TextClassifier", f"{size:,}", "WordTokenizer", "bad, good, mixed", "accuracy 87.5"):
        assert word in result.stdout
    assert "LanguageModel" in nlprnn_command("info", generator_folder).stdout


@pytest.mark.parametrize("scores", ["", "{", "[]", '{"test": 3}', '{"test": [1]}', "\udcff"])
def test_info_skips_unreadable_scores(nlprnn_command, classifier_folder, tmp_path, scores):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / "scores.json").write_bytes(scores.encode("utf-8", "surrogateescape"))
    assert nlprnn_command("info", folder).exit_code == 0


def test_info_of_a_missing_model(fails, tmp_path):
    fails("info", tmp_path, words=[tmp_path, "config.json"])
    fails("info", tmp_path / "none", words=[tmp_path / "none"])


def test_info_describes_the_bundled_model(nlprnn_command):
    assert "LanguageModel" in nlprnn_command("info").stdout
