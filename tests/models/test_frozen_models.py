"""Tiny models of each released format, which load for ever and say what they said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from nlprnn import load
from nlprnn.batching import SequenceArray
from nlprnn.pipelines import GenerationOptions, TranslationOptions

FROZEN = Path(__file__).parents[1] / "frozen_models"


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/*classifier")), ids=lambda f: f"{f.parent.name} {f.name}")
def test_classifiers_of_every_released_format_load_for_ever(folder):
    classifier = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for prediction, probabilities in zip(classifier(list(expected)), expected.values(), strict=True):
        assert list(prediction.probabilities) == list(probabilities)
        assert prediction.probabilities == pytest.approx(probabilities, abs=1e-5)
        if folder.name == "multi_label_classifier":
            assert set(prediction.labels) == {label for label, found in probabilities.items() if found >= 0.3}


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/regressor")), ids=lambda f: f.parent.name)
def test_regressors_of_every_released_format_load_for_ever(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert load(folder, device="cpu")(list(expected)) == pytest.approx(list(expected.values()), abs=1e-5)


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/language_model")), ids=lambda f: f.parent.name)
def test_language_models_of_every_released_format_load_for_ever(folder):
    generator = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    ids = torch.tensor(expected["ids"])
    with torch.inference_mode():
        logits = generator.model.logits(generator.model(ids[None]).vectors)
    torch.testing.assert_close(logits[0, -1], torch.tensor(expected["last_logits"]), rtol=0, atol=1e-5)
    assert generator.mean_nll(ids.numpy()) == pytest.approx(expected["nats"], abs=1e-5)
    assert generator(["Not ", ""], GenerationOptions(length=10, temperature=0.0)) == expected["greedy"]


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/seq2seq")), ids=lambda f: f.parent.name)
def test_sequence_to_sequence_models_of_every_released_format_load_for_ever(folder):
    translator = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    sources, targets = (encode(expected["texts"]) for encode in (translator.encode_source, translator.encode_target))
    assert translator.mean_nll(sources, targets) == pytest.approx(expected["nats"], abs=1e-5)
    found = translator.translate(expected["texts"], TranslationOptions(beam_size=3, n_best=2))
    for translation, candidates in zip(found, expected["translations"], strict=True):
        assert [one.text for one in translation.candidates] == [text for text, _ in candidates]
        assert [one.score for one in translation.candidates] == pytest.approx(
            [score for _, score in candidates], abs=1e-5
        )


@pytest.mark.parametrize("folder", sorted(FROZEN.glob("v*/tagger")), ids=lambda f: f.parent.name)
def test_taggers_of_every_released_format_load_for_ever(folder):
    tagger = load(folder, device="cpu")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    found = tagger(expected["texts"])
    assert [text.labels for text in found] == expected["labels"]
    rows = tagger.encode([text.tokens for text in found])
    for label, nats in enumerate(expected["nats"]):
        gold = SequenceArray.from_sequences([[label] * len(text.tokens) for text in found])
        assert tagger.mean_nll(rows, gold) == pytest.approx(nats, abs=1e-5)


def test_there_are_frozen_models_of_every_format():
    from nlprnn.serialization.model_folder import FORMAT_VERSION

    kinds = {
        "classifier": 5,
        "multi_label_classifier": 5,
        "regressor": 5,
        "language_model": 5,
        "seq2seq": 5,
        "tagger": 6,
    }
    for version in range(1, FORMAT_VERSION + 1):
        for name, number in (kinds | {"tagger": 6}).items():
            files = list((FROZEN / f"v{version}" / name).iterdir())
            assert len(files) == number
            assert sum(file.stat().st_size for file in files) < 40_000
