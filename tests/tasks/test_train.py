"""Training and evaluation from Python are those of the commands."""

from __future__ import annotations

import json

import datasets
import pandas as pd
import pytest

import nlprnn
from nlprnn.errors import DataError, NlprnnError, OptionError

TEXTS = [f"{word} film {number}" for number in range(8) for word in ("good", "bad")]
LABELS = ["pos", "neg"] * 8
OPTIONS = {"epochs": 1, "embedding_size": 4, "hidden_size": 4, "ngrams": 0, "char_ngrams": 0, "threads": 1}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A classifier that was trained on two lists."""
    folder = tmp_path_factory.mktemp("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", folder / "cache")
        data = dict.fromkeys(("train", "validation", "test"), (TEXTS, LABELS))
        yield nlprnn.train("sentiment", data, out=folder / "run", **OPTIONS)


def test_training_returns_the_model_with_its_scores(trained):
    assert trained.model.labels == ["neg", "pos"]
    assert trained.scores == json.loads((trained.folder / "scores.json").read_text())
    assert set(trained.scores) == {"validation", "test"}
    assert [one.label for one in nlprnn.load(trained.folder)(TEXTS)] == [one.label for one in trained(TEXTS)]


def test_evaluation_takes_the_same_data(trained):
    accuracy = pytest.approx(trained.scores["test"]["accuracy"])
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
    for data in ((TEXTS, LABELS), frame, datasets.Dataset.from_pandas(frame)):
        result = trained.evaluate(data)
        assert result.scores["accuracy"] == accuracy
        assert len(result.predictions) == len(TEXTS)
    renamed = frame.rename(columns={"text": "body", "label": "stars"})
    assert trained.evaluate(renamed, text_field="body", label_field="stars").scores["accuracy"] == accuracy


def test_mistakes_are_one_sentence(trained):
    with pytest.raises(OptionError, match=r"no recipe 'sentimnt': did you mean 'sentiment'"):
        nlprnn.train("sentimnt", (TEXTS, LABELS))
    with pytest.raises(OptionError, match=r"unknown option epoch: did you mean epochs"):
        nlprnn.train("sentiment", (TEXTS, LABELS), epoch=1)
    with pytest.raises(OptionError, match=r"seeds gives no single model"):
        nlprnn.train("sentiment", (TEXTS, LABELS), seeds=2)
    with pytest.raises(DataError, match=r"the label 'x' is none of the model's"):
        trained.evaluate((["a"], ["x"]))
    with pytest.raises(NlprnnError, match=r"unknown option beam"):
        trained.evaluate((TEXTS, LABELS), beam=3)


def test_pipelines_describe_themselves(trained, make_tagger, make_translator, make_generator):
    count = sum(parameter.numel() for parameter in trained.model.parameters())
    text = repr(trained)
    assert text.startswith(f"Classifier(2 labels: neg, pos; {count:,} parameters; WordTokenizer with ")
    assert text.endswith(f"from {trained.folder})")
    assert repr(make_tagger()).startswith("Tagger(3 labels: O, B-X, I-X;")
    assert repr(make_translator()).startswith("Translator(")
    assert repr(make_generator()).startswith("Generator(")
    assert make_generator().scores == {}
