"""Byte-pair encoding: subwords over bytes, with which no text has unknown tokens and every space is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Self

import numpy as np
import tokenizers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers

from nlprnn.errors import DataError
from nlprnn.text.hugging_face import HuggingFaceTokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts

# A word with its inner apostrophes, up to three digits, a run of signs, or white space. No alternative holds
# both signs and letters, so that the name of a special token inside a text is never matched as a whole.
# All are bounded: the library learns merges in time that grows with the square of a word's length.
WORD = (
    r" ?[\p{L}\p{M}\x{200C}\x{200D}]{1,512}(?:['’][\p{L}\p{M}]{1,64}){0,8}"
    r"| ?\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{M}\p{N}\x{200C}\x{200D}]{1,512}"
    r"|[\r\n]{1,512}|\s{1,512}(?!\S)|\s{1,512}"
)

_VISIBLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_BYTES = {chr(byte): byte for byte in _VISIBLE}
_BYTES |= {chr(0x100 + number): byte for number, byte in enumerate(sorted(set(range(0x100)).difference(_VISIBLE)))}
"""Byte of each character by which the library writes it (Radford et al. 2019): visible ones stand for themselves."""


class BPETokenizer(HuggingFaceTokenizer):
    """Byte-pair encoding over bytes (Sennrich et al. 2016; Radford et al. 2019).

    A text is split into words, each with the space before it; each word is written as its UTF-8 bytes, and the bytes
    are merged into subwords. `decode(encode(text))` is exactly the NFC form of `text`, in lower case if it was trained
    so.
    """

    kind = "bpe"
    space_before_words = True
    patterns = frozenset({WORD})

    @classmethod
    def train(
        cls, texts: Iterable[str], *, vocab_size: int = 8000, min_frequency: int = 2, lowercase: bool = False
    ) -> Self:
        """Merge the most frequent pair of subwords repeatedly.

        Args:
            texts: of the training split.
            vocab_size: at most this many subwords, the special tokens and the 256 bytes included.
            min_frequency: occurrences that a pair needs.
            lowercase: convert all text to lower case.

        Raises:
            DataError: the texts are empty, or `vocab_size` has no room for the bytes.
        """
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())  # the 256 characters by which the library writes bytes
        smallest = len(SPECIAL_TOKENS) + len(alphabet)
        if vocab_size < smallest:
            raise DataError(
                f"vocab_size is {vocab_size}, but the special tokens and the 256 bytes alone need {smallest}: "
                "choose a larger one."
            )
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=min_frequency,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=alphabet,
            show_progress=False,
        )
        trained = _untrained(lowercase)
        trained.train_from_iterator(training_texts(texts), trainer)
        # Through its JSON, without the added tokens, by which the library would match "</s>" inside a text.
        content = json.loads(trained.to_str())
        content["added_tokens"] = []
        return cls(tokenizers.Tokenizer.from_str(json.dumps(content)))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the subword of each id; "▁" marks a space, U+FFFD an incomplete character."""
        decoder = self.tokenizer.decoder
        return [
            SPECIAL_TOKENS[index]
            if index < len(SPECIAL_TOKENS)
            else decoder.decode([str(self.tokenizer.id_to_token(index))]).replace(" ", "▁")
            for index in ids
        ]

    def unknown(self, text: str) -> list[str]:
        """Return []: every text can be written in bytes."""
        return []

    @cached_property
    def unknown_and_known(self) -> tuple[np.ndarray, np.ndarray]:
        """Number of unknown words, and of known words, for each id: two arrays (V,) int32.

        A character that is divided between pieces, as it was too rare in training to become one, is an unknown word,
        counted where its first byte is. A piece with a whole character is a known word, white space apart.
        """
        unknown, known = np.zeros(self.vocab_size, np.int32), np.zeros(self.vocab_size, np.int32)
        for index in range(len(SPECIAL_TOKENS), self.vocab_size):
            token = str(self.tokenizer.id_to_token(index))
            # In a vocabulary that is not of `train`, characters may stand for themselves.
            is_bytes = all(character in _BYTES for character in token)
            piece = bytes(map(_BYTES.__getitem__, token)) if is_bytes else token.encode()
            whole = piece.decode("utf-8", "ignore")
            unknown[index] = sum(byte >= 0xC0 for byte in piece) - sum(character >= "\x80" for character in whole)
            known[index] = bool(whole.strip())
        return unknown, known

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [text.removeprefix(" ") for text in self.tokenizer.decode_batch(ids, skip_special_tokens=False)]


def _untrained(lowercase: bool) -> tokenizers.Tokenizer:
    tokenizer = tokenizers.Tokenizer(models.BPE())
    # The first word gets a space like the others, so that it is the same subword; decoding removes it.
    steps = [normalizers.NFC(), normalizers.Prepend(" ")]
    if lowercase:
        # Lower-casing can decompose a letter, so it precedes NFC.
        steps.insert(0, normalizers.Lowercase())
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORD), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
