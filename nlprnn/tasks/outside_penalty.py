"""The balance of precision and recall of a tagger of spans, fitted to the validation split."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nlprnn.batching import WordCharArray
from nlprnn.metrics import F1, tagging_scores
from nlprnn.metrics.spans import Tags
from nlprnn.pipelines import Tagger

_PENALTIES = np.arange(-1.0, 4.5, 0.5)


class OutsidePenalty(NamedTuple):
    """Penalty of the label `O`, and the F1 on the validation split without and with it, in percent."""

    penalty: float
    without: float
    with_it: float

    def describe(self) -> str:
        """Return one line on what the penalty changes."""
        return (
            f"penalty of O in decoding: {self.penalty:g} (validation F1 {self.without:.1f}, with it {self.with_it:.1f})"
        )


def fit_outside_penalty(tagger: Tagger, words: WordCharArray, tags: Tags, *, tolerance: float = 0.0) -> OutsidePenalty:
    """Fit the penalty of the label `O` that a tagger subtracts in decoding, for the best F1 of spans.

    The most likely labels do not give the best F1: a span is worth predicting from a probability of half the best F1 on
    (Lipton et al. 2014, "Thresholding Classifiers to Maximize F1 Score"), far below 50 % where spans are hard to find.
    Of each penalty the mean F1 with its neighbours counts, for one by itself is noisy.

    Args:
        tagger: of spans; its model keeps the penalty.
        words: sentences of the validation split, from `tagger.encode`.
        tags: the right tags.
        tolerance: gain in F1, in points, up to which the penalty stays 0.
    """
    predicted = tagger.labels_with_penalties(words, _PENALTIES.tolist())
    f1 = np.array([tagging_scores(labels, tags, span_scheme=True)[F1.name] for labels in predicted])
    smooth = np.convolve(np.pad(f1, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    none, best = int(np.flatnonzero(_PENALTIES == 0)[0]), int(smooth.argmax())
    if smooth[best] - smooth[none] <= tolerance:
        best = none
    tagger.model.outside_penalty = float(_PENALTIES[best])
    return OutsidePenalty(tagger.model.outside_penalty, f1[none], f1[best])
