"""Decoding within a list of words: none is begun that the list cannot end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from nlprnn.decoding.logits_processors import History, LogitsProcessor
from nlprnn.decoding.recent_text import RecentText

_LETTERS = re.compile(r"(?:[^\W\d_]|\ufffd)+")
"""Letters; the replacement character is one, for tokens that are a piece of a character are never known words."""
_NO_LETTERS = re.compile(r"[^\w\ufffd]|[\d_]")

_REMEMBERED = 1000
"""Beginnings of words whose masks are kept."""


def words_of(text: str) -> list[str]:
    """Return the words of a text, which are runs of letters: "don't" has two."""
    return _LETTERS.findall(text)


class WordList:
    """Words, and which tokens may follow the beginning of one.

    A token may follow if each word that it ends or holds is in the list, and the word at its end is begun there. Digits
    and signs are free, and a capital may replace the first letter.

    Args:
        words: runs of letters; those with a letter that is no token are left out, as tokens could not end them.
        token_texts: text of each token, (V,), with the spaces in it.
    """

    def __init__(self, words: Iterable[str], token_texts: Sequence[str]) -> None:
        letters_alone = {text for text in token_texts if len(text) == 1}
        variants = [variant for word in words for variant in (word, word[0].upper() + word[1:])]
        self._words = frozenset(filter(letters_alone.issuperset, variants))
        self._beginnings = frozenset(word[:size] for word in self._words for size in range(len(word) + 1))
        self._after_word = torch.full((len(token_texts),), -torch.inf)
        self._within_word: list[tuple[int, str, str]] = []  # id, letters at its begin, rest
        for token, text in enumerate(token_texts):
            letters = _LETTERS.match(text)
            rest = text[letters.end() :] if letters else text
            if not self._is_allowed(rest):
                continue
            if letters:
                self._within_word.append((token, letters[0], rest))
            else:
                self._after_word[token] = 0.0
        self._masks: dict[str, Tensor] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def mask(self, beginning: str) -> Tensor:
        """Return 0 for each token that may follow the letters of a word in the making, else -inf: (V,) float32.

        After letters that no word begins with, all tokens are free but those that go on with them.
        """
        if beginning not in self._masks:
            if len(self._masks) == _REMEMBERED:
                self._masks.clear()
            ends = not beginning or beginning in self._words or beginning not in self._beginnings
            mask = self._after_word.clone() if ends else torch.full_like(self._after_word, -torch.inf)
            for token, letters, rest in self._within_word:
                if beginning + letters in (self._words if rest else self._beginnings):
                    mask[token] = 0.0
            self._masks[beginning] = mask
        return self._masks[beginning]

    def _is_allowed(self, rest: str) -> bool:
        """Return whether the words of a text that begins with no letter are known, the last one at least begun."""
        *inner, last = _NO_LETTERS.split(rest)
        return all(not word or word in self._words for word in inner) and last in self._beginnings


def known_words(lists: Sequence[WordList], recent: RecentText) -> LogitsProcessor:
    """Forbid each token after which no word of a list could end the word in the making.

    Args:
        lists: words of each row of the first batch.
        recent: text of the rows.
    """

    def apply(scores: Tensor, history: History) -> Tensor:
        beginnings = [_NO_LETTERS.split(text)[-1] for text in recent(history)]
        rows = zip(history.rows.tolist(), beginnings, strict=True)
        return scores + torch.stack([lists[row].mask(beginning) for row, beginning in rows]).to(scores)

    return apply
