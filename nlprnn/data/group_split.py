"""Held-out splits of whole groups: all rows of a speaker, or of a subject of a study, are in one split."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain

_SHARE = 0.15
"""Share of the groups in each held-out split."""


def hold_out_groups(groups: Sequence[str], *, number: int) -> tuple[list[list[int]], list[list[str]]]:
    """Split rows at random, group by group, the same on every machine.

    Args:
        groups: of each row; there are more than `number` different ones.
        number: number of held-out splits.

    Returns:
        row numbers of train and then of each held-out split, in ascending order; and the groups of each of the latter.
    """
    order = sorted(set(groups))
    random.Random(0).shuffle(order)
    size = max(1, round(_SHARE * len(order)))
    held_out = [order[index * size : (index + 1) * size] for index in range(number)]
    held = set(chain.from_iterable(held_out))
    rows = [[row for row, group in enumerate(groups) if group not in held]]
    rows += [[row for row, group in enumerate(groups) if group in of_split] for of_split in map(set, held_out)]
    return rows, held_out
