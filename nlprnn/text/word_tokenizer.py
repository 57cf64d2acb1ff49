"""Word tokenizer."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Self

import tokenizers
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from nlprnn.errors import DataError
from nlprnn.text.composition import composed
from nlprnn.text.hugging_face import HuggingFaceTokenizer
from nlprnn.text.long_runs import SHORT, sections
from nlprnn.text.markup import blank_tags
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts, valid_unicode
from nlprnn.text.word_cache import WordCache
from nlprnn.text.word_rules import TYPOGRAPHIC_APOSTROPHE, WORD, join_words, word_pattern

# The apostrophes that the normalizer writes as "'": replaced one for one, so that offsets stay.
_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)|´")

_MANY_TEXTS = 256
"""Number of texts in one call from which a cache of words pays."""


class WordTokenizer(HuggingFaceTokenizer):
    """Word tokenizer: one id per word; words outside the vocabulary become `unk_id`, which decodes to `<unk>`.

    The rules (`nlprnn.text.word_rules`) are those of the Penn Treebank where it matters for pretrained vectors
    (`do n't`, `john 's`), leave text unchanged that is already split into words, and support every script: Chinese and
    Japanese become characters (a Katakana word stays whole), Thai, Lao, Khmer and Burmese become grapheme clusters.
    Text is NFC-normalized. HTML tags are dropped from texts that hold mark-up (`nlprnn.text.markup`). `decode` puts
    spaces as in print; white space, HTML tags and control characters of the original are not kept.

    Args:
        tokenizer: a word-level tokenizer of the library; `train` makes it.
    """

    kind = "word"
    patterns = frozenset({WORD, TYPOGRAPHIC_APOSTROPHE})

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        super().__init__(tokenizer)
        self.words: list[str] = _in_order(tokenizer)
        """Word of each id, the special tokens first."""
        self._cache: WordCache | None = None
        # A model of an older format has its own pattern of tags, and keeps its answers.
        self._blanks_tags = len(_patterns(tokenizer)) == 1

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
        """Build the vocabulary, the most frequent words first, equally frequent ones in alphabetical order.

        Args:
            texts: of the training split.
            vocab_size: at most this many words, special tokens included; None = all.
            min_frequency: occurrences that a word needs.
            lowercase: convert all text to lower case.
            extra_words: further words without a limit, such as those of a file of pretrained vectors.
            placeholders: names between < and > that are read as one word, such as "<user>".

        Raises:
            DataError: the texts are empty, or there is no word.
        """
        placeholders = list(placeholders)
        tokenizer = word_level(lowercase=lowercase, placeholders=placeholders)
        trainer = trainers.WordLevelTrainer(
            vocab_size=sys.maxsize if vocab_size is None else max(vocab_size, len(SPECIAL_TOKENS)),
            min_frequency=min_frequency,
            special_tokens=list(SPECIAL_TOKENS),
            show_progress=False,
        )
        pieces = (piece for text in training_texts(texts) for _, piece in sections(blank_tags(text)))
        tokenizer.train_from_iterator(pieces, trainer)
        extra = [tokenizer.normalizer.normalize_str(valid_unicode(word)) for word in extra_words]
        words = list(dict.fromkeys([*SPECIAL_TOKENS, *_in_order(tokenizer), *extra]))
        if len(words) == len(SPECIAL_TOKENS):
            raise DataError(
                f"No word occurs {min_frequency} times or more in the training texts, or vocab_size leaves "
                "no room: give more text, a smaller min_frequency or a larger vocab_size."
            )
        vocabulary = {word: index for index, word in enumerate(words)}
        # A fresh tokenizer has no added tokens, by which the library would match "</s>" inside a text.
        return cls(word_level(vocabulary, lowercase=lowercase, placeholders=placeholders))

    def extended(self, words: Iterable[str]) -> Self:
        """Return a tokenizer with the same rules and ids that knows further words, which come last."""
        return self.with_words(list(dict.fromkeys([*self.words, *map(self.normalize, words)])))

    def with_words(self, words: Sequence[str]) -> Self:
        """Return a tokenizer with the same rules and these words, distinct, in the order of their ids.

        Args:
            words: the special tokens first, then words in the form of `normalize`.
        """
        model = models.WordLevel({word: index for index, word in enumerate(words)}, SPECIAL_TOKENS[1])
        tokenizer = tokenizers.Tokenizer(model)
        tokenizer.normalizer, tokenizer.pre_tokenizer = self.tokenizer.normalizer, self.tokenizer.pre_tokenizer
        return self._of(tokenizer)

    def _of(self, tokenizer: tokenizers.Tokenizer) -> Self:
        """Return a tokenizer of this class around another one of the library."""
        return type(self)(tokenizer)

    def normalize(self, word: str) -> str:
        """Return the form of a word in the vocabulary: composed letters (NFC), plain apostrophes, perhaps no case."""
        return self._normalized(valid_unicode(word))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the word of each id."""
        return [self.words[index] for index in ids]

    def tokens(self, text: str) -> list[str]:
        """Return the words of `text`, unknown ones included."""
        return [word for _, piece in self._sections(valid_unicode(text)) for word in self._pre_tokens(piece)]

    def unknown(self, text: str) -> list[str]:
        """Return the distinct words of `text` outside the vocabulary, in order of appearance."""
        return [word for word in dict.fromkeys(self.tokens(text)) if self.tokenizer.token_to_id(word) is None]

    def word_offsets(self, text: str) -> list[tuple[str, int, int]]:
        """Return the words of `text`, unchanged, each with its start and end in characters."""
        # Lone surrogates become one character each, which keeps the offsets; pairs of them do not come from text.
        normal, original = composed(valid_unicode(text))
        words = []
        for first, piece in self._sections(_APOSTROPHE.sub("'", normal)):
            for _, (start, end) in self._split(piece):
                start, end = original(start + first, end + first)
                words.append((text[start:end], start, end))
        return words

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_cache": None}  # it encodes new words by a method of this object, not of a copy

    def _encode(self, texts: list[str]) -> list[list[int]]:
        # An older model may have been saved with other rules, for which the cache is not valid.
        if self._cache is None and len(texts) >= _MANY_TEXTS and _has_these_rules(self.tokenizer):
            self._cache = WordCache(self._encode_sections)
        return self._encode_sections(texts) if self._cache is None else self._cache.encode(texts)

    def _encode_sections(self, texts: list[str]) -> list[list[int]]:
        rows = [self._sections(text) for text in texts]
        ids = iter(super()._encode([piece for row in rows for _, piece in row]))
        return [next(ids) if len(row) == 1 else list(chain.from_iterable(islice(ids, len(row)))) for row in rows]

    def _offsets(self, text: str) -> list[tuple[int, int]]:
        return [
            (start + first, end + first)
            for first, piece in self._sections(text)
            for start, end in super(WordTokenizer, self)._offsets(piece)
        ]

    def _sections(self, text: str) -> list[tuple[int, str]]:
        """Return a text without its HTML tags in pieces that the library can split, each with its first index.

        The indices are of the NFC form, by which all texts are divided at the same places.
        """
        if len(text) > SHORT:
            text = unicodedata.normalize("NFC", text)
        return sections(blank_tags(text) if self._blanks_tags else text)

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [join_words([self.words[index] for index in row]) for row in ids]


def word_level(
    vocabulary: dict[str, int] | None = None, *, lowercase: bool, placeholders: Iterable[str] = ()
) -> tokenizers.Tokenizer:
    """Return the library's word-level tokenizer with the rules of `word_rules`, with or without a vocabulary."""
    unknown = SPECIAL_TOKENS[1]
    model = models.WordLevel(unk_token=unknown) if vocabulary is None else models.WordLevel(vocabulary, unknown)
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = _normalizer(lowercase)
    words = Regex(word_pattern(set(placeholders).difference(SPECIAL_TOKENS)))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(words, "removed", invert=True)])
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
    """Return whether a tokenizer splits texts without < by the rules of `word_level`, with or without lower-casing."""
    if tokenizer.normalizer is None or not "".join(_patterns(tokenizer)[-1:]).endswith(WORD):
        return False
    return tokenizer.normalizer.__getstate__() in [_normalizer(lowercase).__getstate__() for lowercase in (True, False)]


def _patterns(tokenizer: tokenizers.Tokenizer) -> list[str]:
    """Return the patterns by which a tokenizer splits texts: that of words, in older models after that of HTML tags."""
    if tokenizer.pre_tokenizer is None:
        return []
    steps = json.loads(tokenizer.pre_tokenizer.__getstate__()).get("pretokenizers", [])
    return [str(step.get("pattern", {}).get("Regex", "")) for step in steps]


def _in_order(tokenizer: tokenizers.Tokenizer) -> list[str]:
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)
