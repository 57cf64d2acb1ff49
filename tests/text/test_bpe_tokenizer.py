from __future__ import annotations

from nlprnn.text import BPETokenizer


def test_lower_case_on_request(texts):
    tokenizer = BPETokenizer.train(texts, lowercase=True)
    assert tokenizer.decode(tokenizer.encode("The ÄPFEL")) == "the äpfel"


def test_pieces_show_special_tokens_spaces_and_bytes(texts):
    tokenizer = BPETokenizer.train(texts, vocab_size=500)
    assert tokenizer.pieces([0, 1, 2, 3]) == ["<pad>", "<unk>", "<s>", "</s>"]
    assert tokenizer.pieces(tokenizer.encode("the")) == ["▁the"]
    assert tokenizer.pieces(tokenizer.encode("é")) == ["▁", "\ufffd", "\ufffd"]
