"""Row lengths that travel with a padded batch in the CPU's memory, so that nothing waits for the device to learn them.

A kernel of recurrent layers, or a selection of the real tokens, needs the lengths on the CPU. To read them from a mask
on a GPU takes a synchronization: the CPU waits until all that it has started is done, and the GPU then waits for the
next instruction. Collating knows the lengths, so a padded tensor keeps them as an attribute. It is lost by operations
on the tensor other than those below; all that use it then read the mask instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

_LENGTHS, _ON_CPU = "_nlprnn_row_lengths", "_nlprnn_on_cpu"

Batch = TypeVar("Batch")


def with_row_lengths(padded: Tensor, lengths: np.ndarray | None) -> Tensor:
    """Return a tensor that keeps the lengths of its rows.

    Args:
        padded: (B, T, ...), any dtype; a mask (B, T) bool is True exactly in the first tokens of each row.
        lengths: (B,) int64, number of real tokens, the first of each row; None = not known.
    """
    if lengths is not None:
        setattr(padded, _LENGTHS, lengths)
    return padded


def row_lengths(padded: Tensor) -> np.ndarray | None:
    """Return the row lengths (B,) int64 that a tensor (B, T, ...) keeps; None = not known, as in `torch.compile`."""
    return None if torch.compiler.is_compiling() else getattr(padded, _LENGTHS, None)


def count_tokens(mask: Tensor) -> int:
    """Return the number of real tokens of a mask (B, T) bool."""
    lengths = row_lengths(mask)
    return int(mask.sum() if lengths is None else lengths.sum())


def drop_first(padded: Tensor) -> Tensor:
    """Return a tensor (B, T, ...) without its first column, (B, T - 1, ...)."""
    lengths = row_lengths(padded)
    return with_row_lengths(padded[:, 1:], None if lengths is None else np.maximum(lengths - 1, 0))


def repeat_rows(padded: Tensor) -> Tensor:
    """Return a tensor (B, ...) with all its rows twice, (2 * B, ...)."""
    lengths = row_lengths(padded)
    return with_row_lengths(torch.cat([padded, padded]), None if lengths is None else np.tile(lengths, 2))


def real_positions(mask: Tensor) -> Tensor:
    """Return where a flattened mask (B, T) bool is True: (P,) int64, in ascending order."""
    return true_positions(mask.flatten(), count_tokens(mask))


def true_positions(flags: Tensor, count: int) -> Tensor:
    """Return where flags (N,) bool are True: (count,) int64, in ascending order.

    Args:
        flags: on any device, which is not waited for: sorting has a result of known size.
        count: how many are True.
    """
    if flags.device.type == "cpu":
        return flags.nonzero().squeeze(1)
    return flags.logical_not().to(torch.uint8).argsort(stable=True)[:count]


def to_device(batch: Batch, device: torch.device) -> Batch:
    """Move the tensors of a batch to a device; a GPU copies them while the CPU continues.

    They keep their `row_lengths`, and the tensor on the CPU that they were, for `host_values`.

    Args:
        batch: a tensor, or tuples, NamedTuples, lists and mappings of batches; anything else that has a method `to`,
            such as the batches of other libraries, is moved by it, and the rest is returned as it is.
        device: where to.
    """

    def move(item: Any) -> Any:
        if not isinstance(item, Tensor):
            return item.to(device) if hasattr(item, "to") else item
        if item.device == device:
            return item
        moved = item.to(device, non_blocking=device.type == "cuda")
        if item.device.type == "cpu":
            setattr(moved, _ON_CPU, item)
        return with_row_lengths(moved, row_lengths(item))

    return _map(move, batch)


def host_values(tensor: Tensor) -> np.ndarray | None:
    """Return the values of a tensor that is on the CPU or was moved from there by `to_device`; None = of any other."""
    source = tensor if tensor.device.type == "cpu" else getattr(tensor, _ON_CPU, None)
    return None if source is None else source.numpy()


def pin(batch: Batch) -> Batch:
    """Move the tensors of a batch on the CPU to page-locked memory, from which a GPU copies in the background."""

    def lock(item: Any) -> Any:
        is_movable = isinstance(item, Tensor) and item.device.type == "cpu"
        return with_row_lengths(item.pin_memory(), row_lengths(item)) if is_movable else item

    return _map(lock, batch)


def _map(function: Any, batch: Any) -> Any:
    """Return a batch of the same structure, a function applied to all that is no tuple, list or mapping."""
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(_map(function, item) for item in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(_map(function, item) for item in batch)
    if isinstance(batch, Mapping) and not hasattr(batch, "to"):
        return type(batch)({key: _map(function, item) for key, item in batch.items()})  # type: ignore[call-arg]
    return function(batch)
