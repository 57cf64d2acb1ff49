"""Calibration of classifiers: temperatures, thresholds for a precision, and what held-out texts show of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.errors import OptionError
from nlprnn.metrics import calibration_error
from nlprnn.metrics.binomial import lower_bound
from nlprnn.models import EnsembleClassifier, NgramLinear
from nlprnn.pipelines import Classifier
from nlprnn.tasks.calibration import calibrate
from nlprnn.tasks.calibration_options import CalibrationOptions
from nlprnn.tasks.precision_threshold import fewest_texts, precision_threshold
from nlprnn.tasks.temperature import fit_temperature

WORDS = ["cat", "sat", "mat", "dog", "did", "not", "hello", "all", "them"]
LABELS = ["one", "two", "three"]


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("several", [False, True])
def test_temperature_of_labels_drawn_from_the_model(temperature, several):
    rng = np.random.default_rng(0)
    scaled = rng.normal(size=(5_000, 4)) * 2
    if several:
        targets = rng.random(scaled.shape) < 1 / (1 + np.exp(-scaled))
    else:
        targets = (scaled + rng.gumbel(size=scaled.shape)).argmax(axis=1)
    fitted = fit_temperature(scaled * temperature, targets)
    assert fitted == pytest.approx(temperature, rel=0.06)
    logits, labels = torch.from_numpy(scaled * temperature), torch.from_numpy(targets)

    def loss(value):
        if several:
            return functional.binary_cross_entropy_with_logits(logits / value, labels.double())
        return functional.cross_entropy(logits / value, labels)

    assert loss(fitted) <= min(loss(0.97 * fitted), loss(1.03 * fitted))


def test_temperature_is_not_fitted_where_every_label_is_right():
    assert fit_temperature(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0, 1])) is None


def test_thresholds_keep_their_promise():
    """Of many samples of texts, at most 5 % give a threshold whose true precision is lower than asked for."""
    rng, precision, broken, found = np.random.default_rng(0), 0.92, 0, 0
    everything = np.sort(rng.beta(4, 1, 20_000) / 2 + 0.5)
    for _ in range(40):
        confidence = rng.beta(4, 1, 400) / 2 + 0.5  # honest, so that the true precision is a mean of confidences
        chosen, _ = precision_threshold(confidence, rng.random(400) < confidence, precision)
        if chosen is not None:
            found += 1
            broken += everything[everything >= chosen.threshold].mean() < precision
    assert found > 25
    assert broken <= 0.05 * 40


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9, 1.0]), st.booleans()), max_size=200),
    st.floats(0.3, 0.95),
)
def test_threshold_agrees_with_the_rows_that_reach_it(rows, precision):
    probabilities = np.array([row[0] for row in rows], dtype=np.float32)
    right = np.array([row[1] for row in rows], dtype=bool)
    chosen, best = precision_threshold(probabilities, right, precision)
    for one in filter(None, (chosen, best)):
        reached = probabilities >= one.threshold
        assert (one.answered, one.right) == (reached.sum(), right[reached].sum())
    if chosen is not None:
        assert chosen.answered >= fewest_texts(precision, doubt=0.05)
        assert chosen.bound >= precision - 1e-9
        assert lower_bound(chosen.right, chosen.answered, doubt=0.05) >= precision - 1e-9


def test_fewest_texts_are_those_that_just_show_a_precision():
    count = fewest_texts(0.95, doubt=0.05)
    for rows, shown in ((count, True), (count - 1, False)):
        chosen, _ = precision_threshold(np.full(rows, 0.8), np.ones(rows, dtype=bool), 0.95)
        assert (chosen is not None) == shown


@pytest.fixture
def classifier(make_classifier, texts):
    """A classifier of some certainty, whose labels are equally frequent."""
    classifier = make_classifier()
    output = classifier.model.head.layers[-1]
    output.weight.data *= 6 / classifier.outputs(classifier.encode(texts)).std()
    output.bias.data -= torch.from_numpy(classifier.outputs(classifier.encode(texts)).mean(axis=0))
    return classifier


@pytest.fixture
def texts():
    rng = np.random.default_rng(1)
    return [" ".join(rng.choice(WORDS, 5)) for _ in range(400)]


@pytest.fixture
def dataset(tmp_path, texts, isolated_cache):
    """Write texts with labels that a classifier gives when its logits are divided by a temperature."""

    def write(classifier, temperature):
        model = classifier.model
        scaled = classifier.outputs(classifier.encode(texts)) / temperature
        rng = np.random.default_rng(2)
        if model.multi_label:
            drawn = rng.random(scaled.shape) < 1 / (1 + np.exp(-scaled))
            labels = [";".join(np.array(model.labels)[row]) for row in drawn]
        else:
            labels = [model.labels[row] for row in (scaled + rng.gumbel(size=scaled.shape)).argmax(axis=1)]
        path = tmp_path / "held_out.jsonl"
        name = "labels" if model.multi_label else "label"
        rows = zip(texts, labels, strict=True)
        path.write_text("".join(json.dumps({"text": text, name: label}) + "\n" for text, label in rows))
        return str(path)

    return write


@pytest.fixture
def isolated_cache(tmp_path_factory, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


def with_ngrams(classifier):
    network = classifier.model
    ngrams = NgramLinear(5, 3, order=1, vocab_size=network.vocab_size)
    ngrams.load_ngrams(torch.arange(5, 10), torch.ones(5))
    ngrams.load_weights(torch.randn(5, 3), torch.zeros(3))
    return Classifier(EnsembleClassifier(network=network, ngrams=ngrams), classifier.tokenizer)


@pytest.mark.parametrize("ensemble", [False, True])
def test_probabilities_are_honest_and_answers_right_often_enough(classifier, dataset, texts, ensemble):
    classifier = with_ngrams(classifier) if ensemble else classifier
    path = dataset(classifier, 2.0)
    before = classifier(texts)
    result = calibrate(classifier, path, CalibrationOptions(precision=0.8))
    assert result.temperature == classifier.model.temperature == pytest.approx(2.0, rel=0.4)
    assert result.after.error < result.before.error
    assert result.loss[1] < result.loss[0]
    after = classifier(texts)
    assert all(list(one.probabilities) == list(other.probabilities) for one, other in zip(before, after, strict=True))
    answered = [one for one in after if one.label != "unsure"]
    shown = result.thresholds[""]
    assert len(answered) == shown.answered < len(texts)
    assert shown.precision > shown.bound >= 0.8
    assert all(one.probability >= classifier.model.abstain for one in answered)
    unsure = next(one for one in after if one.label == "unsure")
    assert unsure.labels == ()
    assert unsure.probability == max(unsure.probabilities.values()) < classifier.model.abstain
    assert "unsure" not in {one.label for one in classifier(texts, abstain=0)}
    assert calibrate(classifier, path, CalibrationOptions(precision=0.8)).to_mapping() == result.to_mapping()


def test_scores_of_a_calibrated_model_are_of_its_answers(classifier, dataset, texts):
    from nlprnn.tasks.evaluation import evaluate

    path = dataset(classifier, 2.0)
    plain = evaluate(classifier, path).scores
    result = calibrate(classifier, path, CalibrationOptions(precision=0.8))
    scored = evaluate(classifier, path)
    assert scored.scores["accuracy"] == plain["accuracy"]
    assert scored.scores["loss"] == pytest.approx(result.loss[1])
    assert scored.scores["calibration_error"] == pytest.approx(result.after.error)
    shown = result.to_mapping()
    assert scored.scores["coverage"] == pytest.approx(shown["coverage"])
    assert scored.scores["answered_accuracy"] == pytest.approx(shown["precision"])
    assert scored.predictions == [one.label for one in classifier(texts)]


def test_each_of_several_labels_gets_its_threshold(classifier, dataset, texts, caplog):
    classifier.model.multi_label = True
    classifier.model.head.layers[-1].bias.data[2] = -40.0  # a label that no text has
    path = dataset(classifier, 1.5)
    result = calibrate(classifier, path, CalibrationOptions(precision=0.7))
    assert result.unshown == ("three",)
    assert "1 of 3 labels keep their threshold" in caplog.text
    assert result.after.error < result.before.error
    thresholds = dict(zip(LABELS, classifier.model.threshold, strict=True))
    assert thresholds["three"] == 0.5
    for label, shown in result.thresholds.items():
        given = [one for one in classifier(texts) if label in one.labels]
        assert len(given) == shown.answered
        assert min(one.probabilities[label] for one in given) >= thresholds[label]
        assert shown.bound >= 0.7


@pytest.mark.parametrize("several", [False, True])
def test_precision_that_the_texts_do_not_show_changes_nothing(classifier, dataset, several):
    classifier.model.multi_label = several
    path = dataset(classifier, 2.0)
    with pytest.raises(OptionError, match=r"400 texts .* a precision of 0.999.*2,995.*nothing is changed"):
        calibrate(classifier, path, CalibrationOptions(precision=0.999))
    model = classifier.model
    assert (model.threshold, model.temperature, model.abstain) == (0.5, 1.0, None)


def test_reliability_of_several_labels_counts_each_pair():
    probabilities, targets = np.array([[0.9, 0.2], [0.9, 0.2]]), np.array([[True, False], [False, False]])
    assert calibration_error(probabilities, targets, bins=2) == pytest.approx(100 * (2 * 0.2 + 2 * 0.4) / 4)
