"""Masks of padding: bool, (B, T), True = real token, the real tokens of a row first.

Conditions on the values of a mask wait for the device and cannot be traced. A mask that keeps its `row_lengths` needs
none, and `torch.compile` and `torch.export` see none: they take the general path.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nlprnn.batching.row_lengths import row_lengths


def drop_full_mask(mask: Tensor | None) -> Tensor | None:
    """Return None for a mask (B, T) bool without padding, since whole batches are computed faster; else the mask."""
    if mask is None or torch.compiler.is_compiling():
        return mask
    lengths = row_lengths(mask)
    is_full = bool(mask.all() if lengths is None else (lengths == mask.size(1)).all())
    return None if is_full else mask


def check_mask(mask: Tensor, x: Tensor) -> None:
    """Check that a mask (B, T) bool fits an input (B, T, *) and has no padding before a real token.

    Raises:
        ValueError: it does not.
    """
    if mask.shape != x.shape[:2]:
        raise ValueError(f"the mask {tuple(mask.shape)} does not fit the input {tuple(x.shape)}")
    if mask.dtype != torch.bool:
        raise ValueError(f"the mask is {mask.dtype}, needed is torch.bool: take mask.bool()")
    if torch.compiler.is_compiling() or row_lengths(mask) is not None:
        return
    if bool((mask[:, 1:] & ~mask[:, :-1]).any()):
        raise ValueError("a row of the mask has padding before a real token: put the real tokens first")
