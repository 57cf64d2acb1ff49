from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.modules import RecurrentEncoder, RecurrentState

CELLS = ["lstm", "gru", "rnn"]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("rows", [1, 5, 70])
def test_step_equals_the_cell_of_pytorch(cell, rows):
    encoder = RecurrentEncoder(3, 4, cell=cell).double()
    cell_of_pytorch = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}[cell](3, 4).double()
    cell_of_pytorch.load_state_dict({name[:-3]: w for name, w in encoder.layers[0].state_dict().items()})
    x, hidden, memory = (torch.randn(rows, size, dtype=torch.double) for size in (3, 4, 4))
    state = RecurrentState(hidden[:, None], memory[:, None] if cell == "lstm" else None)
    with torch.inference_mode():
        output, after = encoder.step(x, state)
        expected = cell_of_pytorch(x, (hidden, memory) if cell == "lstm" else hidden)
    new_hidden, *new_memory = expected if cell == "lstm" else [expected]
    torch.testing.assert_close(output, new_hidden)
    torch.testing.assert_close(after.hidden[:, 0], new_hidden)
    for given_memory in new_memory:
        torch.testing.assert_close(after.cell[:, 0], given_memory)
