from __future__ import annotations

from nlprnn.text import SentencePieceTokenizer


def test_byte_pair_encoding(texts):
    tokenizer = SentencePieceTokenizer.train(texts, vocab_size=340, model_type="bpe")
    assert tokenizer.tokens("the and") == ["▁the", "▁and"]


def test_reserved_characters_in_training():
    tokenizer = SentencePieceTokenizer.train(["lower ▅ lower ▁ lower \t lower"] * 20, vocab_size=280)
    assert tokenizer.tokens("lower") == ["▁lower"]
    assert tokenizer.decode(tokenizer.encode("▅\t")) == "▅\t"
