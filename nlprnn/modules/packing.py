"""Packed sequences: the real tokens of a batch end to end, time step by time step, as cuDNN takes them.

`torch.nn.utils.rnn.pack_padded_sequence` copies one time step after the other; here one selection packs a batch, and
its reverse unpacks it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching.row_lengths import row_lengths, true_positions


class Packing(NamedTuple):
    """Where the real tokens of a batch (B, T) are in its packed sequence of P tokens.

    Attributes:
        positions: (P,) int64, of each packed token in the flattened batch.
        sizes: (T',) int64 on the CPU, number of rows at each time step, T' the longest row.
        order: (B,) int64, the rows, longest first, as the packed sequence has them.
        inverse: (B,) int64, the place of each row in `order`.
    """

    positions: Tensor
    sizes: Tensor
    order: Tensor
    inverse: Tensor

    @classmethod
    def of(cls, mask: Tensor) -> Packing:
        """Return the packing of a batch; a row of padding alone counts as one token, for a kernel takes no empty rows.

        With known `row_lengths` nothing waits for the device.

        Args:
            mask: (B, T) bool, True = real token, real tokens first, T > 0.
        """
        known = row_lengths(mask)
        lengths = np.maximum(mask.sum(dim=1).cpu().numpy() if known is None else known, 1)
        sizes = torch.from_numpy((np.arange(lengths.max(initial=0))[:, None] < lengths).sum(axis=1))
        on_device = mask.sum(dim=1).clamp(min=1)  # (B,), as `lengths`
        order = on_device.argsort(descending=True, stable=True)
        steps = torch.arange(len(sizes), device=mask.device).unsqueeze(1)  # (T', 1)
        is_real = steps < on_device.index_select(0, order)  # (T', B)
        packed = true_positions(is_real.flatten(), int(lengths.sum()))
        positions = (order * mask.size(1) + steps).flatten().index_select(0, packed)
        return cls(positions, sizes, order, order.argsort())

    def pack(self, x: Tensor) -> Tensor:
        """Return the packed tokens (P, E) of a batch (B, T, E)."""
        return x.flatten(0, 1).index_select(0, self.positions)

    def unpack(self, packed: Tensor, mask: Tensor) -> Tensor:
        """Return packed tokens (P, E) as a batch (B, T, E) with the mask (B, T) bool, zero on padding."""
        flat = packed.new_zeros(mask.numel(), packed.size(1)).index_copy(0, self.positions, packed)
        return flat.unflatten(0, tuple(mask.shape)) * mask.unsqueeze(2)
