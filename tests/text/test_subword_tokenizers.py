"""Properties of both subword tokenizers."""

from __future__ import annotations

import sys

import pytest

from nlprnn.errors import DataError
from nlprnn.text import BPETokenizer, SentencePieceTokenizer

every_class = pytest.mark.parametrize("cls", [BPETokenizer, SentencePieceTokenizer], ids=lambda c: c.kind)


@every_class
def test_frequent_words_become_one_piece_with_their_space(cls, texts):
    tokenizer = cls.train(texts, vocab_size=500)
    assert tokenizer.tokens("the and the") == ["▁the", "▁and", "▁the"]


@every_class
def test_first_word_is_the_same_piece_as_inside(cls, texts):
    tokenizer = cls.train(texts, vocab_size=500)
    assert tokenizer.encode("the the")[0] == tokenizer.encode("the the")[1]


@every_class
def test_vocab_size_may_exceed_the_pieces_of_the_text(cls, texts):
    tokenizer = cls.train(texts, vocab_size=50_000)
    assert 260 < tokenizer.vocab_size < 5000
    assert tokenizer.decode(tokenizer.encode("unseen wörds")) == "unseen wörds"


@every_class
def test_vocab_size_is_kept(cls, texts):
    assert cls.train(texts, vocab_size=400).vocab_size == 400


@every_class
def test_vocab_size_below_the_bytes_is_an_error(cls, texts):
    with pytest.raises(DataError, match="100"):
        cls.train(texts, vocab_size=100)


@every_class
def test_larger_vocabulary_gives_fewer_tokens(cls, texts):
    small, large = (cls.train(texts, vocab_size=size) for size in (320, 500))
    assert len(large.encode(texts[0])) < len(small.encode(texts[0])) < len(texts[0])


@every_class
def test_composed_and_decomposed_letters_are_the_same(cls, texts):
    tokenizer = cls.train(texts)
    assert tokenizer.encode("cafe\u0301") == tokenizer.encode("café")


@every_class
def test_incomplete_bytes_decode_to_the_replacement(cls, texts):
    tokenizer = cls.train(texts)
    assert "\ufffd" in tokenizer.decode(tokenizer.encode("the 我")[:-1])


@every_class
def test_training_writes_nothing_to_the_terminal(cls, capfd, texts):
    cls.train(texts)
    sys.stdout.flush()
    assert capfd.readouterr() == ("", "")


@every_class
def test_errors_of_the_texts_are_passed_on(cls):
    def texts():
        yield "one"
        raise DataError("line 2 is broken")

    with pytest.raises(DataError, match=r"^line 2 is broken$"):
        cls.train(texts())


def test_a_saved_vocabulary_has_a_line_for_each_piece(tmp_path, texts):
    tokenizer = BPETokenizer.train(texts)
    tokenizer.save(tmp_path)
    assert len((tmp_path / "tokenizer.json").read_text(encoding="utf-8").splitlines()) > tokenizer.vocab_size
