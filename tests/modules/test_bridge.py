from __future__ import annotations

import pytest
import torch

from nlprnn.modules import Bridge, RecurrentEncoder

CELLS = ["lstm", "gru", "rnn"]


def read(cell, *, layers=2, bidirectional=True):
    encoder = RecurrentEncoder(3, 4, cell=cell, num_layers=layers, bidirectional=bidirectional)
    mask = torch.arange(5) < torch.tensor([5, 2])[:, None]
    outputs, state = encoder(torch.randn(2, 5, 3), mask)
    return encoder, outputs, state


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("source", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
@pytest.mark.parametrize("layers", [1, 3])
def test_any_encoder_fits_any_decoder(cell, source, bidirectional, layers):
    encoder, outputs, state = read(source, bidirectional=bidirectional)
    bridge = Bridge(encoder.output_size, 5, num_layers=layers, cell=cell)
    begun = bridge(state)
    # The top layer's last states: forwards at the last token of each row, backwards at the first.
    last = torch.stack([outputs[0, 4, :4], outputs[1, 1, :4]])
    top = torch.cat([last, outputs[:, 0, 4:]], dim=1)
    weights, biases = bridge.linear.weight.view(-1, 5, encoder.output_size), bridge.linear.bias.view(-1, 5)
    assert len(weights) == layers * (2 if cell == "lstm" else 1)
    for layer in range(layers):
        torch.testing.assert_close(begun.hidden[:, layer], torch.tanh(top @ weights[layer].T + biases[layer]))
        if cell == "lstm":
            behind = layers + layer
            torch.testing.assert_close(begun.cell[:, layer], top @ weights[behind].T + biases[behind])
    assert (begun.cell is None) == (cell != "lstm")
    # What came out is what a decoder of that cell and depth takes.
    RecurrentEncoder(3, 5, cell=cell, num_layers=layers)(torch.randn(2, 1, 3), None, begun)


@pytest.mark.parametrize("sizes", [(0, 5, 1), (4, -5, 1), (4, 5, 0)])
def test_invalid_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match=r"input_size {}, hidden_size {}, num_layers {}".format(*sizes)):
        Bridge(*sizes[:2], num_layers=sizes[2])
