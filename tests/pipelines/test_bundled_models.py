"""The models that come with the package: sentences of every day, names, and texts in the manner of tales."""

from __future__ import annotations

from pathlib import Path

import pytest

import nlprnn
from nlprnn.resources import BUNDLED_MODELS, bundled_model_folder


@pytest.fixture(scope="module")
def classifier():
    return nlprnn.load("sentiment")


def test_everyday_sentences_have_the_right_sentiment(classifier):
    lines = Path(__file__).with_name("everyday_sentences.tsv").read_text(encoding="utf-8").splitlines()
    labels, texts = zip(*(line.split("\t") for line in lines), strict=True)
    found = [prediction.label for prediction in classifier(texts)]
    wrong = [text for label, text, answer in zip(labels, texts, found, strict=True) if label != answer]
    assert len(texts) == 100
    assert len(wrong) <= 10, wrong


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Angela Merkel met Emmanuel Macron in Paris.", {("PER", "Angela Merkel"), ("LOC", "Paris")}),
        ("She moved from London to New York and works for Google.", {("LOC", "London"), ("LOC", "New York")}),
    ],
)
def test_names_are_tagged(text, spans):
    (tagged,) = nlprnn.load("names")([text])
    assert spans <= {(span.label, span.text) for span in tagged.spans}


def test_a_folder_of_the_same_name_comes_first(tmp_path, monkeypatch, classifier):
    monkeypatch.chdir(tmp_path)
    classifier.save("names")
    assert type(nlprnn.load("names")) is type(classifier)


@pytest.mark.parametrize("name", BUNDLED_MODELS)
def test_cards_have_data_scores_and_limits(name):
    card = (bundled_model_folder(name) / "README.md").read_text(encoding="utf-8")
    for word in ("**Data.**", "**Training.**", "**Limits.**", "| score |"):
        assert word in card
