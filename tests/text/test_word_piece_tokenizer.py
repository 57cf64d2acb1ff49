"""The word-piece tokenizer: whole words where they are known, pieces of all others, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.text import WordPieceTokenizer, WordTokenizer, load_tokenizer
from nlprnn.text.word_piece_tokenizer import PREFIX

TEXTS = [
    "the boat left the quay",
    "the boat was wet, and the quay was wet",
    "sailing", "walking", "walked", "sailed", "talking", "talked",
]  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer():
    return WordPieceTokenizer.train(TEXTS, min_frequency=2)


def test_frequent_words_are_whole_and_rare_ones_are_split(tokenizer):
    tokens = tokenizer.tokens("The boat sailed")
    assert tokens[:2] == ["the", "boat"]
    assert len(tokens) > 3
    assert "".join(token.removeprefix(PREFIX) for token in tokens[2:]) == "sailed"
    assert all(token.startswith(PREFIX) for token in tokens[3:])


def test_new_word_shares_pieces_with_the_words_of_training(tokenizer):
    assert set(tokenizer.tokens("walks")) & set(tokenizer.tokens("walked"))
    assert all(len(token) > len(PREFIX) + 1 for token in tokenizer.tokens("walked"))  # more than single letters


def test_words_of_the_vocabulary_have_the_ids_of_a_word_tokenizer(tokenizer):
    words = WordTokenizer.train(TEXTS, min_frequency=2)
    assert tokenizer.words[: words.vocab_size] == words.words
    text = "the quay was the boat"
    assert tokenizer.encode(text) == words.encode(text)


def test_training_again_gives_the_same_ids():
    words = [f"{first}{second}{third}" for first in "bdfgk" for second in "aeiou" for third in ("l", "m", "nt")]
    assert len({tuple(WordPieceTokenizer.train([" ".join(words)]).words) for _ in range(5)}) == 1


def test_only_characters_that_training_lacked_are_unknown(tokenizer):
    assert tokenizer.unk_id not in tokenizer.encode("quayside boats talk")
    assert tokenizer.encode("日") == [tokenizer.unk_id]
    assert tokenizer.unknown("the 日 left Ж") == ["日", "ж"]


def test_unknown_words_are_shown_as_they_are(tokenizer):
    text = "The cre\u0300me, a Boat 日"  # a decomposed letter
    assert [token for token in tokenizer.tokens(text) if token in ("cr\u00e8me", "日")] == ["cr\u00e8me", "日"]
    assert len(tokenizer.tokens(text)) == len(tokenizer.encode(text)) == len(tokenizer.offsets(text))


def test_words_in_pieces_count_as_unknown(tokenizer):
    ids = np.concatenate(tokenizer.encode_batch(["the walked boats", "quay , 日", "sailings"]))
    unknown, known = tokenizer.count_words(ids)
    assert (unknown.sum(), known.sum()) == (4, 3)
    (first,) = tokenizer.encode_batch(["the walked"])
    assert tokenizer.count_words(np.array(first))[0].tolist() == [0, 1] + [0] * (len(first) - 2)


def test_extended_tokenizer_prefers_its_words_and_begins_pieces_with_them(tokenizer):
    extended = tokenizer.extended(["quayside"])
    assert extended.tokens("quayside") == ["quayside"]
    assert extended.tokens("quaysides")[0] == "quayside"
    assert extended.words[: tokenizer.vocab_size] == tokenizer.words


def test_offsets_are_those_of_the_pieces(tokenizer):
    text = "The boat\t sailed"
    spans = [text[start:end].lower() for start, end in tokenizer.offsets(text)]
    assert spans == [token.removeprefix(PREFIX) for token in tokenizer.tokens(text)]


@given(
    st.lists(st.sampled_from(["the", "boat", "sailing", "walked", "unwalked", ",", "quays"]), min_size=1, max_size=8)
)
def test_decode_joins_the_pieces(tokenizer, words):
    text = " ".join(words)
    whole = WordTokenizer.train([text])
    assert tokenizer.decode(tokenizer.encode(text)) == whole.decode(whole.encode(text))


def test_saved_tokenizer_is_the_same(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert isinstance(loaded, WordPieceTokenizer)
    texts = ["the unsailed boats", "##ing is no piece"]
    assert loaded.encode_batch(texts) == tokenizer.encode_batch(texts)


def test_many_texts_are_encoded_as_one(tokenizer):
    texts = ["the boats sailing", "walkings", "a quay"] * 100  # so many that words are cached
    assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


def test_a_longer_word_than_the_limit_is_unknown(tokenizer):
    assert tokenizer.encode("a" * 41) == [tokenizer.unk_id]
