"""Sub-words joined into words, and their attention with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.interpret.word_alignment import whole_words, word_attention
from nlprnn.pipelines import TranslationOptions
from nlprnn.pipelines.translation_result import Candidate, Translation
from nlprnn.text import BPETokenizer, CharacterTokenizer, SentencePieceTokenizer, WordTokenizer

TEXTS = ["The cat's mats, café!", "今天天气很好。", "مرحبا بالعالم", "नमस्ते दुनिया", "😀 👩‍👩‍👧", "a-b 3.14 (x)"]
TOKENIZERS = [
    BPETokenizer.train(TEXTS, vocab_size=270),
    SentencePieceTokenizer.train(["the cat " * 9, *TEXTS], vocab_size=330),
    CharacterTokenizer.train(TEXTS),
    WordTokenizer.train(TEXTS, lowercase=False),
]


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda tokenizer: tokenizer.kind)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat's mats, café!", ["The", "cat", "'s", "mats", ",", "café", "!"]),
        ("今天天气很好。", list("今天天气很好。")),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("😀 👩‍👩‍👧", ["😀", "👩‍👩‍👧"]),
        ("a-b 3.14 (x)", ["a-b", "3.14", "(", "x", ")"]),
    ],
)
def test_words_follow_the_word_rules(tokenizer, text, words):
    found = whole_words(tokenizer, tokenizer.encode(text))
    assert [word for word, _ in found] == words
    assert sum(size for _, size in found) == len(tokenizer.encode(text))


def test_subwords_of_several_words_stay_whole():
    tokenizer = BPETokenizer.train(["今天天气"] * 5, vocab_size=400)
    assert whole_words(tokenizer, tokenizer.encode("今天天气")) == [("今天天气", 1)]


@given(text=st.text(alphabet="ab c'.,今天ا\u0301😀\u200d \n", min_size=1), kind=st.sampled_from(range(len(TOKENIZERS))))
def test_alignment_loses_no_character(text, kind):
    tokenizer = TOKENIZERS[kind]
    ids = tokenizer.encode(text)
    if ids:
        found = whole_words(tokenizer, ids)
        assert sum(size for _, size in found) == len(ids)
        assert all(size > 0 for _, size in found)
        assert "".join("".join(word for word, _ in found).split()) == "".join(tokenizer.decode(ids).split())


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_trailing_bytes_join_the_last_word(cut):
    tokenizer = BPETokenizer.train(["abc"], vocab_size=270)
    ids = tokenizer.encode("ab 😀")[:-cut]
    assert sum(size for _, size in whole_words(tokenizer, ids)) == len(ids)


def test_attention_is_summed_over_source_averaged_over_target(make_translator):
    translator = make_translator("character")
    ids = translator.tokenizer.encode("cat on")
    # Source "on a": 4 characters and the end; target "cat on": 6 characters.
    weights = np.arange(30, dtype=np.float32).reshape(6, 5)
    translation = Translation("on a", [], [Candidate("cat on", 0.0, ids, [], weights)])
    found = word_attention(translator, translation)
    assert (found.source, found.target) == (["on", "a", "</s>"], ["cat", "on"])
    # A space counts with the word behind it.
    np.testing.assert_allclose(found.weights, [[11, 15, 9], [41, 45, 24]])


def test_word_attention_sums_to_one(make_translator):
    translator = make_translator()
    options = TranslationOptions(attention=True)
    [translation] = translator.translate(["The dog sat on the mat, 你好"], options)
    found = word_attention(translator, translation)
    assert found.weights.shape == (len(found.target), len(found.source))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)
