"""End of a training whose validation score is perfect and cannot improve any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlprnn.training.callbacks import Callback, StoppableTrainer
from nlprnn.training.metrics_log import read_metrics


class StopWhenPerfect(Callback):
    """Ends a training after validations that were all perfect, and of which none had a lower loss than those before.

    It counts them in `metrics.jsonl`, so that a resumed run ends where an uninterrupted one does.

    Args:
        score: name of the validation score.
        perfect: its best value.
        validations: number of perfect validations without a lower loss.
    """

    def __init__(self, score: str, perfect: float, *, validations: int = 3) -> None:
        self.score = score
        self.perfect = perfect
        self.validations = validations

    def on_validation(self, trainer: StoppableTrainer, scores: Mapping[str, float], *, best: bool) -> None:
        """Stop the training if nothing is left to improve."""
        records = [record["validation"] for record in read_metrics(trainer.folder) if "validation" in record]
        if is_settled(records, self.score, self.perfect, self.validations):
            trainer.stop(f"{self.score} {self.perfect:g} and no lower loss in {self.validations} validations")


def is_settled(records: list[Mapping[str, Any]], score: str, perfect: float, validations: int) -> bool:
    """Return whether the last validations are perfect, and an earlier one had the lowest loss.

    Args:
        records: scores of all validations, in order, the loss among them.
        score: name of the score.
        perfect: its best value.
        validations: how many are the last ones.
    """
    earlier, last = records[:-validations], records[-validations:]
    return bool(earlier) and (
        all(record[score] == perfect for record in last)
        and min(record["loss"] for record in last) >= min(record["loss"] for record in earlier)
    )
