"""What a recurrent network remembers between two time steps."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class RecurrentState(NamedTuple):
    """What a recurrent network remembers, batch first.

    Attributes:
        hidden: (B, L * D, H) float, layer by layer, forward before backward.
        cell: the same for the LSTM's cell state; None for other cells.
    """

    hidden: Tensor
    cell: Tensor | None = None

    def select(self, indices: Tensor) -> RecurrentState:
        """Return the rows `indices` (N,) int64 of the batch: reordered, repeated or left out."""
        cell = None if self.cell is None else self.cell.index_select(0, indices)
        return RecurrentState(self.hidden.index_select(0, indices), cell)

    def detach(self) -> RecurrentState:
        """Return the state cut off from the graph, as truncated back-propagation through time needs it."""
        return RecurrentState(self.hidden.detach(), None if self.cell is None else self.cell.detach())

    def layer(self, index: int, directions: int) -> RecurrentState:
        """Return the part of one layer, (B, D, H)."""
        rows = slice(index * directions, (index + 1) * directions)
        return RecurrentState(self.hidden[:, rows], None if self.cell is None else self.cell[:, rows])
