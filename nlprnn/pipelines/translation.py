"""What is asked of a translator, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH_PENALTY


@dataclass(frozen=True, kw_only=True)
class TranslationOptions:
    """How translations are searched for.

    Attributes:
        beam_size: K, hypotheses kept; 1 = greedy, with early stopping.
        n_best: translations wanted of each sentence, at most K.
        length_penalty: log-probabilities are divided by length^this before hypotheses are compared; 0 = not at all.
        coverage_penalty: weight of Wu et al. 2016's penalty for source words that nothing attended to.
        no_repeat_ngram: forbid to repeat so many tokens in a row; 0 = repeat at will.
        early_stopping: end a sentence once K hypotheses have ended, rather than when none can win any more.
        prefix: what every translation must begin with.
        attention: return what each token attended to.
    """

    beam_size: int = BEAM_SIZE
    n_best: int = 1
    length_penalty: float = LENGTH_PENALTY
    coverage_penalty: float = 0.0
    no_repeat_ngram: int = 0
    early_stopping: bool = True
    prefix: str = ""
    attention: bool = False


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
