"""State of a recurrent network between two time steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class RecurrentState(NamedTuple):
    """Hidden and cell states of recurrent layers, batch first.

    Attributes:
        hidden: (B, L * D, H) float, layer by layer, forward before backward.
        cell: (B, L * D, H) float, the LSTM's cell state; None for other cells.
    """

    hidden: Tensor
    cell: Tensor | None = None

    @staticmethod
    def from_torch(state: Tensor | Sequence[Tensor]) -> RecurrentState:
        """Return the state that `nn.GRU` and `nn.RNN` hold as a tensor (L * D, B, H), and `nn.LSTM` as two of them."""
        tensors = (state,) if isinstance(state, Tensor) else state
        return RecurrentState(*tensors).map(lambda tensor: tensor.transpose(0, 1))

    def map(self, function: Callable[[Tensor], Tensor]) -> RecurrentState:
        """Return the state with a function applied to each tensor."""
        return RecurrentState(function(self.hidden), None if self.cell is None else function(self.cell))

    def select(self, indices: Tensor) -> RecurrentState:
        """Return the rows `indices` (N,) int64 of the batch: reordered, repeated or left out."""
        return self.map(lambda tensor: tensor.index_select(0, indices))

    def detach(self) -> RecurrentState:
        """Return the state without gradient, for truncated back-propagation through time."""
        return self.map(Tensor.detach)

    def layer(self, index: int, directions: int) -> RecurrentState:
        """Return the state of one layer, (B, D, H)."""
        return self.map(lambda tensor: tensor[:, index * directions : (index + 1) * directions])

    def where(self, rows: Tensor, other: RecurrentState) -> RecurrentState:
        """Return this state in the rows (B,) bool that are True, and `other` in the rest."""
        chosen = rows[:, None, None]
        cell = None if self.cell is None or other.cell is None else torch.where(chosen, self.cell, other.cell)
        return RecurrentState(torch.where(chosen, self.hidden, other.hidden), cell)

    @staticmethod
    def concatenate(layers: Sequence[RecurrentState]) -> RecurrentState:
        """Return the state of several layers from the states (B, D, H) of each."""
        cells = [layer.cell for layer in layers if layer.cell is not None]
        return RecurrentState(
            torch.cat([layer.hidden for layer in layers], dim=1), torch.cat(cells, 1) if cells else None
        )
