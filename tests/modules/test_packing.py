from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlprnn.batching.row_lengths import with_row_lengths
from nlprnn.modules import RecurrentEncoder, RecurrentState
from nlprnn.modules.packing import Packing

LENGTHS = [4, 1, 6, 6, 3]


def mask_of(lengths, width, known):
    mask = torch.arange(width) < torch.tensor(lengths)[:, None]
    return with_row_lengths(mask, np.array(lengths)) if known else mask


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("width", [6, 9])
def test_packing_is_that_of_pytorch(width, known):
    x = torch.randn(5, width, 2)
    mask = mask_of(LENGTHS, width, known)
    expected = pack_padded_sequence(x, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
    packing = Packing.of(mask)
    torch.testing.assert_close(packing.pack(x), expected.data, rtol=0, atol=0)
    assert torch.equal(packing.sizes, expected.batch_sizes)
    unpacked, _ = pad_packed_sequence(expected, batch_first=True, total_length=width)
    assert torch.equal(packing.unpack(packing.pack(x), mask), unpacked)


def test_row_of_padding_alone_is_one_token():
    packing = Packing.of(mask_of([2, 0], 3, known=True))
    x = torch.arange(6.0).view(2, 3, 1)
    assert packing.pack(x).flatten().tolist() == [0, 3, 1]
    assert packing.unpack(packing.pack(x), mask_of([2, 0], 3, known=False)).flatten().tolist() == [0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("given_start", [False, True])
def test_packed_layers_equal_dense_ones(monkeypatch, cell, given_start):
    """The way of a GPU and that of a CPU: outputs, states and gradients, over rows of padding alone too."""
    encoder = RecurrentEncoder(3, 4, cell=cell, num_layers=2, bidirectional=not given_start).double()
    x = torch.randn(5, 6, 3, dtype=torch.double)
    mask = mask_of([4, 0, 6, 6, 3], 6, known=True)
    state = encoder.initial_state(x).map(torch.rand_like) if given_start else None
    results = []
    for packed in (False, True):
        monkeypatch.setattr(RecurrentEncoder, "_prefers_packed", lambda self, x, packed=packed: packed)
        outputs, final = encoder(x, mask, state)
        weights = list(encoder.parameters())
        slopes = torch.linspace(-1, 1, outputs.numel(), dtype=torch.double).view_as(outputs)
        gradients = torch.autograd.grad((outputs * slopes).sum() + final.hidden.sum(), weights)
        results.append((outputs, RecurrentState(*final).hidden, *gradients))
    for dense, packed in zip(*results, strict=True):
        torch.testing.assert_close(packed, dense, rtol=1e-9, atol=1e-12)
