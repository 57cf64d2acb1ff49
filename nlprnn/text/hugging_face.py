"""Base class of tokenizers built on Hugging Face's `tokenizers` library."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Self

import tokenizers

from nlprnn.serialization.atomic_files import write_text
from nlprnn.serialization.model_files import damaged
from nlprnn.text.composition import composed
from nlprnn.text.tokenizer import SPECIAL_TOKENS, Tokenizer, valid_unicode
from nlprnn.text.tokenizer_file import read_tokenizer

_BATCH_SIZE = 1024
"""Texts encoded in one call of the library, whose encodings take far more memory than the ids."""


class HuggingFaceTokenizer(Tokenizer):
    """Tokenizer whose `tokenizer.json` is in the library's format, which many other tools read.

    Args:
        tokenizer: of the library; it must give the special tokens the ids 0 to 3.

    Raises:
        ValueError: a special token has another id.
    """

    vocabulary_name = "tokenizer.json"
    patterns: ClassVar[frozenset[str]] = frozenset()
    """Regular expressions of the rules of `train`."""

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        for index, token in enumerate(SPECIAL_TOKENS):
            if tokenizer.token_to_id(token) != index:
                raise ValueError(f"the special token {token} does not have id {index}")
        self.tokenizer = tokenizer

    @property
    def vocab_size(self) -> int:
        """Number of ids, special tokens included."""
        return self.tokenizer.get_vocab_size()

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of each piece in the text before normalization."""
        normal, original = composed(valid_unicode(text))
        return [original(start, end) for start, end in self._offsets(normal)]

    def _offsets(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of each piece of a text in NFC."""
        return self.tokenizer.encode(text, add_special_tokens=False).offsets

    def _encode(self, texts: list[str]) -> list[list[int]]:
        rows: list[list[int]] = []
        for start in range(0, len(texts), _BATCH_SIZE):
            batch = texts[start : start + _BATCH_SIZE]
            encodings = self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            rows.extend(encoding.ids for encoding in encodings)
        return rows

    def _pre_tokens(self, text: str) -> list[str]:
        """Return the normalized words of `text`."""
        return [word for word, _ in self._split(self._normalized(text))]

    def _normalized(self, text: str) -> str:
        """Return a text after the rules that change characters."""
        normalizer = self.tokenizer.normalizer
        return text if normalizer is None else normalizer.normalize_str(text)

    def _split(self, text: str) -> list[tuple[str, tuple[int, int]]]:
        """Return the words of a normalized text, each with its start and end."""
        pre_tokenizer = self.tokenizer.pre_tokenizer
        return [(text, (0, len(text)))] if pre_tokenizer is None else pre_tokenizer.pre_tokenize_str(text)

    def _save_vocabulary(self, folder: Path) -> None:
        write_text(folder / self.vocabulary_name, self.tokenizer.to_str(pretty=True) + "\n")

    @classmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        path = folder / cls.vocabulary_name
        tokenizer = read_tokenizer(path, cls.patterns)
        try:
            return cls(tokenizer)
        except ValueError as error:
            raise damaged(path, str(error)) from None
