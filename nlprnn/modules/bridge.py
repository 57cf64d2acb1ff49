"""Bridge from the final state of an encoder to the initial state of a decoder."""

from __future__ import annotations

import torch
from torch import nn

from nlprnn.modules.input_types import check_state_type
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.sizes import check_sizes
from nlprnn.modules.state import RecurrentState


class Bridge(nn.Module):
    """Linear layer from the final state of the encoder's top layer to the initial states of all decoder layers.

    Any encoder fits any decoder: cells, sizes, numbers of layers and directions may differ. The hidden states go
    through tanh, as in Bahdanau et al. 2015; an LSTM's cell states, which are unbounded, do not.

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
        check_sizes(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.cell = cell
        states = 2 if cell == "lstm" else 1
        self.linear = nn.Linear(input_size, states * num_layers * hidden_size)

    def forward(self, state: RecurrentState) -> RecurrentState:
        """Return the decoder's initial state (B, L, H) for the encoder's final state (B, L * D, H).

        Raises:
            TypeError: the state is of another type.
        """
        check_state_type(state, RecurrentState)
        directions = self.input_size // state.hidden.size(2)
        top = state.hidden[:, -directions:].flatten(1)  # (B, D * H)
        states = self.linear(top).unflatten(1, (-1, self.num_layers, self.hidden_size))
        return RecurrentState(torch.tanh(states[:, 0]), states[:, 1] if self.cell == "lstm" else None)
