from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from nlprnn.models import text_model
from nlprnn.modules import OutputHead, RecurrentEncoder, cpu
from nlprnn.modules.pooling import POOLINGS


def test_switch_is_on_by_default_and_restored():
    assert cpu.fast_paths_enabled()
    with cpu.fast_paths(False):
        assert not cpu.fast_paths_enabled()
        with cpu.fast_paths(True):
            assert cpu.fast_paths_enabled()
        assert not cpu.fast_paths_enabled()
    assert cpu.fast_paths_enabled()


def test_switch_is_that_of_one_thread():
    seen = []
    with cpu.fast_paths(False):
        thread = threading.Thread(target=lambda: seen.append(cpu.fast_paths_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_classifier_takes_no_fast_path_when_switched_off(make_text_classifier, monkeypatch):
    model, calls = make_text_classifier(), []
    monkeypatch.setattr(text_model, "cached_lstm", lambda *arguments: calls.append(1))
    ids, mask = torch.randint(0, 9, (40, 5)), torch.ones(40, 5, dtype=torch.bool)
    with torch.inference_mode():
        fast = model(ids, mask)
        with cpu.fast_paths(False):
            torch.testing.assert_close(model(ids, mask), fast)
    assert len(calls) == 1


class Network(nn.Module):
    """Encoder, pooling and head, as an export traces them."""

    def __init__(self, pooling, **options):
        super().__init__()
        self.encoder = RecurrentEncoder(3, 4, bidirectional=True, num_layers=2, **options)
        self.pooling = POOLINGS[pooling](self.encoder.output_size)
        self.head = OutputHead(self.pooling.output_size, 2)

    def forward(self, x, mask):
        outputs, _ = self.encoder(x, mask)
        return self.head(self.pooling(outputs, mask))


@pytest.mark.parametrize(("cell", "pooling"), [("lstm", "concat"), ("gru", "attention"), ("rnn", "last")])
def test_exported_network_equals_the_modules(cell, pooling):
    torch.manual_seed(0)
    network = Network(pooling, cell=cell, layer_norm=True).eval()
    mask = torch.arange(5) < torch.tensor([[5], [2], [1]])
    # The length stays static: torch.export unrolls the kernels of recurrent layers.
    batch = torch.export.Dim("batch", min=2)
    with torch.no_grad(), cpu.fast_paths(False):
        exported = torch.export.export(network, (torch.randn(3, 5, 3), mask), dynamic_shapes=({0: batch}, {0: batch}))
        for lengths in ([5, 5], [1, 4, 0, 5]):
            x, mask = torch.randn(len(lengths), 5, 3), torch.arange(5) < torch.tensor(lengths).unsqueeze(1)
            torch.testing.assert_close(exported.module()(x, mask), network(x, mask))
