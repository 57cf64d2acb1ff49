from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import DataError, ModelError
from nlprnn.text import WordCharTokenizer, WordTokenizer, load_tokenizer

SENTENCES = [["New York", "does", "n't", "sleep", "."], ["Anna", "sleeps", "."], ["anna", "</s>"]]


@pytest.fixture(scope="module")
def tokenizer():
    return WordCharTokenizer.train_on_words(SENTENCES)


def test_every_word_has_one_id(tokenizer):
    words = ["New York", "ANNA", "does n't", "", "</s>", "<pad>", "<s>", "\ud800", "sleeps."]
    (ids,) = tokenizer.encode_words([words])
    assert tokenizer.pieces(ids) == ["new york", "anna", "<unk>", "<unk>", "<unk>", "<unk>", "<unk>", "<unk>", "<unk>"]
    assert tokenizer.encode_words([[], ["."]]) == [[], [tokenizer.words.index(".")]]


def test_words_are_ordered_by_frequency_extra_words_last():
    tokenizer = WordCharTokenizer.train_on_words(SENTENCES, min_frequency=2, extra_words=["Zoo", ".", "ANNA"])
    assert tokenizer.words[4:] == [".", "anna", "zoo"]
    assert WordCharTokenizer.train_on_words(SENTENCES, vocab_size=5).words[4:] == ["."]
    kept = WordCharTokenizer.train_on_words(SENTENCES, lowercase=False)
    assert {"Anna", "anna"} <= set(kept.words)


def test_characters_keep_case_and_may_be_unknown(tokenizer):
    first, second, third, fourth = tokenizer.encode_chars(["Anna", "anna", "ä☃", ""])
    assert first[1:] == second[1:]
    assert first[0] != second[0]
    assert third == [tokenizer.unk_id] * 2
    assert fourth == []


def test_accents_are_composed():
    tokenizer = WordCharTokenizer.train_on_words([["caf\u00e9"]])
    assert tokenizer.encode_words([["cafe\u0301"]]) == tokenizer.encode_words([["caf\u00e9"]])
    assert tokenizer.encode_chars(["cafe\u0301"]) == tokenizer.encode_chars(["caf\u00e9"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anna doesn’t sleep.", ["Anna", "does", "n’t", "sleep", "."]),
        ("你好,world!", ["你", "好", ",", "world", "!"]),
        (" <b>bold</b> 👩‍👩‍👧x", ["bold", "👩‍👩‍👧", "x"]),
        ("a\ud800b", ["a", "\ud800", "b"]),
        ("", []),
        (" \n", []),
    ],
)
def test_text_is_split_by_the_rules_of_words(tokenizer, text, words):
    assert [word for word, _, _ in tokenizer.word_offsets(text)] == words


@given(text=st.text(max_size=40))
def test_word_offsets_match_the_text(tokenizer, text):
    end = 0
    for word, start, behind in tokenizer.word_offsets(text):
        assert end <= start < behind <= len(text)
        assert text[start:behind] == word
        end = behind


def test_training_texts_are_split_too():
    tokenizer = WordCharTokenizer.train(["Anna doesn't sleep.", "Anna!"], min_frequency=2)
    assert tokenizer.words[4:] == ["anna"]
    with pytest.raises(DataError, match="empty"):
        WordCharTokenizer.train([""])


@pytest.mark.parametrize("sentences", [[], [[]], [["once"]]])
def test_no_words_are_an_error(sentences):
    with pytest.raises(DataError, match="No word occurs 2 times"):
        WordCharTokenizer.train_on_words(sentences, min_frequency=2)


def test_save_and_load_round_trip(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    loaded = load_tokenizer(tmp_path)
    assert type(loaded) is WordCharTokenizer
    words = ["Anna", "New York", "nobody"]
    assert loaded.encode_words([words]) == tokenizer.encode_words([words])
    assert loaded.encode_chars(words) == tokenizer.encode_chars(words)
    assert loaded.encode("Anna sleeps.") == tokenizer.encode("Anna sleeps.")
    with pytest.raises(ModelError, match="'spelled-word', not 'word'"):
        WordTokenizer.load(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"characters": ["ab"]}', b'{"characters": ["a", "a"]}'])
def test_damaged_characters_file_is_named(tokenizer, tmp_path, content):
    tokenizer.save(tmp_path)
    (tmp_path / "characters.json").unlink()
    if content is not None:
        (tmp_path / "characters.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"characters\.json"):
        load_tokenizer(tmp_path)
