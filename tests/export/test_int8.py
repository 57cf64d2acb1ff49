"""Graphs with eight-bit weights: smaller, nearly as good, and refused where they are not."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
import pytest
import torch
from click.testing import CliRunner

from nlprnn import Classifier, Regressor
from nlprnn.cli.main import main
from nlprnn.errors import ModelError
from nlprnn.export import export_onnx
from nlprnn.export.int8 import Int8Scores
from nlprnn.export.onnx_folder import Quantization
from nlprnn.models import TextClassifier, TextRegressor
from nlprnn.modules import Embedding, OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.text import WordTokenizer

WORDS = "the cat sat on the mat a dog did not".split()  # noqa: SIM905
TEXTS = [" ".join(np.random.default_rng(number).permutation(WORDS)[: 2 + number % 9]) for number in range(60)]
TOKENIZER = WordTokenizer.train(TEXTS)


def make_pipeline(kind):
    torch.manual_seed(0)
    encoder, pooling = RecurrentEncoder(8, 16, bidirectional=True), POOLINGS["max"](32)
    parts = {"embedding": Embedding(TOKENIZER.vocab_size, 8), "encoder": encoder, "pooling": pooling}
    if kind is Classifier:
        model = TextClassifier(**parts, head=OutputHead(32, 3), labels=["a", "b", "c"])
    else:
        model = TextRegressor(**parts, head=OutputHead(32, 1), mean=3.0, std=2.0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.5)
    return kind(model.eval(), TOKENIZER)


def run(folder, name):
    encoded = TOKENIZER.encode_batch(TEXTS)
    lengths = np.array(list(map(len, encoded)))
    ids = np.zeros((len(TEXTS), lengths.max()), np.int64)
    for target, row in zip(ids, encoded, strict=True):
        target[: len(row)] = row
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    return session.run([name], {"ids": ids, "lengths": lengths})[0]


def rows(pipeline):
    """Texts with the answers of a pipeline."""
    answers = pipeline(TEXTS)
    labels = answers if isinstance(pipeline, Regressor) else [answer.label for answer in answers]
    return [{"text": text, "label": label} for text, label in zip(TEXTS, labels, strict=True)]


@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_graph_is_scored_and_nearly_equal(tmp_path, kind):
    pipeline = make_pipeline(kind)
    wanted = Quantization(data=rows(pipeline), most_loss=20.0 if kind is Classifier else float("inf"))
    result = export_onnx(pipeline, tmp_path / "int8", quantization=wanted)
    exported = json.loads((tmp_path / "int8" / "export.json").read_text())["quantization"]
    assert exported == {
        "weights": "int8",
        "metric": result.int8.metric,
        "exact": result.int8.exact,
        "int8": result.int8.int8,
    }
    assert result.int8.exact == (100.0 if kind is Classifier else pytest.approx(0.0, abs=1e-4))
    export_onnx(pipeline, tmp_path / "float")
    name = "logits" if kind is Classifier else "numbers"
    exact, int8 = (run(tmp_path / folder, name) for folder in ("float", "int8"))
    assert 0 < abs(exact - int8).max() < 0.1 * (exact.max() - exact.min())


def test_graph_that_loses_too_much_is_not_written(tmp_path, monkeypatch):
    pipeline = make_pipeline(Classifier)
    monkeypatch.setattr("nlprnn.export.int8._outputs", lambda pipeline, path: lambda tokens: -pipeline.outputs(tokens))
    with pytest.raises(ModelError, match=r"accuracy from 100 to .* --most-loss 1"):
        export_onnx(pipeline, tmp_path / "out", quantization=Quantization(data=rows(pipeline), most_loss=1.0))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("metric", "exact", "int8", "loss"),
    [("accuracy", 90.0, 88.5, 1.5), ("rmse", 2.0, 2.1, 5.0), ("rmse", 0.0, 0.0, 0.0)],
)
def test_losses_are_points_or_percent(metric, exact, int8, loss):
    assert Int8Scores(metric, exact, int8).loss == pytest.approx(loss)


def test_command_names_both_scores(tmp_path):
    pipeline = make_pipeline(Classifier)
    pipeline.save(tmp_path / "model")
    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows(pipeline)))
    call = ["export", str(tmp_path / "model"), "--onnx", str(tmp_path / "out")]
    result = CliRunner().invoke(main, [*call, "--quantize", "int8", "--dataset", str(data), "--most-loss", "30"])
    assert result.exit_code == 0, result.output
    assert "accuracy 100 with float weights, " in result.stdout
    for options in (["--quantize", "int8"], ["--dataset", str(data)]):
        refused = CliRunner().invoke(main, [*call, *options])
        assert refused.exit_code == 1
        assert "Error: --quantize needs --dataset" in refused.stderr or "give both or none" in refused.stderr
