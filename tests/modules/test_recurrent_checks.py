from __future__ import annotations

import pytest
import torch

from nlprnn.modules import RecurrentEncoder, RecurrentState


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"input_size": 0, "hidden_size": 7}, "input_size 0, hidden_size 7"),
        ({"input_size": 5, "hidden_size": -7}, r"hidden_size -7"),
        ({"num_layers": 0}, r"num_layers 0"),
        ({"cell": "lsmt"}, r"'lsmt'.*lstm, gru, rnn"),
        ({"nonlinearity": "sigmoyd"}, r"'sigmoyd'.*tanh, relu or sigmoid"),
        ({"dropout": 1.0}, r"dropout.*1\.0"),
        ({"locked_dropout": -0.5}, r"locked_dropout.*-0\.5"),
        ({"weight_dropout": float("nan")}, r"weight_dropout.*nan"),
    ],
)
def test_invalid_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        RecurrentEncoder(**{"input_size": 3, "hidden_size": 4, **options})


@pytest.mark.parametrize(
    ("x", "mask", "state", "words"),
    [
        ((2, 5, 9), None, None, r"\(B, T, 3\).*\(2, 5, 9\)"),
        ((2, 3), None, None, r"\(B, T, 3\).*\(2, 3\)"),
        ((2, 5, 3), torch.ones(2, 4, dtype=torch.bool), None, r"\(2, 4\).*\(2, 5, 3\)"),
        ((2, 2, 3), torch.tensor([[1, 1], [1, 0]]), None, r"int64.*bool"),
        ((2, 2, 3), torch.tensor([[True, True], [False, True]]), None, r"real tokens first"),
        ((2, 5, 3), None, RecurrentState(torch.zeros(2, 2, 4), torch.zeros(2, 2, 4)), r"\(2, 2, 4\).*\(2, 1, 4\)"),
        ((2, 5, 3), None, RecurrentState(torch.zeros(2, 1, 4)), r"another cell.*lstm"),
    ],
)
def test_mismatched_inputs_are_refused(x, mask, state, words):
    with pytest.raises(ValueError, match=words):
        RecurrentEncoder(3, 4)(torch.zeros(x), mask, state)


def test_bidirectional_encoder_has_no_step():
    encoder = RecurrentEncoder(3, 4, bidirectional=True)
    with pytest.raises(ValueError, match="bidirectional=False"):
        encoder.step(torch.zeros(2, 3), encoder.initial_state(torch.zeros(2, 3)))
