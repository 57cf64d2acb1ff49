import random
import sys

import pytest

from nlprnn.errors import DataError
from nlprnn.text import BPETokenizer, SentencePieceTokenizer


def made_up_language():
    """Sentences of words of syllables, the first words far more frequent than the last."""
    source = random.Random(0)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    words = ["".join(source.choices(syllables, k=source.randint(1, 4))) for _ in range(300)]
    weights = [1 / rank for rank in range(1, 301)]
    return [" ".join(source.choices(["the", "and", *words], [2, 2, *weights], k=10)) for _ in range(300)]


TEXTS = made_up_language()
ALL = [BPETokenizer, SentencePieceTokenizer]
every_class = pytest.mark.parametrize("cls", ALL, ids=lambda c: c.kind)


@every_class
def test_frequent_words_become_one_piece_with_their_space(cls):
    tokenizer = cls.train(TEXTS, vocab_size=500)
    assert tokenizer.tokens("the and the") == ["▁the", "▁and", "▁the"]


@every_class
def test_first_word_is_the_same_piece_as_inside(cls):
    tokenizer = cls.train(TEXTS, vocab_size=500)
    assert tokenizer.encode("the the")[0] == tokenizer.encode("the the")[1]


@every_class
def test_vocab_size_may_exceed_the_pieces_of_the_text(cls):
    tokenizer = cls.train(TEXTS, vocab_size=50_000)
    assert 260 < tokenizer.vocab_size < 5000
    assert tokenizer.decode(tokenizer.encode("unseen wörds")) == "unseen wörds"


@every_class
def test_vocab_size_is_kept(cls):
    assert cls.train(TEXTS, vocab_size=400).vocab_size == 400


@every_class
def test_vocab_size_below_the_bytes_is_an_error(cls):
    with pytest.raises(DataError, match="100"):
        cls.train(TEXTS, vocab_size=100)


@every_class
def test_larger_vocabulary_gives_fewer_tokens(cls):
    small, large = (cls.train(TEXTS, vocab_size=size) for size in (320, 500))
    assert len(large.encode(TEXTS[0])) < len(small.encode(TEXTS[0])) < len(TEXTS[0])


@every_class
def test_composed_and_decomposed_letters_are_the_same(cls):
    tokenizer = cls.train(TEXTS)
    assert tokenizer.encode("cafe\u0301") == tokenizer.encode("café")


def test_lower_case_on_request():
    tokenizer = BPETokenizer.train(TEXTS, lowercase=True)
    assert tokenizer.decode(tokenizer.encode("The ÄPFEL")) == "the äpfel"


@every_class
def test_incomplete_bytes_decode_to_the_replacement(cls):
    tokenizer = cls.train(TEXTS)
    assert "\ufffd" in tokenizer.decode(tokenizer.encode("the 我")[:-1])


@every_class
def test_training_writes_nothing_to_the_terminal(cls, capfd):
    cls.train(TEXTS)
    sys.stdout.flush()
    assert capfd.readouterr() == ("", "")


@every_class
def test_errors_of_the_texts_are_passed_on(cls):
    def texts():
        yield "one"
        raise DataError("line 2 is broken")

    with pytest.raises(DataError, match=r"^line 2 is broken$"):
        cls.train(texts())


def test_sentencepiece_by_byte_pair_encoding():
    tokenizer = SentencePieceTokenizer.train(TEXTS, vocab_size=340, model_type="bpe")
    assert tokenizer.tokens("the and") == ["▁the", "▁and"]


def test_sentencepiece_trains_on_reserved_characters():
    tokenizer = SentencePieceTokenizer.train(["lower ▅ lower ▁ lower \t lower"] * 20, vocab_size=280)
    assert tokenizer.tokens("lower") == ["▁lower"]
    assert tokenizer.decode(tokenizer.encode("▅\t")) == "▅\t"
