from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlprnn.models import LanguageModel
from nlprnn.modules import (
    AdditiveAttention,
    AttentionDecoder,
    Bridge,
    Embedding,
    RecurrentEncoder,
    RecurrentState,
)

MODULES = {
    "lstm": (nn.LSTM, {}),
    "gru": (nn.GRU, {}),
    "rnn-tanh": (nn.RNN, {}),
    "rnn-relu": (nn.RNN, {"nonlinearity": "relu"}),
}
every_module = pytest.mark.parametrize("kind", MODULES)


def random_weights(module):
    torch.manual_seed(6)
    for weight in module.parameters():
        nn.init.normal_(weight, std=0.4)
    return module


@every_module
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
@pytest.mark.parametrize("bias", [False, True], ids=["no-bias", "bias"])
@pytest.mark.parametrize("batch_first", [False, True], ids=["time-first", "batch-first"])
@pytest.mark.parametrize("layers", [1, 3])
def test_encoder_from_torch_has_its_outputs(kind, bidirectional, bias, batch_first, layers):
    build, options = MODULES[kind]
    module = random_weights(
        build(5, 7, layers, bias=bias, batch_first=batch_first, bidirectional=bidirectional, **options)
    ).double()
    encoder = RecurrentEncoder.from_torch(module)
    x, lengths = torch.randn(3, 6, 5, dtype=torch.double), torch.tensor([6, 1, 4])
    start = torch.randn(layers * (1 + bidirectional), 3, 7, dtype=torch.double)
    begin = (start, start.flip(0)) if kind == "lstm" else start

    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    expected, final = module(packed, begin)
    expected = pad_packed_sequence(expected, batch_first=True)[0]
    outputs, state = encoder(x, torch.arange(6) < lengths[:, None], RecurrentState.from_torch(begin))
    torch.testing.assert_close(outputs, expected, rtol=0, atol=1e-10)
    for tensor, other in zip(state, RecurrentState.from_torch(final), strict=True):
        assert (tensor is None) == (other is None)
        if tensor is not None:
            torch.testing.assert_close(tensor, other, rtol=0, atol=1e-10)
    if not bidirectional:
        step, _ = encoder.step(x[:, 0], RecurrentState.from_torch(begin))
        torch.testing.assert_close(step, expected[:, 0], rtol=0, atol=1e-10)


def test_encoder_from_torch_keeps_mode_and_dropout_and_copies():
    module = random_weights(nn.GRU(3, 4, 2, dropout=0.25)).eval()
    encoder = RecurrentEncoder.from_torch(module)
    assert (encoder.dropout, encoder.training, encoder.num_layers) == (0.25, False, 2)
    assert RecurrentEncoder.from_torch(module.train()).training
    expected, _ = module.eval()(torch.ones(2, 1, 3))
    with torch.no_grad():
        encoder.layers[0].all_weights[0][0].zero_()
    torch.testing.assert_close(module(torch.ones(2, 1, 3))[0], expected)


def test_layers_without_an_equal_encoder_are_refused():
    with pytest.raises(ValueError, match=r"proj_size 2.*no projections"):
        RecurrentEncoder.from_torch(nn.LSTM(3, 4, proj_size=2))
    for module in (nn.Linear(2, 2), nn.LSTMCell(2, 2), nn.LSTM(3, 4).state_dict()):
        with pytest.raises(TypeError, match=f"nn.LSTM or nn.GRU, not a {type(module).__name__}"):
            RecurrentEncoder.from_torch(module)


@pytest.mark.parametrize("strict", [False, True])
def test_torch_weights_in_load_state_dict_name_the_function(strict):
    weights = nn.LSTM(3, 4, num_layers=2).state_dict()
    with pytest.raises(RuntimeError, match=r"RecurrentEncoder\.from_torch\(module\)"):
        RecurrentEncoder(3, 4, num_layers=2).load_state_dict(weights, strict=strict)
    model = nn.ModuleDict({"encoder": RecurrentEncoder(3, 4)})
    with pytest.raises(RuntimeError, match=r"RecurrentEncoder\.from_torch\(module\)"):
        model.load_state_dict({f"encoder.{name}": weight for name, weight in weights.items()}, strict=strict)
    encoder = RecurrentEncoder(3, 4)
    encoder.load_state_dict(RecurrentEncoder(3, 4).state_dict())


@pytest.fixture
def packed():
    return pack_padded_sequence(torch.randn(3, 6, 8), torch.tensor([6, 4, 1]), batch_first=True)


@pytest.fixture
def decoder():
    return AttentionDecoder(8, 8, 8, attention=AdditiveAttention(8, 8))


@pytest.fixture
def decoder_state(decoder):
    state = RecurrentEncoder(8, 8).initial_state(torch.zeros(3, 1))
    return decoder.initial_state(torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool), state)


def test_packed_sequences_are_refused_by_name(packed, decoder, decoder_state):
    encoder = RecurrentEncoder(8, 8)
    state = encoder.initial_state(torch.zeros(3, 1))
    ids = packed._replace(data=packed.data[:, 0].long())
    calls = [
        lambda: encoder(packed),
        lambda: encoder.step(packed, state),
        lambda: decoder(packed, None, decoder_state),
        lambda: decoder.step(packed, decoder_state),
        lambda: decoder.initial_state(packed, None, state),
        lambda: decoder.attention.memory(packed, None),
        lambda: LanguageModel(embedding=Embedding(9, 8), encoder=encoder)(ids),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"PackedSequence.*mask"):
            call()


@pytest.mark.parametrize("state", [torch.zeros(1, 3, 8), (torch.zeros(1, 3, 8), torch.zeros(1, 3, 8)), [None]])
def test_states_of_pytorch_are_refused_by_name(state, decoder, decoder_state):
    encoder = RecurrentEncoder(8, 8)
    x, mask = torch.randn(3, 5, 8), torch.ones(3, 5, dtype=torch.bool)
    for call in (
        lambda: encoder(x, mask, state),
        lambda: encoder.step(x[:, 0], state),
        lambda: decoder.initial_state(x, mask, state),
        lambda: Bridge(8, 8)(state),
    ):
        with pytest.raises(TypeError, match=rf"{type(state).__name__}.*RecurrentState\.from_torch\(state\)"):
            call()
    step = LanguageModel(embedding=Embedding(9, 8), encoder=encoder).compiled_step()
    with pytest.raises(TypeError, match=r"RecurrentState\.from_torch"):
        step(torch.tensor([3, 4, 5]), state)
    for call in (lambda: decoder(x, mask, state), lambda: decoder.step(x[:, 0], decoder_state.recurrent)):
        with pytest.raises(TypeError, match=r"DecoderState.*decoder\.initial_state"):
            call()


def test_state_in_place_of_the_mask():
    with pytest.raises(TypeError, match="RecurrentState, comes after the mask"):
        RecurrentEncoder(8, 8)(torch.randn(3, 5, 8), RecurrentState(torch.zeros(3, 1, 8), torch.zeros(3, 1, 8)))
    with pytest.raises(TypeError, match=r"the input is a list, needed is a torch\.Tensor"):
        RecurrentEncoder(8, 8)([[0.0] * 8])
