from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from nlprnn.modules import AttentionDecoder, GeneralAttention, RecurrentEncoder, RecurrentState
from nlprnn.modules.cpu.linear import Int8Linear, Linear, linear

CELLS = ["lstm", "gru", "rnn"]


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("shape", [(0, 5), (1, 5), (2, 5), (64, 5), (65, 5), (2, 3, 5)])
def test_a_product_is_pytorchs_for_any_number_of_rows(shape, gradients):
    x, weight, bias = (torch.randn(*size, dtype=torch.double) for size in (shape, (7, 5), (7,)))
    with torch.set_grad_enabled(gradients):
        torch.testing.assert_close(linear(x, weight, bias), functional.linear(x, weight, bias))


def test_the_layer_has_the_weights_of_pytorchs_and_learns_as_it():
    own, theirs, x = Linear(5, 7), nn.Linear(5, 7), torch.randn(3, 5)
    theirs.load_state_dict(own.state_dict())
    own(x).square().sum().backward()
    theirs(x).square().sum().backward()
    for name, parameter in own.named_parameters():
        torch.testing.assert_close(parameter.grad, theirs.get_parameter(name).grad)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("rows", [1, 5, 70])
def test_a_step_without_gradients_is_pytorchs_own_cell(cell, rows):
    encoder = RecurrentEncoder(3, 4, cell=cell).double()
    theirs = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}[cell](3, 4).double()
    theirs.load_state_dict({name[:-3]: w for name, w in encoder.layers[0].state_dict().items()})
    x, hidden, memory = (torch.randn(rows, size, dtype=torch.double) for size in (3, 4, 4))
    state = RecurrentState(hidden[:, None], memory[:, None] if cell == "lstm" else None)
    with torch.inference_mode():
        output, after = encoder.step(x, state)
        expected = theirs(x, (hidden, memory) if cell == "lstm" else hidden)
    new_hidden, *new_memory = expected if cell == "lstm" else [expected]
    torch.testing.assert_close(output, new_hidden)
    torch.testing.assert_close(after.hidden[:, 0], new_hidden)
    for given_memory in new_memory:
        torch.testing.assert_close(after.cell[:, 0], given_memory)


@given(
    rows=st.integers(1, 9),
    width=st.integers(1, 40),
    outputs=st.integers(1, 40),
    scale=st.integers(-4, 4),
    data=st.data(),
)
@settings(max_examples=40, deadline=None)
def test_eight_bits_are_near_and_a_row_never_depends_on_the_others(rows, width, outputs, scale, data):
    torch.manual_seed(data.draw(st.integers(0, 1000)))
    weight, bias = torch.randn(outputs, width), torch.randn(outputs)
    x = torch.randn(rows, width) * 10.0 ** torch.randint(-4, 5, (rows, 1)) * 10.0**scale
    layer = Int8Linear(weight, bias)
    found = layer(x)
    # Half a step of a weight and half a step of the input, over a whole row.
    steps = x.abs().amax(dim=1, keepdim=True) / 126 * weight.abs().sum(dim=1)
    steps = steps + weight.abs().amax(dim=1) / 254 * x.abs().sum(dim=1, keepdim=True)
    assert ((found - functional.linear(x, weight, bias)).abs() <= 1.1 * steps + 1e-5).all()
    for row in range(rows):
        assert torch.equal(layer(x[row : row + 1])[0], found[row])


def test_eight_bits_take_zeros_and_outputs_of_any_scale():
    weight = torch.tensor([[0.0, 0.0], [1e-6, -1e-6], [1e6, 2e6]])
    found = Int8Linear(weight, torch.zeros(3))(torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert found.isfinite().all()
    assert (found[0] == 0).all()
    assert (found[:, 0] == 0).all()
    assert found[1, 2] == pytest.approx(3e6, rel=0.02)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reads", ["vectors", "vectors and the last output", "ids"])
@pytest.mark.parametrize("int8", [False, True])
def test_a_decoder_laid_out_for_steps_goes_along_with_the_one_it_was_made_of(cell, reads, int8):
    feeding = reads == "vectors and the last output"
    decoder = AttentionDecoder(
        12, 16, 10, attention=GeneralAttention(16, 8), cell=cell, num_layers=2, input_feeding=feeding
    ).eval()
    hidden = torch.randn(3, 2, 16).tanh()  # as a bridge gives it
    encoded, mask = torch.randn(3, 5, 8), torch.arange(5) < torch.tensor([[5], [2], [4]])
    state = decoder.initial_state(encoded, mask, RecurrentState(hidden, hidden if cell == "lstm" else None))
    table, weights = torch.randn(7, 12), dict(decoder.named_parameters())
    steps, own_state = decoder.prepare_for_decoding(table=table if reads == "ids" else None, int8=int8), state
    for _ in range(4):
        ids = torch.randint(0, 7, (3,))
        output, state = decoder.step(table[ids], state)
        found, own_state = steps.step(ids if reads == "ids" else table[ids], own_state)
        assert torch.equal(found, output) <= (not int8)
        torch.testing.assert_close(found, output, atol=0.05 if int8 else 1e-5, rtol=0)
        torch.testing.assert_close(own_state.attention, state.attention, atol=0.05 if int8 else 1e-5, rtol=0)
    assert dict(decoder.named_parameters()) == weights  # the decoder itself is as it was


def test_what_input_feeding_reads_cannot_stand_in_a_table():
    decoder = AttentionDecoder(12, 16, 10, attention=GeneralAttention(16, 8), input_feeding=True)
    with pytest.raises(ValueError, match="input feeding"):
        decoder.prepare_for_decoding(table=torch.zeros(7, 12))


def test_a_decoder_of_eight_bits_drops_nothing_though_it_was_made_in_training():
    decoder = AttentionDecoder(12, 16, 10, attention=GeneralAttention(16, 8), dropout=0.9).train()
    steps, hidden, x = decoder.prepare_for_decoding(int8=True), torch.randn(3, 1, 16), torch.randn(3, 12)
    state = steps.initial_state(
        torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool), RecurrentState(hidden, hidden)
    )
    assert torch.equal(steps.step(x, state)[0], steps.step(x, state)[0])
    assert decoder.training


def test_a_pytorch_without_the_kernels_is_told(monkeypatch):
    monkeypatch.setattr(torch.backends, "quantized", type("Engines", (), {"supported_engines": ["none"]}))
    with pytest.raises(RuntimeError, match="int8"):
        Int8Linear(torch.ones(1, 1), torch.ones(1))
