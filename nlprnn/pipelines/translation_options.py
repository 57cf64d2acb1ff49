"""What is asked of a translator, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

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
