"""Character tokenizer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.model_files import damaged, read_json
from nlprnn.text.tokenizer import CODE_POINTS, REPLACEMENT, SPECIAL_TOKENS, Tokenizer, training_texts, valid_unicode

VOCABULARY_NAME = "tokenizer.json"


class CharacterTokenizer(Tokenizer):
    """Character tokenizer: one id per Unicode code point, in their order, without normalization.

    `decode(encode(text))` is `text` if all its characters were seen in training. Other characters become `unk_id`,
    which decodes to U+FFFD.

    Args:
        characters: distinct characters; the first gets the id after the special ones.
    """

    kind = "character"

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = list(characters)
        codes = np.array([ord(character) for character in self.characters], dtype=np.int64)
        first = len(SPECIAL_TOKENS)
        # Code point -> id; the last entry is for every code point above the highest known one.
        self._ids = np.full(codes.max(initial=0) + 2, self.unk_id, dtype=np.int64)
        self._ids[codes] = np.arange(first, first + len(codes))
        # Id -> code point; of the special ids only unk_id is decoded.
        self._codes = np.concatenate([np.full(first, ord(REPLACEMENT)), codes]).astype("<u4")

    def __reduce__(self) -> tuple[type[Self], tuple[list[str]]]:
        return type(self), (self.characters,)

    @classmethod
    def train(cls, texts: Iterable[str], *, min_frequency: int = 1) -> Self:
        """Build the vocabulary of all characters that occur at least `min_frequency` times.

        Raises:
            DataError: the texts are empty, or no character is that frequent.
        """
        counts: Counter[str] = Counter()
        for text in training_texts(texts):
            counts.update(text)
        characters = sorted(character for character, count in counts.items() if count >= min_frequency)
        if not characters:
            raise DataError(
                f"No character occurs {min_frequency} times or more in the training texts: "
                "give more text or a smaller min_frequency."
            )
        return cls(characters)

    @property
    def vocab_size(self) -> int:
        """Number of ids, special tokens included."""
        return len(self._codes)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the character of each id, special tokens by their names."""
        names = [*SPECIAL_TOKENS, *self.characters]
        return [names[index] for index in ids]

    def tokens(self, text: str) -> list[str]:
        """Return the characters of `text`."""
        return list(valid_unicode(text))

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of each character."""
        return [(index, index + 1) for index in range(len(valid_unicode(text)))]

    def context_free_text(self, token: int) -> str:
        """Return the character of an id that is not special."""
        return self.characters[token - len(SPECIAL_TOKENS)]

    def spelling_nll(self, token: str) -> float:
        """Return the negative log-likelihood, in nats, of one unknown character: uniform over all of Unicode."""
        return len(token) * math.log(CODE_POINTS)

    def unknown(self, text: str) -> list[str]:
        """Return the distinct characters of `text` outside the vocabulary, in order of appearance."""
        distinct = list(dict.fromkeys(valid_unicode(text)))
        known = set(self.characters)
        return [character for character in distinct if character not in known]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        rows = []
        for text in texts:
            codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
            rows.append(self._ids[np.minimum(codes, len(self._ids) - 1)].tolist())
        return rows

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [self._codes[row].tobytes().decode("utf-32-le") if row else "" for row in ids]

    def write(self, path: Path) -> None:
        """Write the characters to one file."""
        write_json(path, {"characters": self.characters})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of `write`.

        Raises:
            ModelError: it is missing or damaged.
        """
        characters = read_json(path).get("characters")
        if not isinstance(characters, list) or not characters:
            raise damaged(path, "it has no list of characters")
        if not all(isinstance(character, str) and len(character) == 1 for character in characters):
            raise damaged(path, "an entry of its list is not one character")
        if len(set(characters)) != len(characters):
            raise damaged(path, "a character occurs twice in its list")
        return cls(characters)

    def _save_vocabulary(self, folder: Path) -> None:
        self.write(folder / VOCABULARY_NAME)

    @classmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        return cls.read(folder / VOCABULARY_NAME)
