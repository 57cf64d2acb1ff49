"""Rows to score, shared out to the processes of a distributed training; a single process computes all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from accelerate.utils import gather_object

ValuesT = TypeVar("ValuesT", np.ndarray, list[str], list[list[str]])


def share_rows(compute: Callable[[np.ndarray], ValuesT], num_rows: int) -> ValuesT:
    """Return a value for each row, in all processes; each of them computes a share. All processes call this.

    Args:
        compute: rows (n,) int64, in ascending order -> their values, an array (n, ...) or a list, each independent of
            the other rows.
        num_rows: of the whole.
    """
    rank, count = _processes()
    if num_rows < 2 * count:  # no process may be without rows
        return compute(np.arange(num_rows))
    share = compute(np.arange(rank, num_rows, count))
    values: list[Any] = [None] * num_rows
    for first, of_process in enumerate(gather_object([share])):
        values[first::count] = of_process
    whole: Any = np.stack(values) if isinstance(share, np.ndarray) else values
    return whole  # of the type of `share`


def share_mean(compute: Callable[[np.ndarray], float], weights: np.ndarray) -> float:
    """Return a weighted mean over rows, in all processes; each of them computes a share. All processes call this.

    Args:
        compute: rows (n,) int64, in ascending order -> their weighted mean.
        weights: (rows,) of each row.
    """
    rank, count = _processes()
    if len(weights) < 2 * count:
        return compute(np.arange(len(weights)))
    rows = np.arange(rank, len(weights), count)
    weight = float(weights[rows].sum())
    sums = gather_object([(weight * compute(rows) if weight else 0.0, weight)])
    return sum(total for total, _ in sums) / sum(weight for _, weight in sums)


def largest_of_processes(value: float) -> float:
    """Return the largest value of all processes, in all of them: durations differ, what follows from them may not."""
    return value if _processes()[1] == 1 else max(gather_object([value]))


def _processes() -> tuple[int, int]:
    """Return the number of this process, and of all."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1
