"""The n-grams of training texts: as scikit-learn counts them, of words and of characters within words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from nlprnn.batching import SequenceArray
from nlprnn.models import NgramLinear
from nlprnn.models.character_ngrams import SpellingTable, character_ngrams
from nlprnn.tasks.common_ngrams import find_common_ngrams

WORDS = [None, None, "banana", "bananas", "an", "a", "\u00e9t\u00e9", "nanny", "ban"]
UNKNOWN, NUM_SPECIAL = 1, 2


def draw_texts(number):
    rng = np.random.default_rng(0)
    return [rng.integers(NUM_SPECIAL, len(WORDS), rng.integers(1, 9)) for _ in range(number)]


def find(rows, *, order=2, char_order=5, limit=1000):
    return find_common_ngrams(
        SequenceArray.from_sequences(rows), WORDS, order=order, char_order=char_order, unknown_id=UNKNOWN, limit=limit
    )


def test_features_are_those_of_scikit_learn():
    rows = draw_texts(40)
    texts = [" ".join(WORDS[token] for token in row) for row in rows]
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    expected = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).toarray()
    common = find(rows)
    assert len(common.idf) == expected.shape[1]
    assert common.num_char_ngrams == len(characters.vocabulary_)
    model = NgramLinear(
        len(common.idf),
        1,
        order=2,
        vocab_size=len(WORDS),
        unknown_id=UNKNOWN,
        num_char_ngrams=common.num_char_ngrams,
        num_spellings=len(common.spellings.numbers),
    )
    model.load_ngrams(common.keys, common.idf, common.spellings)
    features = model.features(*SequenceArray.from_sequences(rows).pad(np.arange(len(rows))))
    found = torch.zeros(expected.shape)
    found[features.rows, features.columns] = features.values
    # The columns have another order: the products of texts do not depend on it.
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-5)


def test_the_most_frequent_are_kept_and_the_others_counted():
    rows = [np.array([2, 4])] * 3 + [np.array([7])]
    every, few = find(rows), find(rows, limit=4)
    assert (len(few.idf), few.num_frequent) == (4, len(every.idf))
    assert sorted(few.idf.tolist()) == sorted(every.idf.tolist())[:4]


@pytest.mark.parametrize("char_order", [0, 1, 2])
def test_n_grams_of_fewer_than_three_characters_are_none(char_order):
    common = find(draw_texts(5), char_order=char_order)
    assert (common.num_char_ngrams, common.spellings) == (0, None)
    assert len(common.idf) == len(common.keys) > 0


@given(
    words=st.lists(st.none() | st.text("abc", max_size=6), min_size=1, max_size=6),
    ids=st.lists(st.integers(0, 5), max_size=8),
    longest=st.integers(3, 6),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_table_looks_up_what_the_words_have(words, ids, longest, seed):
    table, number = SpellingTable.of(words, longest)
    names = list(
        dict.fromkeys(ngram for word in words if word is not None for ngram in character_ngrams(word, longest))
    )
    assert len(names) == number
    kept = torch.rand(number, generator=torch.Generator().manual_seed(seed)) < 0.5
    kept_names = [name for name, is_kept in zip(names, kept.tolist(), strict=True) if is_kept]
    ids = [index % len(words) for index in ids]
    numbers, positions = table.select(kept).look_up(torch.tensor(ids, dtype=torch.int64))
    expected = [
        (place, ngram)
        for place, index in enumerate(ids)
        if words[index] is not None
        for ngram in character_ngrams(words[index], longest)
        if ngram in kept_names
    ]
    assert list(zip(positions.tolist(), [kept_names[index] for index in numbers.tolist()], strict=True)) == expected
