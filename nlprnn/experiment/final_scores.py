"""The scores at the end of a run: of whole splits, or with a time limit of as many rows as it leaves time for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nlprnn.training.row_sharing import largest_of_processes
from nlprnn.training.validation import rows_within

Rows: TypeAlias = np.ndarray | slice
"""Indices of rows of a split in ascending order; `slice(None)` = all."""

_FEWEST_ROWS = 16


@dataclass(frozen=True)
class FinalScores:
    """The scores at the end of a run, and what they are of.

    Attributes:
        scores: split -> name of a metric -> number or text; of a sample of a split, `rows` is the number of its rows.
        rows: split -> the rows that were scored.
    """

    scores: dict[str, dict[str, Any]]
    rows: dict[str, Rows]


def score_splits(
    score: Callable[[str, Rows], Mapping[str, Any]],
    sizes: Mapping[str, int],
    *,
    seconds: float | None,
    passes: int = 1,
    report: Callable[[str], None],
) -> FinalScores:
    """Score splits within a time.

    Args:
        score: (split, rows) -> scores.
        sizes: split -> number of its rows.
        seconds: that are left; None = any number.
        passes: times that the rows are read in all, where others than `score` read them too.
        report: gets a sentence if there is time for a sample of the rows only.
    """
    rows: dict[str, Rows] = {split: slice(None) for split in sizes}
    total = sum(sizes.values())
    if seconds is not None and total:
        first = max(sizes, key=lambda split: sizes[split])
        orders = {split: np.random.default_rng(0).permutation(size) for split, size in sizes.items()}

        def timed(number: int) -> float:
            trial = np.sort(orders[first][:number])
            began = time.monotonic()
            score(first, trial)
            return largest_of_processes(time.monotonic() - began) * number / len(trial)

        fitting = rows_within(largest_of_processes(seconds) / passes, total, timed)
        if fitting < total:
            counts = {split: min(size, max(_FEWEST_ROWS, size * fitting // total)) for split, size in sizes.items()}
            rows = {split: np.sort(order[: counts[split]]) for split, order in orders.items()}
            listed = " and ".join(f"{counts[split]:,} of {size:,} rows of {split}" for split, size in sizes.items())
            report(f"scores on {listed}, for which the time limit leaves time; nlprnn evaluate scores all")
    scores = {split: dict(score(split, chosen)) for split, chosen in rows.items()}
    for split, chosen in rows.items():
        if not isinstance(chosen, slice):
            scores[split]["rows"] = len(chosen)
    return FinalScores(scores, rows)
