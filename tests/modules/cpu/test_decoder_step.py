from __future__ import annotations

import pytest
import torch

from nlprnn.modules import AttentionDecoder, GeneralAttention, RecurrentState
from nlprnn.modules.cpu.decoder_step import prepare_for_decoding

CELLS = ["lstm", "gru", "rnn", "mingru", "minlstm"]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reads", ["vectors", "vectors and the last output", "ids"])
@pytest.mark.parametrize("int8", [False, True])
def test_equals_the_step_of_the_decoder(cell, reads, int8):
    feeding = reads == "vectors and the last output"
    decoder = AttentionDecoder(
        12, 16, 10, attention=GeneralAttention(16, 8), cell=cell, num_layers=2, input_feeding=feeding
    ).eval()
    hidden = torch.randn(3, 2, 16).tanh()  # as a bridge gives it
    encoded, mask = torch.randn(3, 5, 8), torch.arange(5) < torch.tensor([[5], [2], [4]])
    state = decoder.initial_state(encoded, mask, RecurrentState(hidden, hidden if cell == "lstm" else None))
    table, weights = torch.randn(7, 12), dict(decoder.named_parameters())
    prepared = prepare_for_decoding(decoder, input_table=table if reads == "ids" else None, int8=int8)
    prepared_state = state
    for _ in range(4):
        ids = torch.randint(0, 7, (3,))
        output, state = decoder.step(table[ids], state)
        actual, prepared_state = prepared.step(ids if reads == "ids" else table[ids], prepared_state)
        torch.testing.assert_close(actual, output, atol=0.05 if int8 else 1e-5, rtol=0)
        torch.testing.assert_close(prepared_state.attention, state.attention, atol=0.05 if int8 else 1e-5, rtol=0)
    assert dict(decoder.named_parameters()) == weights  # the decoder itself is unchanged


def test_input_feeding_takes_no_table():
    decoder = AttentionDecoder(12, 16, 10, attention=GeneralAttention(16, 8), input_feeding=True)
    with pytest.raises(ValueError, match="input feeding"):
        prepare_for_decoding(decoder, input_table=torch.zeros(7, 12), int8=False)


def test_int8_decoder_has_no_dropout():
    decoder = AttentionDecoder(12, 16, 10, attention=GeneralAttention(16, 8), dropout=0.9).train()
    steps, hidden, x = prepare_for_decoding(decoder, int8=True), torch.randn(3, 1, 16), torch.randn(3, 12)
    state = steps.initial_state(
        torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool), RecurrentState(hidden, hidden)
    )
    assert torch.equal(steps.step(x, state)[0], steps.step(x, state)[0])
    assert decoder.training
