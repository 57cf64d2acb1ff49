from __future__ import annotations

import threading

import pytest
import torch

from nlprnn.models import text_model
from nlprnn.modules import cpu
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


@pytest.mark.parametrize(("cell", "pooling"), [("lstm", "concat"), ("gru", "attention"), ("rnn", "last")])
def test_exported_classifier_equals_the_modules(make_text_classifier, cell, pooling):
    model = make_text_classifier(pooling=POOLINGS[pooling], cell=cell, num_layers=2, layer_norm=True)
    mask = torch.arange(5) < torch.tensor([[5], [2], [1]])
    # The length stays static: torch.export unrolls the kernels of recurrent layers.
    batch = torch.export.Dim("batch", min=2)
    with torch.no_grad(), cpu.fast_paths(False):
        ids = torch.randint(0, 9, (3, 5))
        exported = torch.export.export(model, (ids, mask), dynamic_shapes=({0: batch}, {0: batch})).module()
        for lengths in ([5, 5], [1, 4, 0, 5], [3] * 40):
            ids, mask = torch.randint(0, 9, (len(lengths), 5)), torch.arange(5) < torch.tensor(lengths).unsqueeze(1)
            torch.testing.assert_close(exported(ids, mask), model(ids, mask))
