"""The linear model on n-grams: against scikit-learn, and what holds for any texts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlprnn.models.character_ngrams import SpellingTable
from nlprnn.models.ngram_linear import NgramLinear, longest_order, ngram_keys

UNKNOWN, V, C = 1, 9, 3
WORDS = [None, None, "banana", "bananas", "an", "a", "\u00e9t\u00e9", "nanny", "!"]
texts_of_ids = st.lists(st.lists(st.integers(0, V - 1), max_size=7), min_size=1, max_size=5)


def padded(texts, width=None):
    """Lists of ids -> ids and mask (B, T), with a real token's id on the padding."""
    width = max(1, *map(len, texts)) if width is None else width
    ids = torch.full((len(texts), width), 5)
    mask = torch.zeros(len(texts), width, dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text, dtype=torch.int64)
        mask[row, : len(text)] = True
    return ids, mask


def number(ngram):
    """The key of one n-gram."""
    ids, mask = padded([ngram])
    return int(
        ngram_keys(ids, mask, order=len(ngram), vocab_size=V, unknown_id=UNKNOWN)[0, (len(ngram) - 1) * len(ngram)]
    )


@pytest.fixture(scope="module")
def ngrams():
    """A module that knows half of all n-grams of one and two tokens, and of characters, with random weights."""
    generator = torch.Generator().manual_seed(0)
    known = [i for i in range(V) if i != UNKNOWN]
    keys = sorted([number([i]) for i in known] + [number([i, j]) for i in known for j in known])[::2]
    spellings, size = SpellingTable.of(WORDS, 4)
    kept = torch.arange(size) % 2 == 0
    spellings, number_of_all = spellings.select(kept), len(keys) + int(kept.sum())
    scores = NgramLinear(
        number_of_all,
        C,
        order=2,
        vocab_size=V,
        unknown_id=UNKNOWN,
        num_char_ngrams=int(kept.sum()),
        num_spellings=len(spellings.numbers),
    )
    scores.load_ngrams(torch.tensor(keys), 1 + torch.rand(number_of_all, generator=generator), spellings)
    scores.load_weights(torch.randn(number_of_all, C, generator=generator), torch.randn(C, generator=generator))
    return scores


def test_equals_tf_idf_of_scikit_learn():
    rng = np.random.default_rng(0)
    texts = [rng.integers(2, V, rng.integers(1, 12)).tolist() for _ in range(30)]

    def ngrams_of(text):
        return [*((token,) for token in text), *pairwise(text)]

    vectorizer = TfidfVectorizer(analyzer=ngrams_of, sublinear_tf=True, min_df=2)
    expected = vectorizer.fit_transform(texts).toarray()
    names = vectorizer.get_feature_names_out()
    order = np.argsort([number(list(ngram)) for ngram in names])
    scores = NgramLinear(len(names), C, order=2, vocab_size=V, unknown_id=UNKNOWN)
    keys = torch.tensor([number(list(names[index])) for index in order])
    scores.load_ngrams(keys, torch.from_numpy(vectorizer.idf_[order]).float())
    weight, bias = torch.randn(len(names), C), torch.randn(C)
    scores.load_weights(weight, bias)
    linear = torch.from_numpy(expected[:, order]).float() @ weight + bias
    torch.testing.assert_close(scores(*padded(texts)), linear, rtol=0, atol=1e-5)


@given(texts=texts_of_ids, extra=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_batch_invariance_and_contributions_add_up(ngrams, texts, extra):
    together = ngrams(*padded(texts))
    assert together.isfinite().all()
    for row, text in enumerate(texts):
        ids, mask = padded([text], max(1, len(text)) + extra)
        torch.testing.assert_close(ngrams(ids, mask)[0], together[row], rtol=0, atol=1e-6)
        contributions = ngrams.contributions(ids, mask)
        torch.testing.assert_close(contributions.sum(dim=1)[0] + ngrams.bias, together[row], rtol=0, atol=1e-5)
        assert not contributions[~mask | (ids == UNKNOWN)].any()


def test_text_without_known_ngrams_gives_the_bias(ngrams):
    ids, mask = padded([[], [UNKNOWN, UNKNOWN]])
    assert ngrams(ids, mask).equal(ngrams.bias.expand(2, C))


@given(
    first=st.lists(st.integers(0, V - 1), min_size=1, max_size=3),
    second=st.lists(st.integers(0, V - 1), min_size=1, max_size=3),
)
@settings(deadline=None, max_examples=60)
def test_only_equal_ngrams_have_equal_keys(first, second):
    known = [UNKNOWN not in ngram for ngram in (first, second)]
    assert [number(ngram) > 0 for ngram in (first, second)] == known
    if all(known):
        assert (number(first) == number(second)) == (first == second)


def test_the_largest_vocabulary_whose_trigrams_are_numbered():
    assert [longest_order(size) for size in (2**21 - 1, 2**21)] == [3, 2]  # keys below (V + 1)^3 = 2^63


def test_longest_ngrams_have_distinct_keys():
    size = 100_000
    order = longest_order(size)
    assert order == 3
    ids = torch.tensor([[size - 1] * order, [size - 2] + [size - 1] * (order - 1), [size - 1] * (order - 1) + [0]])
    keys = ngram_keys(ids, torch.ones_like(ids, dtype=torch.bool), order=order, vocab_size=size, unknown_id=1)
    longest = keys[:, (order - 1) * order].tolist()
    assert longest == [
        sum((int(i) + 1) * (size + 1) ** (order - 1 - index) for index, i in enumerate(row)) for row in ids
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"num_ngrams": 0}, "positive"), ({"order": 0}, "positive"), ({"order": 4, "vocab_size": 100_000}, "shorter")],
)
def test_impossible_sizes_are_refused(options, words):
    options = {"num_ngrams": 2, "num_outputs": 2, "order": 2, "vocab_size": 9} | options
    with pytest.raises(ValueError, match=words):
        NgramLinear(**options)
