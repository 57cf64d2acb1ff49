"""Eight-bit weights of whole networks: near the float model, and rows independent of their batch."""

from __future__ import annotations

import copy

import pytest
import torch

from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.cpu import int8_network
from nlprnn.modules.cpu.int8_network import Int8Embedding, Int8Encoder, weight_bytes, with_int8_weights

CASES = [
    {"cell": cell, "bidirectional": bidirectional, "num_layers": layers}
    for cell, bidirectional, layers in (("lstm", True, 1), ("gru", False, 2), ("rnn", True, 2), ("minlstm", True, 1))
]


@pytest.fixture
def padded():
    """Vectors and mask of four rows, one of padding alone, in no order of length."""
    mask = torch.arange(7) < torch.tensor([3, 7, 0, 5])[:, None]
    return torch.randn(4, 7, 16), mask


@torch.inference_mode()
@pytest.mark.parametrize("options", [*CASES, {"residual": True, "layer_norm": True, "num_layers": 2}])
def test_encoder_is_near_the_float_one_and_ignores_padding(padded, options):
    x, mask = padded
    encoder = RecurrentEncoder(16, 16, **options).eval()
    quantized = Int8Encoder(encoder)
    expected, ended = encoder(x, mask)
    outputs, state = quantized(x, mask)
    assert (outputs - expected).abs().max() < 0.1 * expected.abs().max()
    assert (outputs - expected).abs().max() > 0
    assert (state.hidden - ended.hidden).abs().max() < 0.1 * ended.hidden.abs().max()
    assert (state.cell is None) == (ended.cell is None)
    assert not outputs[~mask].any()
    for row in range(len(x)):
        alone, _ = quantized(x[row : row + 1, : mask[row].sum()], None) if mask[row].any() else (outputs[row, :0], None)
        # With AVX-512, PyTorch rounds a row and rows with gaps between them differently; a scale of others shows more.
        difference = alone.reshape(-1, encoder.output_size) - outputs[row][mask[row]]
        assert not difference.numel() or difference.abs().max() < 1e-6
    assert torch.equal(quantized(x.masked_fill(~mask[..., None], 1e9), mask)[0], outputs)


def test_embedding_is_near_the_float_one():
    embedding = Embedding(20, 6, pretrained_dim=3, num_trained=9).eval()
    embedding.load_vectors(torch.randn(20, 3))
    ids = torch.arange(20).reshape(4, 5)
    difference = (Int8Embedding(embedding)(ids) - embedding(ids)).abs()
    assert (difference <= embedding(ids).abs().amax(dim=-1, keepdim=True) / 254 + 1e-6).all()


def test_small_layers_stay_and_the_model_is_unchanged(make_text_classifier, monkeypatch):
    model = make_text_classifier()
    before = copy.deepcopy(model.state_dict())
    quantized = with_int8_weights(model)
    assert isinstance(quantized.embedding, Int8Embedding)
    assert quantized.encoder is model.encoder
    assert weight_bytes(quantized) < weight_bytes(model)
    monkeypatch.setattr(int8_network, "_FEWEST", 1)
    assert isinstance(with_int8_weights(model).encoder, Int8Encoder)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
