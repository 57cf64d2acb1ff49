"""Translations of a sentence with their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Candidate:
    """One translation of a sentence.

    Attributes:
        text: in plain words.
        score: what translations are ranked by: log-probability over length penalty, plus coverage penalty.
        ids: its token ids, without the mark of the end.
        tokens: its sub-words.
        attention: (tokens, source tokens) float32 where asked for.
    """

    text: str
    score: float
    ids: list[int]
    tokens: list[str]
    attention: np.ndarray | None = None


@dataclass(frozen=True)
class Translation:
    """What a translator says of one sentence.

    Attributes:
        source: the sentence.
        source_tokens: its sub-words, as the model read them, the end of sentence last.
        candidates: translations, best first, at least one.
        cut: the sentence was longer than the model reads, and its rest was not translated.
    """

    source: str
    source_tokens: list[str]
    candidates: list[Candidate]
    cut: bool = False

    @property
    def text(self) -> str:
        """The best translation, on one line."""
        return self.candidates[0].text
