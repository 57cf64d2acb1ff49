"""What an encoder remembered at the end -> what a decoder starts from."""

from __future__ import annotations

import torch
from torch import nn

from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.state import RecurrentState


class Bridge(nn.Module):
    """A linear layer from the top layer's last states to the first states of all decoder layers.

    Any encoder fits any decoder: cells, widths, depths and directions may differ. The hidden states go through
    tanh, as in Bahdanau et al. 2015; an LSTM's cell states, which have no bounds, do not.

    Args:
        input_size: D * H, the encoder's `output_size`.
        hidden_size: of the decoder.
        num_layers: of the decoder.
        cell: of the decoder.

    Raises:
        ValueError: a size is not positive.
    """

    def __init__(self, input_size: int, hidden_size: int, *, num_layers: int = 1, cell: Cell = "lstm") -> None:
        super().__init__()
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                f"sizes must be positive, got input_size {input_size}, hidden_size {hidden_size}, "
                f"num_layers {num_layers}"
            )
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.cell = cell
        parts = 2 if cell == "lstm" else 1
        self.linear = nn.Linear(input_size, parts * num_layers * hidden_size)

    def forward(self, encoder: RecurrentEncoder, state: RecurrentState) -> RecurrentState:
        """Return the decoder's first state (B, L, H) from the encoder and its last (B, L * D, H)."""
        top = state.hidden[:, -encoder.directions :].flatten(1)  # (B, D * H)
        hidden, *cell = self.linear(top).unflatten(1, (-1, self.num_layers, self.hidden_size)).unbind(1)
        return RecurrentState(torch.tanh(hidden), *cell)
