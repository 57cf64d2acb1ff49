"""Statistics of labelled texts, from which their training is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from nlprnn.tasks.diversity import Diversity
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.text import WordTokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS
from nlprnn.text.word_rules import is_unspaced
from nlprnn.text.word_tokenizer import word_level

_SAMPLE = 2000
"""Texts whose words are counted."""


@dataclass(frozen=True)
class TextStatistics:
    """What the rules look at.

    Attributes:
        texts: number of training texts.
        validation_texts: number of validation texts.
        outputs: number of classes; 1 for numbers.
        words: mean number of words of a text.
        unspaced: most letters are of a script without spaces between words, whose characters count as words.
        closed: further texts will have hardly a new word.
    """

    texts: int
    validation_texts: int
    outputs: int
    words: float
    unspaced: bool
    closed: bool

    @property
    def total_words(self) -> float:
        """Number of words of all training texts."""
        return self.texts * self.words

    @classmethod
    def of(cls, data: LabelledTexts) -> Self:
        """Measure the training split; words are counted in a sample, evenly spread."""
        texts = data.texts["train"]
        lengths = _word_counts(texts[:: -(-len(texts) // _SAMPLE)])
        return cls(
            texts=len(texts),
            validation_texts=len(data.texts["validation"]),
            outputs=max(1, len(data.labels)),
            words=float(lengths.mean()),
            unspaced=is_unspaced(texts),
            closed=Diversity.of(texts).closed,
        )


def _word_counts(texts: Sequence[str]) -> np.ndarray:
    special = {token: index for index, token in enumerate(SPECIAL_TOKENS)}
    rules = WordTokenizer(word_level(special, lowercase=True))
    return np.array([len(row) for row in rules.encode_batch(texts)])
