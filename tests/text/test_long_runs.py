"""Texts without spaces of any length are split in linear time, and into the same words as elsewhere."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.text import BPETokenizer, SentencePieceTokenizer, WordCharTokenizer, WordTokenizer, long_runs
from nlprnn.text.long_runs import LONGEST_RUN, sections

LONG = ["x'y" * 400_000, "a-b" * 400_000, "http://" * 100_000, "1,2" * 300_000, "ab" * 500_000]


@given(
    text=st.text(st.sampled_from([*"ab,.é ", "\u0301", "\u0e01", "\u0e33", "你", "。", "\n", "(", "3"]), max_size=200),
    longest=st.integers(12, 40),
)
def test_sections_are_the_text(text, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_runs, "LONGEST_RUN", longest)
        patch.setattr(long_runs, "_WINDOW", longest // 2)
        found = sections(text)
    assert "".join(piece for _, piece in found) == text
    assert [start for start, _ in found] == [sum(len(piece) for _, piece in found[:n]) for n in range(len(found))]
    assert max(len(run) for _, piece in found for run in [*piece.split(), ""]) <= longest
    if max(map(len, [*text.split(), ""])) <= longest:
        assert len(found) == 1


@pytest.mark.parametrize("unit", ["ab,", "abcdef;", "你", "ab"])
def test_sections_are_as_long_as_the_text_allows(unit):
    lengths = [len(piece) for _, piece in sections(unit * 20_000)]
    assert all(LONGEST_RUN - len(unit) <= length <= LONGEST_RUN for length in lengths[:-1])


@pytest.mark.parametrize("tokenizer", [WordTokenizer.train(["a b"]), WordCharTokenizer.train(["a b"])])
@pytest.mark.parametrize("text", LONG, ids=[text[:7] for text in LONG])
def test_long_lines_are_split(tokenizer, text):
    ids, *others = tokenizer.encode_batch([f"a {text} b", "a"])
    assert ids[0] == tokenizer.encode("a")[0]
    assert ids[-1] == tokenizer.encode("b")[0]
    assert others == [[ids[0]]]


def test_long_lines_are_learnt_from():
    assert WordTokenizer.train([LONG[0], "a b"], min_frequency=1).encode("a b") != [1, 1]


@pytest.mark.parametrize(
    "sentence", ["我喜欢读书，也喜欢写字。", "ฉันรักภาษาไทยน้ำใส", "タワーへ行きました。", "ab,cd;ef!"]
)
def test_scripts_without_spaces_have_the_same_tokens(sentence):
    tokenizer = WordTokenizer.train([sentence])
    count = 3 * LONGEST_RUN // len(sentence)
    assert tokenizer.tokens(sentence * count) == tokenizer.tokens(sentence) * count
    offsets = tokenizer.offsets(sentence * count)
    text = sentence * count
    assert [text[start:end] for start, end in offsets] == tokenizer.tokens(text)


def test_decomposed_long_lines_have_as_many_offsets_as_tokens():
    text = unicodedata.normalize("NFD", "crème brûlée-" * 5000).replace(" ", "")
    tokenizer = WordTokenizer.train(["crème"])
    assert len(tokenizer.offsets(text)) == len(tokenizer.tokens(text)) == len(tokenizer.encode(text))


def test_decomposed_long_words_are_the_same_words():
    tokenizer = WordTokenizer.train(["a b"])
    text = f"{'é' * 3000} é"  # decomposed, the word is longer than a section
    assert tokenizer.tokens(unicodedata.normalize("NFD", text)) == tokenizer.tokens(text) == text.split()


def letters(count):
    numbers = [(7 * n * n + 3 * n) % 1009 % 26 for n in range(count)]
    return "".join(chr(97 + number) for number in numbers)


def test_subwords_of_one_endless_word():
    text = letters(60_000)
    tokenizer = BPETokenizer.train([text], vocab_size=400)
    assert tokenizer.vocab_size == 400
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert len(ids) < len(text) / 1.5


@pytest.mark.parametrize("model_type", ["unigram", "bpe"])
def test_sentencepiece_learns_from_a_line_without_spaces(model_type):
    texts = ["the cat sat on the mat"] * 20 + [letters(150_000), "ac" * 100_000]
    tokenizer = SentencePieceTokenizer.train(texts, vocab_size=320, model_type=model_type)
    assert tokenizer.decode(tokenizer.encode(texts[0])) == texts[0]
