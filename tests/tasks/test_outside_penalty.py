"""The penalty of the label `O`: it is fitted to the F1 of spans, and only where this gains."""

from __future__ import annotations

import pytest

from nlprnn.tasks.outside_penalty import fit_outside_penalty

TEXTS = ["The cat sat on the mat", "He said hello to them", "Ça va très bien"] * 5


@pytest.fixture
def tagger(make_tagger):
    return make_tagger()


@pytest.mark.parametrize("penalty", [-1.0, 0.0, 1.0, 2.0])
def test_fitted_penalty_is_that_of_the_targets(tagger, penalty):
    words = tagger.encode([text.split() for text in TEXTS])
    (tags,) = tagger.labels_with_penalties(words, [penalty])
    fitted = fit_outside_penalty(tagger, words, tags)
    assert tagger.labels(words) == tagger.labels_with_penalties(words, [fitted.penalty])[0]
    assert fitted.with_it >= fitted.without
    assert abs(fitted.penalty - penalty) <= 1.0
    assert f"{fitted.with_it:.1f}" in fitted.describe()


def test_gain_within_the_tolerance_is_left(tagger):
    words = tagger.encode([text.split() for text in TEXTS])
    (tags,) = tagger.labels_with_penalties(words, [2.0])
    assert fit_outside_penalty(tagger, words, tags, tolerance=100.0).penalty == tagger.model.outside_penalty == 0.0
