"""Rows of similar length grouped into batches under a token budget."""

from __future__ import annotations

import numpy as np

POOL_BATCHES = 100
"""Number of batches that are sorted by length together: more waste less padding, fewer mix the rows more."""


def length_buckets(
    lengths: np.ndarray, *, max_tokens: int, max_rows: int, rng: np.random.Generator | None = None
) -> list[np.ndarray]:
    """Group rows of similar length into batches under a token budget.

    Args:
        lengths: (rows,) int64, tokens of each row; or (rows, sides) where a row has several sequences, such as source
            and target, the one whose padding is most expensive first.
        max_tokens: a batch of B rows of at most T tokens keeps B * T within this, unless it is a single row. With
            several sides T is the sum of their longest.
        max_rows: rows of a batch, at most.
        rng: shuffles rows into pools of about `POOL_BATCHES` batches and then the batches; None = all sorted by length,
            longest first, so that what runs out of memory does so immediately.

    Returns:
        the batches, each (B,) int64 row indices; every row is in exactly one.

    Raises:
        ValueError: a batch may not hold even one row or token.
    """
    if max_tokens < 1 or max_rows < 1:
        raise ValueError(f"a batch needs room: max_tokens is {max_tokens}, max_rows is {max_rows}")
    count = len(lengths)
    sides = lengths if lengths.ndim == 2 else lengths[:, None]
    order = np.arange(count) if rng is None else rng.permutation(count)
    pools = 1 if rng is None else max(1, round(count / (POOL_BATCHES * max_rows)))
    batches: list[np.ndarray] = []
    for rows in np.array_split(order, pools):
        rows = rows[np.lexsort(-sides[rows].T[::-1])]
        while len(rows):
            # Tokens of a batch of the first n rows, which grow with n: the largest n that fits is searched.
            longest = np.maximum.accumulate(sides[rows[:max_rows]]).sum(axis=1)
            tokens = longest * np.arange(1, len(longest) + 1)
            size = max(1, int(np.searchsorted(tokens, max_tokens, side="right")))
            batches.append(rows[:size])
            rows = rows[size:]
    if rng is not None:
        batches = [batches[i] for i in rng.permutation(len(batches))]
    return batches
