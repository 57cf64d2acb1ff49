"""Resumption on another number of processes than before: the position in the data, and the carried state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from nlprnn.training.protocols import ResumableBatches


def reshard_batches(
    batches: ResumableBatches, position: tuple[int, int, int], *, before: int, rank: int, count: int
) -> str:
    """Set batches to where all processes were together, and return a sentence on what the other number changes.

    Args:
        batches: of this process; its epoch, position and share are set.
        position: epoch, position and number of batches of each process before.
        before: number of processes before.
        rank: number of this process.
        count: number of processes.

    Raises:
        ValueError: an epoch had another number of batches: they are of other data.
    """
    batches.epoch, batches.position, length = position
    batches.shard(0, before)
    if len(batches) != length:
        raise ValueError(f"{len(batches)} batches an epoch, not {length}")
    batches.shard(rank, count)
    former = f"{before} {'process' if before == 1 else 'processes'}"
    change = (
        f"the run was in {former} and continues in {count}: same weights and same place in the data, but other dropout "
        "masks than without the change"
    )
    if len(batches) == length:  # each batch is shared among the processes
        return change
    # Every process has taken as many batches: all those before this one.
    batches.position = min(batches.position * before // count, len(batches))
    return f"{change}, and an update is now from the batches of {count} instead of {before}"


def reshard_state(states: Sequence[Any], *, rank: int, count: int) -> Any:
    """Return the share of one process in the carried states of all.

    Args:
        states: of each process before: equal nestings of tuples, lists and dictionaries, whose tensors have the batch
            first.
        rank: number of this process.
        count: number of processes.
    """
    first = states[0]
    if len(states) == count:
        return states[rank]
    if isinstance(first, Tensor):
        return torch.cat(list(states)).chunk(count)[rank].clone()
    if isinstance(first, dict):
        return {key: reshard_state([state[key] for state in states], rank=rank, count=count) for key in first}
    if isinstance(first, tuple | list):
        shares = [reshard_state(items, rank=rank, count=count) for items in zip(*states, strict=True)]
        return type(first)(shares)
    return first
