"""Pipelines with int8 weights: in Python, and by option of each command."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main
from nlprnn.errors import DeviceError, ModelError
from nlprnn.models import TextRegressor
from nlprnn.modules.cpu import int8_network
from nlprnn.modules.cpu.int8_network import Int8Embedding, Int8Encoder
from nlprnn.pipelines import Regressor
from nlprnn.web.services import make_service

SENTENCES = ["The cat sat on the mat.", "She said hello to all of them.", "", "the dog did not."] * 12


@pytest.fixture(autouse=True)
def large_layers(monkeypatch):
    """Quantize recurrent layers of any size."""
    monkeypatch.setattr(int8_network, "_FEWEST", 1)


def test_quantized_models_are_near_and_independent_of_the_batch(make_classifier, make_tagger):
    classifier = make_classifier()
    quantized = classifier.quantized()
    assert isinstance(quantized.model.encoder, Int8Encoder)
    exact, near = (np.array([one.probability for one in model(SENTENCES)]) for model in (classifier, quantized))
    assert 0 < np.abs(exact - near).max() < 0.1
    assert [quantized([text])[0].probability for text in SENTENCES[:4]] == pytest.approx(near[:4].tolist(), abs=1e-6)
    tagger = make_tagger().quantized()
    assert isinstance(tagger.model.embedding, Int8Embedding)
    assert [one.tokens for one in tagger(SENTENCES)] == [one.tokens for one in make_tagger()(SENTENCES)]


def test_small_layers_keep_the_fast_path_of_many_rows(make_classifier, monkeypatch):
    monkeypatch.undo()
    classifier = make_classifier()
    together, alone = classifier.quantized()(SENTENCES), classifier.quantized()(SENTENCES[:1])
    assert together[0].probability == pytest.approx(alone[0].probability, abs=1e-5)


def test_what_has_no_int8_weights_is_one_sentence(make_generator, make_classifier, tmp_path, monkeypatch):
    with pytest.raises(ModelError, match="a Generator cannot be quantized"):
        make_generator().quantized()
    classifier = make_classifier()
    with pytest.raises(ModelError, match="Int8"):
        classifier.quantized().save(tmp_path / "model")
    classifier.save(tmp_path / "model")
    with pytest.raises(ValueError, match="unknown quantize 'int4'"):
        nlprnn.load(tmp_path / "model", quantize="int4")
    expected = classifier.quantized()(SENTENCES[:1])
    assert nlprnn.load(tmp_path / "model", device="cpu", quantize="int8")(SENTENCES[:1]) == expected
    monkeypatch.setattr("torch.backends.quantized", type("Engines", (), {"supported_engines": ["none"]}))
    with pytest.raises(DeviceError, match="no eight-bit kernels"):
        classifier.quantized()


def test_served_model_answers_with_int8_and_explains_with_its_weights(make_classifier, make_translator):
    classifier = make_classifier()
    service = make_service("name", classifier, quantize="int8")
    text = SENTENCES[:1]
    operation = service.operations["classify"]
    (answer,) = operation.answer(text, operation.options())
    assert answer["probability"] == pytest.approx(classifier.quantized()(text)[0].probability, abs=1e-6)
    explained = service.operations["explain"]
    (explanation,) = explained.answer(text, explained.options())
    (exact,) = classifier(text)
    assert explanation["probability"] == pytest.approx(exact.probability, abs=1e-5)
    assert next(iter(service.operations)) == "classify"
    assert make_translator().quantized()(text)


def test_commands_take_the_option(make_classifier, make_tagger, tmp_path):
    classifier = make_classifier()
    parts = {name: getattr(classifier.model, name) for name in ("embedding", "encoder", "pooling")}
    head = type(classifier.model.head)(classifier.model.pooling.output_size, 1)
    made = {"classify": classifier, "tag": make_tagger()}
    made["rate"] = Regressor(TextRegressor(**parts, head=head, mean=3.0, std=2.0), classifier.tokenizer)
    for verb, pipeline in made.items():
        pipeline.save(tmp_path / verb)
        call = [verb, "--model", str(tmp_path / verb), "--json", "--quantize", "int8", "The cat sat"]
        record = json.loads(CliRunner().invoke(main, call).stdout)
        assert record["text"] == "The cat sat"
    assert record["number"] == pytest.approx(made["rate"].quantized()(["The cat sat"])[0], rel=1e-4)
