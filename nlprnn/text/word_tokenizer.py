"""Word tokenizer."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Self

import tokenizers
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from nlprnn.errors import DataError
from nlprnn.text.hugging_face import HuggingFaceTokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts, valid_unicode
from nlprnn.text.word_cache import WordCache
from nlprnn.text.word_rules import HTML_TAG, TYPOGRAPHIC_APOSTROPHE, WORD, join_words

_MANY_TEXTS = 256
"""Number of texts in one call from which a cache of words pays."""


class WordTokenizer(HuggingFaceTokenizer):
    """Word tokenizer: one id per word; words outside the vocabulary become `unk_id`, which decodes to `<unk>`.

    The rules (`nlprnn.text.word_rules`) are those of the Penn Treebank where it matters for pretrained vectors
    (`do n't`, `john 's`), leave text unchanged that is already split into words, and support every script: Chinese and
    Japanese become characters (a Katakana word stays whole), Thai, Lao, Khmer and Burmese become grapheme clusters.
    Text is NFC-normalized. `decode` puts spaces as in print; white space, HTML tags and control characters of the
    original are not kept.

    Args:
        tokenizer: a word-level tokenizer of the library; `train` makes it.
    """

    kind = "word"

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        super().__init__(tokenizer)
        self.words: list[str] = _in_order(tokenizer)
        """Word of each id, the special tokens first."""
        self._cache: WordCache | None = None

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
        """Build the vocabulary, the most frequent words first, equally frequent ones in alphabetical order.

        Args:
            texts: of the training split.
            vocab_size: at most this many words, special tokens included; None = all.
            min_frequency: occurrences that a word needs.
            lowercase: convert all text to lower case.
            extra_words: further words without a limit, such as all words of a file of pretrained vectors.

        Raises:
            DataError: the texts are empty, or there is no word.
        """
        tokenizer = word_level(lowercase=lowercase)
        trainer = trainers.WordLevelTrainer(
            vocab_size=sys.maxsize if vocab_size is None else max(vocab_size, 0),
            min_frequency=min_frequency,
            special_tokens=list(SPECIAL_TOKENS),
            show_progress=False,
        )
        tokenizer.train_from_iterator(training_texts(texts), trainer)
        extra = [tokenizer.normalizer.normalize_str(valid_unicode(word)) for word in extra_words]
        words = list(dict.fromkeys([*SPECIAL_TOKENS, *_in_order(tokenizer), *extra]))
        if len(words) == len(SPECIAL_TOKENS):
            raise DataError(
                f"No word occurs {min_frequency} times or more in the training texts, or vocab_size leaves "
                "no room: give more text, a smaller min_frequency or a larger vocab_size."
            )
        vocabulary = {word: index for index, word in enumerate(words)}
        # A fresh tokenizer has no added tokens, by which the library would match "</s>" inside a text.
        return cls(word_level(vocabulary, lowercase=lowercase))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the word of each id."""
        return [self.words[index] for index in ids]

    def tokens(self, text: str) -> list[str]:
        """Return the words of `text`, unknown ones included."""
        return self._pre_tokens(valid_unicode(text))

    def unknown(self, text: str) -> list[str]:
        """Return the distinct words of `text` outside the vocabulary, in order of appearance."""
        return [word for word in dict.fromkeys(self.tokens(text)) if self.tokenizer.token_to_id(word) is None]

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_cache": None}  # it encodes new words by a method of this object, not of a copy

    def _encode(self, texts: list[str]) -> list[list[int]]:
        # An older model may have been saved with other rules, for which the cache is not valid.
        if self._cache is None and len(texts) >= _MANY_TEXTS and _has_these_rules(self.tokenizer):
            self._cache = WordCache(super()._encode)
        return super()._encode(texts) if self._cache is None else self._cache.encode(texts)

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [join_words([self.words[index] for index in row]) for row in ids]


def word_level(vocabulary: dict[str, int] | None = None, *, lowercase: bool) -> tokenizers.Tokenizer:
    """Return the library's word-level tokenizer with the rules of `word_rules`, with or without a vocabulary."""
    unknown = SPECIAL_TOKENS[1]
    model = models.WordLevel(unk_token=unknown) if vocabulary is None else models.WordLevel(vocabulary, unknown)
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = _normalizer(lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(HTML_TAG), "removed"),
            pre_tokenizers.Split(Regex(WORD), "removed", invert=True),
        ]
    )
    return tokenizer


def _normalizer(lowercase: bool) -> normalizers.Normalizer:
    steps = [
        normalizers.NFC(),
        normalizers.Replace(Regex(TYPOGRAPHIC_APOSTROPHE), "'"),
        normalizers.Replace("´", "'"),
    ]
    if lowercase:
        # Lower-casing can decompose a letter, so it precedes NFC.
        steps.insert(0, normalizers.Lowercase())
    return normalizers.Sequence(steps)


def _has_these_rules(tokenizer: tokenizers.Tokenizer) -> bool:
    """Return whether a tokenizer splits words by the rules of `word_level`, with or without lower-casing."""
    if tokenizer.pre_tokenizer is None or tokenizer.normalizer is None:
        return False
    state = tokenizer.pre_tokenizer.__getstate__(), tokenizer.normalizer.__getstate__()
    ours = [word_level(lowercase=lowercase) for lowercase in (True, False)]
    return state in [(rules.pre_tokenizer.__getstate__(), rules.normalizer.__getstate__()) for rules in ours]


def _in_order(tokenizer: tokenizers.Tokenizer) -> list[str]:
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)
