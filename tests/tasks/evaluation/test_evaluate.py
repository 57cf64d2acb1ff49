"""Evaluation as a function: a pipeline, a dataset and options in, scores and predictions out."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest

from nlprnn.batching import SequenceArray
from nlprnn.errors import DataError, OptionError
from nlprnn.experiment.options import option_fields
from nlprnn.metrics import class_scores, regression_scores, tagging_scores
from nlprnn.models import TextRegressor
from nlprnn.pipelines import Regressor
from nlprnn.tasks.evaluation import (
    TASK_OPTIONS,
    ClassificationEvaluationOptions,
    EvaluationOptions,
    LanguageModelEvaluationOptions,
    TaggingEvaluationOptions,
    TranslationEvaluationOptions,
    evaluate,
    evaluation_options,
)
from nlprnn.tasks.evaluation.result import class_records
from nlprnn.tasks.evaluation.tagging import tagging_metrics

TEXTS = ["The cat sat on the mat.", "She said hello to all of them.", "the dog did not.", "all of them"]


@pytest.fixture(autouse=True)
def isolated_cache(tmp_path_factory, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


@pytest.fixture
def write(tmp_path):
    """Write columns as JSON lines and return the path as text."""

    def call(**columns):
        path = tmp_path / "data.jsonl"
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return str(path)

    return call


def test_an_option_of_several_tasks_is_one_option():
    by_name = {}
    for task in TASK_OPTIONS:
        for field in option_fields(task):
            assert by_name.setdefault(field.name, field) == field
    assert {"split", "text_field", "quantize"} <= by_name.keys()


def test_each_pipeline_has_its_options(make_classifier, make_generator, make_tagger, make_translator):
    made = [evaluation_options(make()) for make in (make_classifier, make_generator, make_tagger, make_translator)]
    assert made == [
        ClassificationEvaluationOptions,
        LanguageModelEvaluationOptions,
        TaggingEvaluationOptions,
        TranslationEvaluationOptions,
    ]
    assert all(issubclass(task, EvaluationOptions) and fields(task) for task in TASK_OPTIONS)


def test_options_of_another_task_are_a_type_error(make_classifier):
    with pytest.raises(TypeError, match="ClassificationEvaluationOptions, got TaggingEvaluationOptions"):
        evaluate(make_classifier(), "sentiment", TaggingEvaluationOptions())
    with pytest.raises(TypeError, match="no evaluation of a str"):
        evaluate("runs/sentiment", "sentiment")


def test_classifier_scores_and_errors(make_classifier, write):
    classifier = make_classifier()
    predicted = [prediction.label for prediction in classifier(TEXTS)]
    other = {"one": "two", "two": "three", "three": "one"}
    labels = [other[predicted[0]], *predicted[1:]]
    dataset = write(text=TEXTS, label=labels)
    result = evaluate(classifier, dataset, ClassificationEvaluationOptions(show_errors=3))
    assert result.scores["accuracy"] == pytest.approx(75)
    assert result.predictions == predicted
    [error] = result.scores["errors"]
    assert (error["prediction"], error["label"], error["text"]) == (predicted[0], labels[0], TEXTS[0])
    assert error["place"] == f"{dataset}, line 1"
    json.dumps(result.scores)
    assert "errors" not in evaluate(classifier, dataset).scores


def test_classifier_with_one_label_has_no_separator(make_classifier, write):
    with pytest.raises(OptionError, match="--label-separator is for multi-label"):
        evaluate(make_classifier(), "sentiment", ClassificationEvaluationOptions(label_separator="|"))
    with pytest.raises(OptionError, match="--label-separator must not be empty"):
        ClassificationEvaluationOptions(label_separator="")
    with pytest.raises(DataError, match="line 1: the label 'four' is none of the model's"):
        evaluate(make_classifier(), write(text=["x", "y"], label=["four", "one"]))


def test_regressor_scores_and_predictions(make_classifier, write):
    classifier = make_classifier()
    parts = {name: getattr(classifier.model, name) for name in ("embedding", "encoder", "pooling")}
    head = type(classifier.model.head)(classifier.model.pooling.output_size, 1)
    regressor = Regressor(TextRegressor(**parts, head=head, mean=3.0, std=2.0), classifier.tokenizer)
    targets = [1.0, 2.5, 4.0, 5.0]
    result = evaluate(regressor, write(text=TEXTS, number=targets))
    assert result.scores == pytest.approx(regression_scores(np.array(regressor(TEXTS)), np.array(targets)))
    assert [float(number) for number in result.predictions] == pytest.approx(regressor(TEXTS), rel=1e-4)


def test_tagging_metrics_are_those_of_the_evaluation(make_tagger, tmp_path):
    tagger = make_tagger()
    sentences, tags = [["The", "cat", "sat"], ["all", "of"]], [["O", "B-X", "I-X"], ["O", "O"]]
    blocks = (
        "".join(f"{word} {tag}\n" for word, tag in zip(*pair, strict=True))
        for pair in zip(sentences, tags, strict=True)
    )
    path = tmp_path / "data.conll"
    path.write_text("\n".join(blocks))
    result = evaluate(tagger, str(path))
    words = tagger.encode(sentences)
    targets = SequenceArray.from_sequences([[tagger.model.labels.index(tag) for tag in row] for row in tags])
    metrics = tagging_metrics(tagger, words, targets, predicted=tagger.labels(words), tags=tags)
    assert {name: result.scores[name] for name in metrics} == pytest.approx(metrics)
    assert metrics.items() >= tagging_scores(tagger.labels(words), tags, span_scheme=True).items()
    assert metrics["loss"] == pytest.approx(tagger.mean_nll(words, targets))
    assert result.scores["kinds"]["X"]["support"] == 1
    assert result.predictions == [" ".join(row) for row in tagger.labels(words)]


def test_translator_scores_and_truncated_rows(make_translator, write, caplog):
    translator = make_translator(max_length=12)
    targets = ["all of them", "The cat", "dog", "the mat"]
    result = evaluate(translator, write(source=TEXTS, target=targets), TranslationEvaluationOptions(beam=1))
    assert result.scores.keys() == {"bleu", "bleu_signature", "chrf", "chrf_signature", "loss"}
    assert len(result.predictions) == 4
    expected = translator.mean_nll(translator.encode_source(TEXTS), translator.encode_target(targets))
    assert result.scores["loss"] == pytest.approx(expected)
    assert "longer than the 11 tokens that the model reads" in caplog.text


def test_class_records_are_plain_numbers():
    records = class_records(["a", "b"], class_scores(np.array([[3, 1], [0, 0]])))
    assert records["a"] == {
        "precision": 100.0,
        "recall": 75.0,
        "f1": pytest.approx(600 / 7),
        "support": 4,
        "predicted": 3,
    }
    assert json.loads(json.dumps(records))["b"]["support"] == 0
