"""`nlprnn export`: a folder whose example gives the answers of the model, and mistakes in one sentence."""

from __future__ import annotations

import subprocess
import sys

import nlprnn
from nlprnn.export import onnx_folder


def example(folder, text):
    call = [sys.executable, "-I", str(folder / "example.py"), text]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


def test_example_gives_the_labels_of_the_model(nlprnn_command, classifier_folder, tmp_path):
    result = nlprnn_command("export", classifier_folder, "--onnx", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "Equal to the model within" in result.stdout
    (prediction,) = nlprnn.load(classifier_folder)(["a dull film"])
    assert example(tmp_path / "out", "a dull film").split()[0] == prediction.label


def test_example_translates(nlprnn_command, translator_folder, tmp_path):
    assert nlprnn_command("export", translator_folder, "--onnx", tmp_path / "out").exit_code == 0
    translator = nlprnn.load(translator_folder)
    (expected,) = translator(["a dog runs."], nlprnn.pipelines.TranslationOptions(beam_size=1))
    assert example(tmp_path / "out", "a dog runs.").strip() == expected


def test_mistakes_are_one_sentence(fails, classifier_folder, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    fails("export", classifier_folder, "--onnx", tmp_path / "full", words=["full exists and is no export"])
    fails("export", classifier_folder, words=["--onnx"])
    fails("export", tmp_path / "none", "--onnx", tmp_path / "out", words=["none"])
    monkeypatch.setattr(onnx_folder, "find_spec", lambda name: None)
    words = ["onnx and onnxruntime", 'pip install "nlprnn[onnx]"']
    fails("export", classifier_folder, "--onnx", tmp_path / "out", words=words)
