"""Words and tags as they are meant: without words that are empty, or a language before each word."""

from __future__ import annotations

import re
from itertools import chain

_LANGUAGE = re.compile(r"([a-z]{2,3}(?:[-_][a-zA-Z]{2,8})*):.", re.DOTALL)
_FEWEST_WORDS = 10
_MOST_LANGUAGES = 0.02  # of the words


def without_empty_words(tokens: list[str], tags: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of a sentence that are not empty or white space alone, and their tags."""
    if all(map(str.strip, tokens)):
        return tokens, tags
    kept = [(token, tag) for token, tag in zip(tokens, tags, strict=True) if token.strip()]
    return [token for token, _ in kept], [tag for _, tag in kept]


def without_languages(sentences: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """Remove the language before each word, as in "en:Rick" of WikiANN (Pan et al. 2017), where every word has one.

    Args:
        sentences: the words of each sentence.

    Returns:
        The words without it, and the languages; the words as they are, and no language, where a word has none.
    """
    languages: set[str] = set()
    words = 0
    for word in chain.from_iterable(sentences):
        match = _LANGUAGE.match(word)
        if match is None:
            return sentences, []
        languages.add(match[1])
        words += 1
    if words < _FEWEST_WORDS or len(languages) > max(1, words * _MOST_LANGUAGES):
        return sentences, []
    return [[word.partition(":")[2] for word in sentence] for sentence in sentences], sorted(languages)
