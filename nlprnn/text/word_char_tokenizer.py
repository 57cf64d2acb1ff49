"""Word tokenizer of text that is already split into words, with ids of their characters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import tokenizers

from nlprnn.errors import DataError
from nlprnn.text.char_tokenizer import CharacterTokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts, valid_unicode
from nlprnn.text.word_tokenizer import WordTokenizer, word_level

CHARACTERS_NAME = "characters.json"


class WordCharTokenizer(WordTokenizer):
    """Word tokenizer of data that is already split into words, with the ids of each word's characters.

    Tagged data is split into words: `encode_words` returns one id for any word, and `encode_chars` the ids of its
    characters, capitals included. `word_offsets` splits raw text by the rules of `WordTokenizer`. A folder holds
    `characters.json` beside that class's file.

    Args:
        tokenizer: a word-level tokenizer of the library; `train` makes it.
        characters: tokenizer of the characters.
    """

    kind = "spelled-word"

    def __init__(self, tokenizer: tokenizers.Tokenizer, characters: CharacterTokenizer) -> None:
        super().__init__(tokenizer)
        self.characters = characters
        first = len(SPECIAL_TOKENS)
        self._ids = {word: index for index, word in enumerate(self.words[first:], start=first)}

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocab_size: int | None = None,
        min_frequency: int = 1,
        lowercase: bool = True,
        extra_words: Iterable[str] = (),
        placeholders: Iterable[str] = (),
    ) -> Self:
        """Build the vocabulary of texts, which the rules of `WordTokenizer` split into words (see `train_on_words`)."""
        placeholders = list(placeholders)
        special = {token: index for index, token in enumerate(SPECIAL_TOKENS)}
        rules = WordTokenizer(word_level(special, lowercase=lowercase, placeholders=placeholders))
        sentences = ([word for word, _, _ in rules.word_offsets(text)] for text in training_texts(texts))
        return cls.train_on_words(
            sentences,
            vocab_size=vocab_size,
            min_frequency=min_frequency,
            lowercase=lowercase,
            extra_words=extra_words,
            placeholders=placeholders,
        )

    @classmethod
    def train_on_words(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        vocab_size: int | None = None,
        min_frequency: int = 1,
        lowercase: bool = True,
        extra_words: Iterable[str] = (),
        placeholders: Iterable[str] = (),
    ) -> Self:
        """Build the vocabulary of words, the most frequent first, and of all their characters.

        Args:
            sentences: words of each sentence of the training split.
            vocab_size: at most this many words, special tokens included; None = all.
            min_frequency: occurrences that a word needs.
            lowercase: ignore case in words; characters keep it.
            extra_words: further words without a limit, such as those of a file of pretrained vectors.
            placeholders: names between < and > that are one word in raw text, such as "<user>".

        Raises:
            DataError: there is no word.
        """
        counts = Counter(valid_unicode(word) for words in sentences for word in words)
        normalize = word_level(lowercase=lowercase).normalizer.normalize_str
        normalized: Counter[str] = Counter()
        for word, count in counts.items():
            normalized[normalize(word)] += count
        by_frequency = sorted(normalized, key=lambda word: (-normalized[word], word))
        frequent = [word for word in by_frequency if normalized[word] >= min_frequency]
        if vocab_size is not None:
            frequent = frequent[: max(0, vocab_size - len(SPECIAL_TOKENS))]
        extra = [normalize(valid_unicode(word)) for word in extra_words]
        words = list(dict.fromkeys([*SPECIAL_TOKENS, *frequent, *extra]))
        if len(words) == len(SPECIAL_TOKENS):
            raise DataError(
                f"No word occurs {min_frequency} times or more in the training sentences, or vocab_size leaves no "
                "room: give more sentences, a smaller min_frequency or a larger vocab_size."
            )
        vocabulary = {word: index for index, word in enumerate(words)}
        rules = word_level(vocabulary, lowercase=lowercase, placeholders=placeholders)
        return cls(rules, CharacterTokenizer.train(map(_composed, counts)))

    def encode_words(self, sentences: Iterable[Sequence[str]]) -> list[list[int]]:
        """Return the id of each word of each sentence."""
        known: dict[str, int] = {}
        rows = []
        for words in sentences:
            for word in words:
                if word not in known:
                    known[word] = self._ids.get(self.normalize(word), self.unk_id)
            rows.append([known[word] for word in words])
        return rows

    def encode_chars(self, words: Sequence[str]) -> list[list[int]]:
        """Return the ids of each word's characters."""
        return self.characters.encode_batch([_composed(word) for word in words])

    def _of(self, tokenizer: tokenizers.Tokenizer) -> Self:
        return type(self)(tokenizer, self.characters)

    def _save_vocabulary(self, folder: Path) -> None:
        super()._save_vocabulary(folder)
        self.characters.write(folder / CHARACTERS_NAME)

    @classmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        words = WordTokenizer._load_vocabulary(folder)
        return cls(words.tokenizer, CharacterTokenizer.read(folder / CHARACTERS_NAME))


def _composed(word: str) -> str:
    """Return a word with letter and accent as one character (NFC)."""
    return unicodedata.normalize("NFC", word)
