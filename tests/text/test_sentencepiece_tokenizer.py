from __future__ import annotations

import pytest
import sentencepiece

from nlprnn.errors import DataError
from nlprnn.text import SentencePieceTokenizer


def test_byte_pair_encoding(texts):
    tokenizer = SentencePieceTokenizer.train(texts, vocab_size=340, model_type="bpe")
    assert tokenizer.tokens("the and") == ["▁the", "▁and"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("INTERNAL: trainer.cc(1) [a >= b] too few sentences", "too few sentences"),
        ("INTERNAL: trainer.cc(1) [a >= b] ", r"it fails on these texts \(INTERNAL: trainer.cc\(1\) \[a >= b\] \)"),
    ],
)
def test_an_error_of_the_library_has_a_reason(monkeypatch, error, reason):
    def fail(**_):
        raise RuntimeError(error)

    monkeypatch.setattr(sentencepiece.SentencePieceTrainer, "train", fail)
    with pytest.raises(DataError, match=f"^SentencePiece cannot learn 300 pieces: {reason}$"):
        SentencePieceTokenizer.train(["a text"], vocab_size=300)


def test_reserved_characters_in_training():
    tokenizer = SentencePieceTokenizer.train(["lower ▅ lower ▁ lower \t lower"] * 20, vocab_size=280)
    assert tokenizer.tokens("lower") == ["▁lower"]
    assert tokenizer.decode(tokenizer.encode("▅\t")) == "▅\t"
