from __future__ import annotations

import random

import numpy as np
import pytest

WORDS = ["the", "cat", "sat", "on", "mat", "and", "dog", "did", "not", "she", "said", "hello", "zzz"]


def made_up(number, seed=0):
    source = random.Random(seed)
    return [" ".join(source.choices(WORDS, k=source.choice([0, 1, 2, 5, 9, 40]))) for _ in range(number)]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_predictions_are_batch_invariant(make_classifier, cell):
    classifier = make_classifier(cell=cell, num_layers=2)
    texts = made_up(60)
    together = classifier(texts)
    backwards = classifier(texts[::-1])[::-1]
    for text, prediction, other in zip(texts, together, backwards, strict=True):
        [alone] = classifier([text])
        for again in (alone, other):
            assert again.label == prediction.label
            assert again.probabilities == pytest.approx(prediction.probabilities, abs=1e-5)
    assert len({prediction.probability for prediction in together}) > 20


def test_predictions_rank_all_labels(make_classifier):
    for prediction in make_classifier()(made_up(20)):
        values = list(prediction.probabilities.values())
        assert values == sorted(values, reverse=True)
        assert sum(values) == pytest.approx(1)
        assert prediction.probabilities.keys() == {"one", "two", "three"}
        assert (prediction.label, prediction.probability) == next(iter(prediction.probabilities.items()))


def test_probabilities_match_the_logits(make_classifier):
    classifier = make_classifier()
    texts = made_up(30)
    logits = classifier.outputs(classifier.encode(texts)).astype(np.float64)
    assert logits.shape == (30, 3)
    powers = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for row, prediction in zip(powers, classifier(texts), strict=True):
        expected = dict(zip(["one", "two", "three"], row, strict=True))
        assert prediction.probabilities == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\ud83d", "Ω" * 30, "zzz " * 5000])
def test_every_text_gets_a_label(make_classifier, text):
    [prediction] = make_classifier()([text])
    assert np.isfinite(prediction.probability)


def test_no_texts_give_no_predictions(make_classifier):
    classifier = make_classifier()
    assert classifier([]) == []
    assert list(classifier.predict_iter([])) == []
    assert classifier.outputs(classifier.encode([])).shape == (0, 3)


def test_single_strings_are_errors(make_classifier):
    with pytest.raises(TypeError, match="list"):
        make_classifier()("the cat")


def test_texts_stream_in_order_and_as_they_arrive(make_classifier):
    classifier = make_classifier()
    taken = []

    def source():
        for text in made_up(5000):
            taken.append(text)
            yield text

    pairs = classifier.predict_iter(source())
    first = next(pairs)
    assert len(taken) < 5000
    pairs = [first, *pairs]
    assert [text for text, _ in pairs] == taken
    for index in (0, 1, 4095, 4096, 4999):
        [alone] = classifier([taken[index]])
        assert alone.probabilities == pytest.approx(pairs[index][1].probabilities, abs=1e-5)


def test_long_texts_are_truncated(make_classifier):
    classifier = make_classifier(max_length=3)
    long, cut, shorter = classifier(["the cat sat on the mat", "the cat sat", "the cat"])
    assert long.probabilities == pytest.approx(cut.probabilities, abs=1e-6)
    assert cut.probabilities != pytest.approx(shorter.probabilities, abs=1e-6)


def test_dropout_never_acts_on_predictions(make_classifier):
    classifier = make_classifier(weight_dropout=0.5)
    classifier.model.train()
    assert classifier(["the cat"]) == classifier(["the cat"])
