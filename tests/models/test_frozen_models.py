"""Tiny models of each released format load for ever and give the same outputs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from nlprnn import load
from nlprnn.batching import SequenceArray
from nlprnn.pipelines import GenerationOptions, TranscriptionOptions, TranslationOptions
from nlprnn.serialization.model_folder import FORMAT_VERSION

FROZEN = Path(__file__).parents[1] / "frozen_models"


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/*classifier")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_classifiers(folder):
    classifier = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for prediction, probabilities in zip(classifier(list(expected)), expected.values(), strict=True):
        assert list(prediction.probabilities) == list(probabilities)
        assert prediction.probabilities == pytest.approx(probabilities, abs=1e-5)
        if folder.name == "multi_label_classifier":
            assert set(prediction.labels) == {label for label, value in probabilities.items() if value >= 0.3}


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/*regressor")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_regressors(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert load(folder, device="cpu")(list(expected)) == pytest.approx(list(expected.values()), abs=1e-5)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/language_model")), ids=lambda f: f.parent.name)
def test_language_models(folder):
    generator = load(folder, device="cpu")
    assert generator.model.text_start == ("line_end" if folder.parent.name == "v1" else "bos")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    ids = torch.tensor(expected["ids"])
    with torch.inference_mode():
        logits = generator.model.logits(generator.model(ids[None]).vectors)
    torch.testing.assert_close(logits[0, -1], torch.tensor(expected["last_logits"]), rtol=0, atol=1e-5)
    assert generator.mean_nll(ids.numpy()) == pytest.approx(expected["nats"], abs=1e-5)
    assert generator(["Not ", ""], GenerationOptions(length=10, temperature=0.0)) == expected["greedy"]


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/seq2seq")), ids=lambda f: f.parent.name)
def test_translators(folder):
    translator = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    sources, targets = (encode(expected["texts"]) for encode in (translator.encode_source, translator.encode_target))
    assert translator.mean_nll(sources, targets) == pytest.approx(expected["nats"], abs=1e-5)
    results = translator.translate(expected["texts"], TranslationOptions(beam_size=3, n_best=2))
    for translation, candidates in zip(results, expected["translations"], strict=True):
        assert [one.text for one in translation.candidates] == [text for text, _ in candidates]
        assert [one.score for one in translation.candidates] == pytest.approx(
            [score for _, score in candidates], abs=1e-5
        )


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/tagger")), ids=lambda f: f.parent.name)
def test_taggers(folder):
    tagger = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    tagged = tagger(expected["texts"])
    assert [text.labels for text in tagged] == expected["labels"]
    rows = tagger.encode([text.tokens for text in tagged])
    for label, nll in enumerate(expected["nats"]):
        targets = SequenceArray.from_sequences([[label] * len(text.tokens) for text in tagged])
        assert tagger.mean_nll(rows, targets) == pytest.approx(nll, abs=1e-5)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/text_encoder")), ids=lambda f: f.parent.name)
def test_text_encoders(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for vectors, values in zip(load(folder, device="cpu")(list(expected)), expected.values(), strict=True):
        assert vectors == pytest.approx(np.array(values, dtype=np.float32).reshape(vectors.shape), abs=1e-5)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/forecaster")), ids=lambda f: f.parent.name)
def test_forecasters(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for forecast, series in zip(load(folder, device="cpu")(expected["table"]), expected["forecasts"], strict=True):
        assert forecast.times == series["times"]
        assert forecast.quantiles == pytest.approx(np.array(series["quantiles"]), abs=1e-4)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/*recognizer")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_recognizers(folder):
    recognizer = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    waveforms = [np.array(samples, np.float32) for samples in expected["waveforms"]]
    results = list(recognizer.transcribe(waveforms, TranscriptionOptions(beam_size=4, n_best=2)))
    for transcript, alternatives in zip(results, expected["alternatives"], strict=True):
        assert [text for text, _ in transcript.alternatives] == [text for text, _ in alternatives]
        scores = [score for _, score in alternatives]
        assert [score for _, score in transcript.alternatives] == pytest.approx(scores, abs=1e-4)
    assert [one.confidence for one in results] == pytest.approx(expected["confidences"], rel=1e-4)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/feature_*")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_models_of_feature_sequences(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    answers = load(folder, device="cpu")([np.array(rows, dtype=float) for rows in expected["sequences"]])
    for answer, value in zip(answers, expected["answers"], strict=True):
        assert getattr(answer, "probabilities", answer) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/ngram_*")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_ngrams_are_an_ensemble_beside_the_network(folder):
    pipeline = load(folder, device="cpu")
    texts = list(json.loads((folder / "expected.json").read_text(encoding="utf-8")))
    assert pipeline.model.ngrams.num_ngrams == 11
    assert pipeline.network(texts) != pipeline(texts)
    assert pipeline.network.network.model is pipeline.model.network


def test_every_format_has_its_kinds_of_model():
    kinds = ["classifier", "language_model", "multi_label_classifier", "ngram_classifier", "ngram_regressor"]
    kinds += ["regressor", "seq2seq", "tagger"]
    more = ["feature_classes", "feature_numbers", "forecaster", "recognizer", "seq2seq_recognizer", "text_encoder"]
    expected = {1: kinds, 2: sorted([*kinds, *more])}
    for version in range(1, FORMAT_VERSION + 1):
        folders = sorted((FROZEN / f"v{version}").iterdir())
        assert [folder.name for folder in folders] == expected[version]
        for folder in folders:
            assert sum(file.stat().st_size for file in folder.iterdir()) < 40_000
            assert json.loads((folder / "config.json").read_bytes())["format_version"] == version
