"""Rows of the data that a model was trained on, mixed into new ones (rehearsal), so that it does not forget.

The rows to train on are drawn at random, once for a run; the validation rows become a split of their own, whose scores
before and after training say what was kept (Robins 1995, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from nlprnn.data import DataReport
from nlprnn.experiment.origin import OLD_VALIDATION

Item = TypeVar("Item")


def chosen_rows(number: int, available: int, *, share: float, seed: int) -> np.ndarray:
    """Draw the rows to mix in, (rows,) int64 in ascending order.

    Args:
        number: of the new rows.
        available: rows to draw from.
        share: of the drawn rows among all, above 0 and below 1; fewer are drawn where fewer are available.
        seed: of the choice.
    """
    requested = max(1, round(number * share / (1 - share)))
    return np.sort(np.random.default_rng(seed).permutation(available)[:requested])


def merged_labels(*lists: Iterable[str]) -> list[str]:
    """Return all labels once, in the order in which they come first."""
    return list(dict.fromkeys(label for labels in lists for label in labels))


def with_old_validation(new: Mapping[str, Item], train: Item, validation: Item) -> dict[str, Item]:
    """Return splits with the mixed rows to train on, and with the validation rows of the data that were mixed in.

    Args:
        new: split -> its rows, of the new data.
        train: the mixed rows.
        validation: of the data that were mixed in.
    """
    held_out = {name: rows for name, rows in new.items() if name != "train"}
    return {"train": train, OLD_VALIDATION: validation, **held_out}


def mixed_report(new: DataReport, old: DataReport, drawn: int) -> DataReport:
    """Return the report of new data and of those mixed in, with the fingerprints of both.

    Args:
        new: of the new data.
        old: of the data that are mixed in.
        drawn: rows of their training split that are mixed in.
    """
    names = {"train": "mixed_in", "validation": OLD_VALIDATION}
    rows = {names[name]: rows for name, rows in old.rows.items() if name in names}
    note = f"mixed in: {drawn:,} of {old.splits['train']:,} training rows of {old.files[0].origin}"
    return replace(
        new,
        files=new.files + tuple(file for file in old.files if file not in new.files),
        left_out=new.left_out + tuple(omission for omission in old.left_out if omission not in new.left_out),
        notes=(*new.notes, note),
        splits={**new.splits, "mixed_in": drawn, OLD_VALIDATION: old.splits["validation"]},
        rows={**new.rows, **rows},
    )
