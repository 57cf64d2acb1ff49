"""A user's modules in a model: saved if registered, loaded by name from registered classes only."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

import nlprnn
from nlprnn import Classifier
from nlprnn.errors import ModelError
from nlprnn.models import TextClassifier
from nlprnn.modules import Embedding, MeanPooling
from nlprnn.serialization.registry import REGISTRY
from nlprnn.text import WordTokenizer


class ConvEncoder(nn.Module):
    """Convolution over tokens."""

    def __init__(self, input_size: int, output_size: int) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, output_size
        self.convolution = nn.Conv1d(input_size, output_size, 3, padding=1)

    def forward(self, x, mask):
        outputs = self.convolution((x * mask.unsqueeze(2)).transpose(1, 2)).transpose(1, 2)
        return outputs * mask.unsqueeze(2), None


class ScaledHead(nn.Module):
    """Linear layer with a learnt scale."""

    def __init__(self, input_size: int, output_size: int, *, scale: float = 1.0) -> None:
        super().__init__()
        self.input_size, self.output_size, self.scale = input_size, output_size, scale
        self.linear = nn.Linear(input_size, output_size)

    def forward(self, vectors):
        return self.scale * self.linear(vectors)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """Undo what a test registers."""
    for kind in ("modules", "processors", "pipelines"):
        monkeypatch.setattr(REGISTRY, kind, dict(getattr(REGISTRY, kind)))


@pytest.fixture
def classifier():
    tokenizer = WordTokenizer.train(["a good film", "a bad film"])
    torch.manual_seed(0)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=ConvEncoder(4, 6),
        pooling=MeanPooling(6),
        head=ScaledHead(6, 2, scale=0.5),
        labels=["bad", "good"],
    )
    return Classifier(model, tokenizer)


def test_registered_modules_round_trip(classifier, tmp_path):
    nlprnn.register(ConvEncoder, ScaledHead)
    classifier.save(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu")
    assert loaded(["a good film", ""]) == classifier(["a good film", ""])
    assert loaded.model.head.scale == 0.5
    with torch.inference_mode():
        rows = [torch.randint(1, 6, (40, 5)), torch.ones(40, 5, dtype=torch.bool)]
        torch.testing.assert_close(loaded.model(*rows), classifier.model(*rows))


def test_unregistered_module_is_an_error_when_saving(classifier, tmp_path):
    nlprnn.register(ScaledHead)
    with pytest.raises(ModelError, match=r"class ConvEncoder.*call nlprnn\.register\(ConvEncoder\) first"):
        classifier.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_classes_of_one_call_are_known_to_it_only(classifier, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(REGISTRY, "modules", {**REGISTRY.modules, "ConvEncoder": ConvEncoder, "ScaledHead": ScaledHead})
        classifier.save(tmp_path)
    for load in (nlprnn.load, TextClassifier.from_pretrained):
        with pytest.raises(ModelError, match=r"ConvEncoder.*nlprnn\.register"):
            load(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu", classes=[ConvEncoder, ScaledHead])
    assert loaded(["a good film"]) == classifier(["a good film"])
    model = TextClassifier.from_pretrained(tmp_path, classes=[ConvEncoder, ScaledHead])
    assert torch.equal(model.head.linear.weight, classifier.model.head.linear.weight)
    assert "ConvEncoder" not in REGISTRY.modules


@pytest.mark.parametrize("name", ["tests.serialization.test_user_modules.ConvEncoder", "os.system", "Sequential"])
def test_folder_cannot_name_other_classes(classifier, tmp_path, name):
    nlprnn.register(ConvEncoder, ScaledHead)
    classifier.save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_bytes())
    config["model"]["encoder"]["class"] = name
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=name):
        nlprnn.load(tmp_path)
