"""The lowest threshold of a probability whose precision held-out texts show."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.binomial import binomial_tail, lower_bound

_MOST_STEPS = 20
"""Thresholds that are tested; of more, each could be less sure."""


class PrecisionThreshold(NamedTuple):
    """A threshold, and what the texts show of it.

    Attributes:
        threshold: probability from which a prediction is made; 0 = always.
        answered: texts from there on.
        right: those of them whose prediction is right.
        bound: Clopper-Pearson bound below the precision, 0 to 1, at the level at which the threshold was tested.
    """

    threshold: float
    answered: int
    right: int
    bound: float

    @property
    def precision(self) -> float:
        """Precision on the texts themselves, 0 to 1; 0 without predictions."""
        return self.right / max(1, self.answered)


def fewest_texts(precision: float, *, doubt: float) -> int:
    """Return the number of predictions, all of them right, that show a precision."""
    return math.ceil(math.log(doubt) / math.log(precision))


def precision_threshold(
    probabilities: NDArray[np.floating], right: NDArray[np.bool_], precision: float, *, doubt: float = 0.05
) -> tuple[PrecisionThreshold | None, PrecisionThreshold | None]:
    """Return the lowest threshold from which on predictions are shown to have a precision.

    A threshold whose precision on the texts just reaches the requested one promises too much: it is the luckiest of
    many. So up to 20 thresholds, from the most confident texts to all of them, are tested against the binomial
    distribution. A test that succeeds hands its share of the doubt on to the next, one that fails loses it (the fixed
    sequence of Wiens 2003, "A fixed sequence Bonferroni procedure for testing multiple endpoints"; for thresholds as
    in Angelopoulos et al. 2021, "Learn then Test"). So the chance that the threshold has a lower precision is at most
    `doubt` for any model, where texts to come are drawn as these were.

    Args:
        probabilities: (rows,) float, of the predictions.
        right: (rows,) bool, whether each is right.
        precision: between 0 and 1.
        doubt: between 0 and 1.

    Returns:
        the threshold, None where none is shown; and in its place that with the highest bound, None without rows.
    """
    order = np.argsort(-probabilities, kind="stable")
    sorted_probabilities = probabilities[order].astype(np.float64)
    counts = np.concatenate([[0], np.cumsum(right[order])])

    def with_ties(step: int) -> int:
        return int((sorted_probabilities >= sorted_probabilities[step - 1]).sum())  # with all that are as likely

    begin = min(fewest_texts(precision, doubt=doubt / _MOST_STEPS), len(order))
    steps = np.unique(np.geomspace(max(1, begin), max(1, len(order)), _MOST_STEPS).round().astype(np.int64))
    share = doubt / len(steps)
    chosen, level = None, 0.0
    for step in steps.tolist() if len(order) else ():
        answered = with_ties(step)
        tested = answered, int(counts[answered]), level + share  # texts, right ones, level of the test
        passed = binomial_tail(tested[1], answered, precision) <= tested[2]
        chosen, level = (tested, tested[2]) if passed else (chosen, 0.0)

    def result(answered: int, hits: int, level: float) -> PrecisionThreshold:
        bound = lower_bound(hits, answered, doubt=level)
        return PrecisionThreshold(_between(sorted_probabilities, answered), answered, hits, bound)

    if chosen is not None:
        return result(*chosen), None
    # What the texts do show does not depend on what was requested: any number of the most confident ones may.
    sizes = np.unique(np.geomspace(1, max(1, len(order)), _MOST_STEPS).round().astype(np.int64))
    answers = {with_ties(size) for size in sizes.tolist() if len(order)}
    shown = (result(size, int(counts[size]), doubt / len(sizes)) for size in sorted(answers))
    return None, max(shown, key=lambda one: one.bound, default=None)


def _between(descending: NDArray[np.float64], answered: int) -> float:
    """Return a threshold between the last probability that reaches it and the next; 0 where all do."""
    return 0.0 if answered == len(descending) else float(descending[answered - 1 : answered + 1].mean())
