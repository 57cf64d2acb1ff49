"""Places of composed letters in texts that are decomposed, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlprnn.text import BPETokenizer, WordCharTokenizer, WordTokenizer
from nlprnn.text.composition import composed

SENTENCES = [
    "Café crème, à côté de l’hôtel",
    "Tiếng Việt có nhiều dấu",
    "한국어 문장을 읽습니다",
    "हिन्दी में क़लम और ज़रूरत",
    "শোনা কোনো বৌ",
    "தொழில் மௌனம்",
    "น้ำใสไหลเย็น",
    "أُحِبُّ اللُّغَةَ آمِنًا",
    "שָׁלוֹם עוֹלָם",
    "ガギグ パピプが ぱ",
    "Ǟ ṩ ḍ̇ İstanbul Ω Å",
    "👩‍👩‍👧 a\u0301\u0323\u0302b",
]
letters = st.sampled_from(sorted({character for text in SENTENCES for character in unicodedata.normalize("NFD", text)}))
forms = pytest.mark.parametrize("form", ["NFC", "NFD"])


@given(st.text(letters, max_size=30) | st.text(max_size=20))
@example("e\u0301" * 3 + "\u1100\u1161\u11a8\u1161")
def test_composed_text_is_nfc_with_places_in_order(text):
    normal, original = composed(text)
    assert normal == unicodedata.normalize("NFC", text)
    places = [original(index, index + 1) for index in range(len(normal))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    assert original(0, len(normal)) == (0, len(text))


@pytest.mark.parametrize("text", SENTENCES)
def test_prefixes_match_their_decomposed_form(text):
    text = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    normal, original = composed(decomposed)
    assert normal == text
    for end in range(len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            start, stop = original(0, end)
            assert unicodedata.normalize("NFC", decomposed[start:stop]) == text[:end]


@forms
@pytest.mark.parametrize("text", SENTENCES)
def test_places_of_words_cut_out_the_words(text, form):
    tokenizer, text = WordTokenizer.train(SENTENCES, lowercase=False), unicodedata.normalize(form, text)
    for token, (start, end) in zip(tokenizer.tokens(text), tokenizer.offsets(text), strict=True):
        assert unicodedata.normalize("NFC", text[start:end]).replace("’", "'") == token


@pytest.mark.parametrize("text", SENTENCES)
def test_decomposed_text_has_the_words_of_composed_text(text):
    tokenizer = WordCharTokenizer.train(SENTENCES)
    words = {
        form: [word for word, _, _ in tokenizer.word_offsets(unicodedata.normalize(form, text))]
        for form in ("NFC", "NFD")
    }
    assert [unicodedata.normalize("NFC", word) for word in words["NFD"]] == words["NFC"]


@settings(deadline=None)
@given(text=st.text(letters, max_size=40), form=st.sampled_from(["NFC", "NFD"]))
def test_places_of_any_text_cut_out_the_tokens(text, form):
    text = unicodedata.normalize(form, text)
    tokenizer = WordTokenizer.train(SENTENCES, lowercase=False)
    for token, (start, end) in zip(tokenizer.tokens(text), tokenizer.offsets(text), strict=True):
        assert unicodedata.normalize("NFC", text[start:end]).replace("’", "'") == token.replace("’", "'")


@forms
def test_subwords_of_a_text_cover_it(form):
    text = unicodedata.normalize(form, " ".join(SENTENCES))
    offsets = BPETokenizer.train(SENTENCES).offsets(text)
    assert {index for start, end in offsets for index in range(start, end)} == set(range(len(text)))
