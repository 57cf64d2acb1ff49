"""The score that selects the best weights, with its direction."""

from __future__ import annotations

import math
from typing import NamedTuple


class Metric(NamedTuple):
    """The score that selects the best checkpoint and stops training early.

    Attributes:
        name: its key in the dictionary that validation returns.
        higher_is_better: its direction.
    """

    name: str
    higher_is_better: bool

    def improves(self, score: float, best: float | None) -> bool:
        """Return whether `score` is better than `best`; any number is better than None, NaN is never better."""
        if best is None:
            return not math.isnan(score)
        return score > best if self.higher_is_better else score < best


ACCURACY = Metric("accuracy", higher_is_better=True)
BLEU = Metric("bleu", higher_is_better=True)
CHRF = Metric("chrf", higher_is_better=True)
F1 = Metric("f1", higher_is_better=True)
LOSS = Metric("loss", higher_is_better=False)
MACRO_F1 = Metric("macro_f1", higher_is_better=True)
MICRO_F1 = Metric("micro_f1", higher_is_better=True)
WER = Metric("wer", higher_is_better=False)
RMSE = Metric("rmse", higher_is_better=False)
