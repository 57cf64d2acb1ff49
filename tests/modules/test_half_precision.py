from __future__ import annotations

import copy
import os
import subprocess
import sys

import pytest
import torch

from nlprnn.models import LanguageModel, NgramLinear
from nlprnn.modules import Embedding, RecurrentEncoder

KINDS = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "rnn-tanh": {"cell": "rnn"},
    "rnn-relu": {"cell": "rnn", "nonlinearity": "relu"},
    "rnn-sigmoid": {"cell": "rnn", "nonlinearity": "sigmoid"},
    "mingru": {"cell": "mingru"},
    "minlstm": {"cell": "minlstm"},
    "minlstm-residual-norm": {"cell": "minlstm", "residual": True, "layer_norm": True},
}
E, T = 12, 9
TOLERANCE = 0.06

every_kind = pytest.mark.parametrize("kind", KINDS)
every_dtype = pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
with_and_without_mask = pytest.mark.parametrize("lengths", [[T, T, T], [T, 4, 0], [5, 5, 5]])
pytestmark = pytest.mark.filterwarnings("ignore:this processor cannot")


def build(kind, *, bidirectional=False):
    torch.manual_seed(4)
    return RecurrentEncoder(E, E, num_layers=2, bidirectional=bidirectional, **KINDS[kind])


def inputs(encoder, lengths):
    x = torch.randn(3, T, E)
    start = encoder.initial_state(x).map(lambda zeros: 0.3 * torch.randn_like(zeros))
    return x, torch.arange(T) < torch.tensor(lengths)[:, None], start


def assert_near(actual, expected):
    torch.testing.assert_close(actual.float(), expected, rtol=0, atol=TOLERANCE)


@every_kind
@every_dtype
@every_direction
@with_and_without_mask
@pytest.mark.parametrize("from_zeros", [False, True])
def test_half_weights_are_near_float32(kind, dtype, bidirectional, lengths, from_zeros):
    encoder = build(kind, bidirectional=bidirectional)
    x, mask, start = inputs(encoder, lengths)
    expected, expected_state = encoder(x, mask, None if from_zeros else start)
    half = copy.deepcopy(encoder).to(dtype)
    outputs, state = half(x.to(dtype), mask, None if from_zeros else start.map(lambda tensor: tensor.to(dtype)))
    assert outputs.dtype == state.hidden.dtype == dtype
    assert_near(outputs, expected)
    assert_near(state.hidden, expected_state.hidden)
    slopes = torch.randn_like(expected)
    (outputs * slopes.to(dtype)).float().sum().backward()
    (expected * slopes).sum().backward()
    tolerance = 1.0 if kind == "rnn-relu" else 0.1  # rounding moves units over the edge of a ReLU, in `nn.RNN` too
    for weight, exact in zip(half.parameters(), encoder.parameters(), strict=True):
        assert float((weight.grad.float() - exact.grad).norm()) < tolerance * float(exact.grad.norm()) + 0.01


@every_kind
@every_dtype
@every_direction
@with_and_without_mask
@pytest.mark.parametrize("from_zeros", [False, True])
def test_autocast_is_near_float32(kind, dtype, bidirectional, lengths, from_zeros):
    encoder = build(kind, bidirectional=bidirectional)
    x, mask, start = inputs(encoder, lengths)
    start = None if from_zeros else start
    expected, expected_state = encoder(x, mask, start)
    with torch.autocast("cpu", dtype):
        outputs, state = encoder(x, mask, start)
        outputs.float().sum().backward()
        with torch.inference_mode():
            assert_near(encoder(x, mask, start)[0], expected)
    assert_near(outputs, expected)
    assert_near(state.hidden, expected_state.hidden)
    assert all(weight.grad.isfinite().all() for weight in encoder.parameters())


@every_kind
@every_dtype
@pytest.mark.parametrize("autocast", [False, True], ids=["half-weights", "autocast"])
def test_steps_are_near_float32(kind, dtype, autocast):
    encoder = build(kind)
    x, _, state = inputs(encoder, [T] * 3)
    expected, _ = encoder(x, None, state)
    if not autocast:
        encoder, x, state = encoder.to(dtype), x.to(dtype), state.map(lambda tensor: tensor.to(dtype))
    for t in range(T):
        with torch.autocast("cpu", dtype, enabled=autocast):
            output, state = encoder.step(x[:, t], state)
        assert_near(output, expected[:, t])
    assert state.hidden.dtype == (torch.float32 if autocast else dtype)


@every_dtype
@pytest.mark.parametrize("autocast", [False, True], ids=["half-weights", "autocast"])
def test_compiled_step_of_half_precision(dtype, autocast):
    torch.manual_seed(0)
    model = LanguageModel(embedding=Embedding(9, E), encoder=RecurrentEncoder(E, E)).eval()
    expected, _ = model.step(torch.tensor([3, 5]), model.initial_state(2))
    if not autocast:
        model.to(dtype)
    with torch.autocast("cpu", dtype, enabled=autocast), torch.inference_mode():
        actual, _ = model.compiled_step()(torch.tensor([3, 5]), model.initial_state(2))
    assert_near(actual, expected)


@every_dtype
def test_ngram_weights_of_half_precision(dtype):
    torch.manual_seed(0)
    model = NgramLinear(6, 2, order=1, vocab_size=9)
    model.keys.copy_(torch.arange(6))
    model.idf.copy_(torch.rand(6))
    torch.nn.init.normal_(model.weight)
    ids, mask = torch.tensor([[3, 4, 5]]), torch.ones(1, 3, dtype=torch.bool)
    assert_near(copy.deepcopy(model).to(dtype)(ids, mask), model(ids, mask))


def test_older_processor_computes_lstm_in_float32_and_says_so():
    code = """
import torch
from nlprnn.modules import RecurrentEncoder
torch.manual_seed(0)
encoder, x = RecurrentEncoder(6, 6, bidirectional=True), torch.randn(2, 5, 6)
with torch.autocast("cpu", torch.bfloat16):
    outputs, _ = encoder(x)
outputs.float().sum().backward()
print(float((outputs - encoder(x)[0]).abs().max()))
"""
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1e-6
    assert "cannot compute an LSTM in bfloat16: it is computed in float32" in done.stderr
