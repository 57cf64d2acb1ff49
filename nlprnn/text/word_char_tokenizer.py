"""One id per word that is given, and one per character of its spelling."""

from __future__ import annotations

import re
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
# The apostrophes that the words' normalizer writes as "'": replaced one for one, so that places in a text stay.
_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)|´")


class WordCharTokenizer(WordTokenizer):
    """A word tokenizer that takes words as they are given, and knows how they are spelled.

    Data whose words bear labels are cut into words already: `encode_words` gives one id per word, whatever the word
    is, and `spell` the ids of its characters, with capitals. Text that is not cut yet, `locate` cuts by the rules of
    `WordTokenizer`. Beside that class's file there is `characters.json` in a folder.
    """

    kind = "spelled-word"

    def __init__(self, tokenizer: tokenizers.Tokenizer, characters: CharacterTokenizer) -> None:
        """`tokenizer`: a word-level tokenizer of the library; `characters`: of the spellings."""
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
    ) -> Self:
        """Take the words of `texts` by the rules of `WordTokenizer`, as `train_on_words` does."""
        rules = word_level(lowercase=lowercase)
        sentences = ([word for word, _, _ in _locate(rules, text)] for text in training_texts(texts))
        return cls.train_on_words(
            sentences,
            vocab_size=vocab_size,
            min_frequency=min_frequency,
            lowercase=lowercase,
            extra_words=extra_words,
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
    ) -> Self:
        """Take the words of `sentences` as they are, the most frequent first, and all their characters.

        `vocab_size` (special tokens included) and `min_frequency` limit the words; `extra_words`, such as all words
        of a file of pretrained vectors, follow without a limit. `DataError` when there is no word.
        """
        counts = Counter(valid_unicode(word) for words in sentences for word in words)
        normalize = word_level(lowercase=lowercase).normalizer.normalize_str
        normal: Counter[str] = Counter()
        for word, count in counts.items():
            normal[normalize(word)] += count
        frequent = sorted((word for word in normal if normal[word] >= min_frequency), key=lambda w: (-normal[w], w))
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
        return cls(word_level(vocabulary, lowercase=lowercase), CharacterTokenizer.train(map(_composed, counts)))

    def encode_words(self, sentences: Iterable[Sequence[str]]) -> list[list[int]]:
        """The id of each word of each sentence; the words are not cut."""
        normalize = self.tokenizer.normalizer.normalize_str
        known: dict[str, int] = {}
        rows = []
        for words in sentences:
            for word in words:
                if word not in known:
                    known[word] = self._ids.get(normalize(valid_unicode(word)), self.unk_id)
            rows.append([known[word] for word in words])
        return rows

    def encode_chars(self, words: Sequence[str]) -> list[list[int]]:
        """The ids of each word's characters."""
        return self.characters.encode_batch([_composed(word) for word in words])

    def word_offsets(self, text: str) -> list[tuple[str, int, int]]:
        """The words of `text` as they are written, each with the place where it begins and the one behind its end."""
        return _locate(self.tokenizer, text)

    def _save_vocabulary(self, folder: Path) -> None:
        super()._save_vocabulary(folder)
        self.characters.write(folder / CHARACTERS_NAME)

    @classmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        words = WordTokenizer._load_vocabulary(folder)
        return cls(words.tokenizer, CharacterTokenizer.read(folder / CHARACTERS_NAME))


def _composed(word: str) -> str:
    """Letter and accent as one character, as in `WordTokenizer`."""
    return unicodedata.normalize("NFC", word)


def _locate(tokenizer: tokenizers.Tokenizer, text: str) -> list[tuple[str, int, int]]:
    # Lone surrogates become one character each, which keeps the places; pairs of them do not come from text.
    plain = _APOSTROPHE.sub("'", valid_unicode(text))
    found = tokenizer.pre_tokenizer.pre_tokenize_str(plain)
    return [(text[start:end], start, end) for _, (start, end) in found]
