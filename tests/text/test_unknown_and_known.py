"""Words that a tokenizer does not know, counted by the ids of a text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlprnn.text import BPETokenizer, CharacterTokenizer, SentencePieceTokenizer, WordTokenizer

TEXTS = ["the cat sat on the mat", "a dog ran to the café", "он видел кота"]
WORDS = WordTokenizer.train(TEXTS)
LETTERS = CharacterTokenizer.train(TEXTS)
BPE = BPETokenizer.train(TEXTS * 4, vocab_size=400)
SENTENCEPIECE = SentencePieceTokenizer.train(TEXTS * 4, vocab_size=300, character_coverage=1.0)


def counts(tokenizer, text):
    """Number of unknown and of known words of a text."""
    ids = np.array(tokenizer.encode(text), dtype=np.int64)
    return tuple(int(per_id[ids].sum()) for per_id in tokenizer.unknown_and_known)


@pytest.mark.parametrize("tokenizer", [WORDS, LETTERS], ids=["word", "character"])
@given(text=st.text(st.sampled_from([*"thecat sonm", "é", "好", "😀"]), max_size=30))
def test_tokens_outside_the_vocabulary_are_unknown(tokenizer, text):
    ids = tokenizer.encode(text)
    unknown = ids.count(tokenizer.unk_id)
    assert counts(tokenizer, text) == (unknown, len(ids) - unknown)


def test_further_words_are_known():
    assert counts(WORDS, "the zebra") == (1, 1)
    assert counts(WORDS.extended(["zebra"]), "the zebra") == (0, 2)


@pytest.mark.parametrize("tokenizer", [WORDS, LETTERS, BPE, SENTENCEPIECE], ids=lambda tokenizer: tokenizer.kind)
def test_special_tokens_are_no_words(tokenizer):
    unknown, known = tokenizer.unknown_and_known
    assert len(unknown) == len(known) == tokenizer.vocab_size
    special = [tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id]
    assert not unknown[special].any()
    assert not known[special].any()


ANY_SCRIPT = st.text(st.sampled_from([*"abc \t\n", "é", "в", "ж", "好", "世", "😀", "\u05d0"]), max_size=30)


@given(text=ANY_SCRIPT)
@example(text="в 好好😀")
def test_character_divided_between_subwords_is_one_unknown_word(text):
    text = f"a{text}"  # the tokenizer puts a space before the first
    spans = BPE.offsets(text)  # the bytes of one character have all its offsets
    divided = {at for at in range(1, len(text)) if sum(start <= at < end for start, end in spans) > 1}
    unknown, known = counts(BPE, text)
    assert unknown == len(divided)
    assert known > 0


@given(text=ANY_SCRIPT)
def test_character_without_a_piece_is_one_unknown_word(text):
    processor = SENTENCEPIECE.processor
    pieces = [
        processor.id_to_piece(token) for token in range(4, SENTENCEPIECE.vocab_size) if not processor.is_byte(token)
    ]
    visible = [character for character in text if not character.isspace()]
    known = [character for character in visible if character in "".join(pieces)]
    assert counts(SENTENCEPIECE, text)[0] == len(visible) - len(known)
    assert (counts(SENTENCEPIECE, text)[1] > 0) == bool(known)


def test_other_scripts_are_unknown_to_subwords_and_other_words_are_not():
    for tokenizer in (BPE, SENTENCEPIECE):
        assert counts(tokenizer, "今天天气很好。") == (7, 0)
        assert counts(tokenizer, "a sad act")[0] == 0
        assert counts(tokenizer, "the cat 😀")[0] == 1
