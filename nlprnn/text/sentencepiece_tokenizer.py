"""SentencePiece tokenizer: subwords by Google's library (Kudo & Richardson 2018)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import replacing
from nlprnn.serialization.model_files import damaged, read_bytes
from nlprnn.text.tokenizer import SPECIAL_TOKENS, Tokenizer, training_texts

if TYPE_CHECKING:
    import sentencepiece

VOCABULARY_NAME = "tokenizer.model"

_LONGEST_LINE = 1 << 30
"""Bytes; the library would leave out longer lines."""

_QUIET = 2
"""Log level of the library: errors only."""

_CHUNK = 5
"""Words in a line of training.

The library starts from the strings that occur in two contexts or more; a word that is always followed by a space would
not become a piece, however frequent, if it were never the last in a line. (Multi30k German, 8,000 pieces: 13.8 pieces a
sentence, 14.6 with whole lines.)
"""

_LONGEST_WORD = 1000
"""Characters of a line of training without a space.

The library's scores overflow, or its time explodes, on words of some hundred thousand characters.
"""


class SentencePieceTokenizer(Tokenizer):
    """SentencePiece tokenizer: subwords with a mark for the space before a word; rare characters become UTF-8 bytes.

    So nothing is unknown, and `decode(encode(text))` is the NFC form of `text`, except that "▁" (U+2581), the mark
    for a space, comes back as a space. `tokenizer.model` is a file of the library, which many other tools read.

    Args:
        model: content of a `.model` file with the special ids 0 to 3.

    Raises:
        ValueError: it is not a SentencePiece model, has other special ids, or a piece that is not UTF-8.
    """

    kind = "sentencepiece"
    space_before_words = True

    def __init__(self, model: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        try:
            self.processor: sentencepiece.SentencePieceProcessor = SentencePieceProcessor(model_proto=model)
        except RuntimeError:
            raise ValueError("it is not a SentencePiece model") from None
        processor = self.processor
        ids = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if ids != (self.pad_id, self.unk_id, self.bos_id, self.eos_id):
            raise ValueError(f"its special ids pad, unk, bos, eos are {ids} in place of (0, 1, 2, 3)")
        try:
            processor.id_to_piece(list(range(processor.get_piece_size())))
        except UnicodeDecodeError:
            raise ValueError("a piece is not UTF-8") from None

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocab_size: int = 8000,
        model_type: Literal["unigram", "bpe"] = "unigram",
        character_coverage: float = 0.9998,
    ) -> Self:
        """Train a SentencePiece model, deterministically.

        Args:
            texts: of the training split.
            vocab_size: at most this many pieces, the special tokens and the 256 bytes included.
            model_type: "unigram" (Kudo 2018) or "bpe" (Sennrich et al. 2016).
            character_coverage: share of the text's characters that become pieces; the rarest ones beyond it are written
                in bytes.

        Raises:
            DataError: the texts hold nothing but white space, or `vocab_size` is too small.
        """
        import sentencepiece

        lines = list(_lines(texts))
        if not lines:
            raise DataError("The training texts hold white space alone: there is nothing to learn from.")
        model = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines),
                model_writer=model,
                vocab_size=vocab_size,
                hard_vocab_limit=False,
                model_type=model_type,
                character_coverage=character_coverage,
                byte_fallback=True,
                normalization_rule_name="identity",
                remove_extra_whitespaces=False,
                max_sentence_length=_LONGEST_LINE,
                num_threads=1,
                pad_id=cls.pad_id,
                unk_id=cls.unk_id,
                bos_id=cls.bos_id,
                eos_id=cls.eos_id,
                pad_piece=SPECIAL_TOKENS[0],
                unk_surface=SPECIAL_TOKENS[1],
                minloglevel=_QUIET,
            )
        except RuntimeError as error:
            # "INTERNAL: file.cc(1) [condition] reason", the reason often missing
            reason = str(error).rsplit("] ", 1)[-1].strip() or f"it fails on these texts ({error})"
            if small := re.search(r"smaller than required_chars. \d+ vs (\d+)", reason):
                raise DataError(
                    f"vocab_size is {vocab_size}, but the special tokens, the 256 bytes and the characters of the text "
                    f"alone need {small[1]}: choose a larger one."
                ) from None
            raise DataError(f"SentencePiece cannot learn {vocab_size} pieces: {reason}") from None
        return cls(model.getvalue())

    @property
    def vocab_size(self) -> int:
        """Number of ids, special tokens included."""
        return self.processor.get_piece_size()

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the subword of each id; "▁" marks a space, "<0xE2>" a byte."""
        return self.processor.id_to_piece(list(ids))

    def unknown(self, text: str) -> list[str]:
        """Return []: every text can be written in bytes."""
        return []

    @cached_property
    def unknown_and_known(self) -> tuple[np.ndarray, np.ndarray]:
        """Number of unknown words, and of known words, for each id: two arrays (V,) int32.

        A character in bytes is an unknown word, counted at its first byte: there is no piece for it, as training showed
        it rarely or never. Any other piece is a known word, white space apart.
        """
        unknown, known = np.zeros(self.vocab_size, np.int32), np.zeros(self.vocab_size, np.int32)
        for index in range(len(SPECIAL_TOKENS), self.vocab_size):
            piece = self.processor.id_to_piece(index)
            if self.processor.is_byte(index):
                byte = int(piece[1:-1], 16)  # "<0xE2>"
                unknown[index] = byte >= 0xC0 or bool(chr(byte).strip() and byte < 0x80)
            else:
                known[index] = bool(piece.strip("\u2581"))
        return unknown, known

    def _encode(self, texts: list[str]) -> list[list[int]]:
        return self.processor.encode([unicodedata.normalize("NFC", text) for text in texts], out_type=int)

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return self.processor.decode(ids) if ids else []

    def _save_vocabulary(self, folder: Path) -> None:
        with replacing(folder / VOCABULARY_NAME) as temporary:
            temporary.write_bytes(self.processor.serialized_model_proto())

    @classmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        path = folder / VOCABULARY_NAME
        content = read_bytes(path)
        try:
            return cls(content)
        except ValueError as error:
            raise damaged(path, str(error)) from None


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts in lines of `_CHUNK` words: no piece crosses a space, so this loses nothing."""
    for text in training_texts(texts):
        # The library leaves out lines with U+2585, its mark for the unknown, and reads U+2581 as a space.
        text = unicodedata.normalize("NFC", text).replace("\u2585", " ").replace("\u2581", " ")
        for line in text.split("\n"):
            words = line.split(" ")
            chunks = (" ".join(words[start : start + _CHUNK]) for start in range(0, len(words), _CHUNK))
            for chunk in filter(str.strip, chunks):
                yield from _bounded(chunk)


def _bounded(chunk: str) -> Iterator[str]:
    """Yield a line, in pieces if one of its words is very long."""
    if len(chunk) <= _LONGEST_WORD:
        yield chunk
    else:
        pieces = (chunk[start : start + _LONGEST_WORD] for start in range(0, len(chunk), _LONGEST_WORD))
        yield from filter(str.strip, pieces)
