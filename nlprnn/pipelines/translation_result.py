"""Translations of a sentence with their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Candidate:
    """One translation of a sentence.

    Attributes:
        text: the translation, on one line.
        score: by which candidates are ranked: log-probability over length penalty, plus coverage penalty.
        ids: its token ids, without the end of the sentence.
        tokens: its subwords.
        attention: (tokens, source tokens) float32, with `TranslationOptions.attention`.
    """

    text: str
    score: float
    ids: list[int]
    tokens: list[str]
    attention: np.ndarray | None = None


@dataclass(frozen=True)
class Translation:
    """Prediction of a translator for one sentence.

    Attributes:
        source: the sentence.
        source_tokens: its subwords as the model read them, the end of the sentence last.
        candidates: translations, best first, at least one, no two with the same text.
        truncated: the sentence was longer than the model reads, and its rest was not translated.
        unknown_words: share of the words that the model read which its vocabulary has not, 0 to 1; of subwords over
            bytes that of the characters which have no subword.
    """

    source: str
    source_tokens: list[str]
    candidates: list[Candidate]
    truncated: bool = False
    unknown_words: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether the sentence has nothing that the model reads, so that the translation is not about it."""
        return len(self.source_tokens) <= 1

    @property
    def text(self) -> str:
        """The best translation, on one line."""
        return self.candidates[0].text
