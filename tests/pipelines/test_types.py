"""Types of loaded pipelines: mypy reads this file, and pytest runs it."""

from __future__ import annotations

from typing import Any, assert_type

import nlprnn
from nlprnn import Classifier, Generator, Regressor, Tagger, Translator
from nlprnn.pipelines import Pipeline, Prediction, TaggedText


def test_load_methods_have_exact_types(make_classifier, make_tagger, make_translator, tmp_path):
    make_classifier().save(tmp_path / "classifier")
    make_tagger().save(tmp_path / "tagger")
    make_translator().save(tmp_path / "translator")

    classifier = Classifier.load(tmp_path / "classifier", device="cpu")
    assert_type(classifier, Classifier)
    assert_type(classifier(["Never funny."]), list[Prediction])
    assert isinstance(classifier(["Never funny."])[0].label, str)

    tagger = Tagger.load(tmp_path / "tagger", device="cpu")
    assert_type(tagger(["Halford beat Lindford on Monday."]), list[TaggedText])
    for span in tagger(["Halford beat Lindford on Monday."])[0].spans:
        assert isinstance(span.text, str)

    translator = Translator.load(tmp_path / "translator", device="cpu")
    assert_type(Translator.ensemble([translator])(["The cat."]), list[str])


def test_load_of_any_folder_can_be_called(make_classifier, tmp_path):
    make_classifier().save(tmp_path)
    classifier = nlprnn.load(tmp_path, device="cpu")
    assert_type(classifier, Pipeline[Any, Any])
    assert classifier(["Never funny."])[0].label in classifier.model.labels


def check_calls(generator: Generator, regressor: Regressor) -> None:
    """For the type checker alone."""
    assert_type(generator(["Once"]), list[str])
    assert_type(regressor(["Good."]), list[float])
