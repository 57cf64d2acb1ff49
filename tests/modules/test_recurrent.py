from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlprnn.modules import RecurrentEncoder, RecurrentState

E, H = 3, 4
KINDS = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "rnn-tanh": {"cell": "rnn", "nonlinearity": "tanh"},
    "rnn-relu": {"cell": "rnn", "nonlinearity": "relu"},
    "rnn-sigmoid": {"cell": "rnn", "nonlinearity": "sigmoid"},
    "mingru": {"cell": "mingru"},
    "minlstm": {"cell": "minlstm"},
    "lstm-residual-norm": {"cell": "lstm", "residual": True, "layer_norm": True},
    "mingru-residual-norm": {"cell": "mingru", "residual": True, "layer_norm": True},
}
IN_PYTORCH = ["lstm", "gru", "rnn-tanh", "rnn-relu"]
LENGTHS = [4, 1, 6, 3]

every_kind = pytest.mark.parametrize("kind", KINDS)
every_kind_of_pytorch = pytest.mark.parametrize("kind", IN_PYTORCH)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
every_depth = pytest.mark.parametrize("layers", [1, 2, 3])
with_and_without_start = pytest.mark.parametrize("given_start", [False, True], ids=["from-zeros", "from-state"])


def build(kind, *, layers=1, bidirectional=False, **options):
    return RecurrentEncoder(E, H, num_layers=layers, bidirectional=bidirectional, **KINDS[kind], **options).double()


def mask_of(lengths, width=None):
    return torch.arange(max(lengths) if width is None else width) < torch.tensor(lengths)[:, None]


def random_state(encoder, rows):
    shape = (rows, encoder.num_layers * encoder.directions, H)
    cell = torch.randn(shape, dtype=torch.double) if encoder.cell == "lstm" else None
    return RecurrentState(torch.randn(shape, dtype=torch.double), cell)


def reference_of(encoder):
    """PyTorch's module of all layers, with the same weights."""
    options = {"nonlinearity": encoder.nonlinearity} if encoder.cell == "rnn" else {}
    reference = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[encoder.cell](
        E, H, encoder.num_layers, batch_first=True, bidirectional=encoder.bidirectional, **options
    ).double()
    with torch.no_grad():
        for name, weight in named_weights(encoder).items():
            getattr(reference, name).copy_(weight)
    return reference


def named_weights(encoder):
    """PyTorch's name in a module of all layers -> the encoder's parameter."""
    return {
        name.replace("_l0", f"_l{index}"): weight
        for index, layer in enumerate(encoder.layers)
        for name, weight in layer.named_parameters()
    }


def pieces(state):
    return [tensor for tensor in state if tensor is not None]


def assert_close(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-10)


@every_kind_of_pytorch
@every_direction
@every_depth
@with_and_without_start
def test_equals_pytorch_on_packed_sequences(kind, bidirectional, layers, given_start):
    encoder = build(kind, layers=layers, bidirectional=bidirectional)
    reference = reference_of(encoder)
    mask = mask_of(LENGTHS)
    x = torch.randn(*mask.shape, E, dtype=torch.double, requires_grad=True)
    same_x = x.detach().clone().requires_grad_()
    start = random_state(encoder, len(LENGTHS)) if given_start else None

    outputs, state = encoder(x, mask, start)
    packed = pack_padded_sequence(same_x, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
    begin = None
    if start is not None:
        begin = tuple(tensor.transpose(0, 1).contiguous() for tensor in pieces(start))
        begin = begin if encoder.cell == "lstm" else begin[0]
    packed_outputs, final = reference(packed, begin)
    expected, _ = pad_packed_sequence(packed_outputs, batch_first=True)
    final = [tensor.transpose(0, 1) for tensor in (final if encoder.cell == "lstm" else [final])]

    assert_close(outputs, expected)
    assert len(pieces(state)) == len(final)
    for tensor, expected_tensor in zip(pieces(state), final, strict=True):
        assert_close(tensor, expected_tensor)

    slopes = [torch.randn_like(outputs), *(torch.randn_like(tensor) for tensor in final)]
    sum((tensor * slope).sum() for tensor, slope in zip([outputs, *pieces(state)], slopes, strict=True)).backward()
    sum((tensor * slope).sum() for tensor, slope in zip([expected, *final], slopes, strict=True)).backward()
    assert_close(x.grad, same_x.grad)
    for name, weight in named_weights(encoder).items():
        assert_close(weight.grad, getattr(reference, name).grad)


@every_kind
@every_direction
@pytest.mark.parametrize("gradients", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("lengths", [LENGTHS, [5, 5]], ids=["unequal", "equal"])
def test_float32_kernels_agree_with_float64(kind, bidirectional, gradients, lengths):
    exact = build(kind, layers=2, bidirectional=bidirectional)
    fused = copy.deepcopy(exact).float()
    mask = mask_of(lengths)
    x = torch.randn(*mask.shape, E)
    with torch.set_grad_enabled(gradients):
        outputs, state = fused(x, mask)
        expected, expected_state = exact(x.double(), mask)
    torch.testing.assert_close(outputs.double(), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(state.hidden.double(), expected_state.hidden, rtol=0, atol=1e-5)
    if gradients:
        outputs.square().sum().backward()
        expected.square().sum().backward()
        for single, double in zip(fused.parameters(), exact.parameters(), strict=True):
            torch.testing.assert_close(single.grad.double(), double.grad, rtol=1e-4, atol=3e-5)


@every_kind
@every_direction
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_batch_and_padding_invariance(kind, bidirectional, data):
    lengths = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=5))
    extra = data.draw(st.integers(1, 4))
    given_start = data.draw(st.booleans())
    garbage = data.draw(st.sampled_from([0.0, 3.0, -1e6, 1e30, float("inf"), float("nan")]))
    torch.manual_seed(data.draw(st.integers(0, 1000)))
    encoder = build(kind, layers=2, bidirectional=bidirectional)
    mask = mask_of(lengths, max(lengths) + extra)
    x = torch.randn(*mask.shape, E, dtype=torch.double)
    x[~mask] = garbage
    start = random_state(encoder, len(lengths)) if given_start else None

    outputs, state = encoder(x, mask, start)
    for row, length in enumerate(lengths):
        index = torch.tensor([row])
        single, single_state = encoder(x[row : row + 1, :length], None, start.select(index) if start else None)
        assert_close(outputs[row : row + 1, :length], single)
        assert outputs[row, length:].abs().sum() == 0
        for tensor, single_tensor in zip(pieces(state.select(index)), pieces(single_state), strict=True):
            assert_close(tensor, single_tensor)

    order = torch.randperm(len(lengths))
    turned, reordered_state = encoder(x[order], mask[order], start.select(order) if start else None)
    assert_close(turned, outputs[order])
    for tensor, reordered_tensor in zip(pieces(state.select(order)), pieces(reordered_state), strict=True):
        assert_close(reordered_tensor, tensor)


@every_kind
@every_direction
@with_and_without_start
def test_rows_of_padding_alone(kind, bidirectional, given_start):
    encoder = build(kind, layers=2, bidirectional=bidirectional)
    mask = mask_of([0, 3, 0], 4)
    x = torch.randn(3, 4, E, dtype=torch.double)
    x[~mask] = float("nan")
    x.requires_grad_()
    start = random_state(encoder, 3) if given_start else None
    outputs, state = encoder(x, mask, start)
    assert not outputs[[0, 2]].any()
    for tensor, initial in zip(pieces(state), pieces(start or encoder.initial_state(x)), strict=True):
        assert_close(tensor[[0, 2]], initial[[0, 2]])
    (outputs.sum() + state.hidden.sum()).backward()
    assert not x.grad[~mask].any()
    assert all(p.grad.isfinite().all() for p in encoder.parameters())


@every_direction
def test_growing_relu_is_finite_over_long_padding(bidirectional):
    encoder = build("rnn-relu", bidirectional=bidirectional).float()
    with torch.no_grad():
        for weights in encoder.layers[0].all_weights:
            weights[1].copy_(1.3 * torch.eye(H))
    mask = mask_of([3, 600])
    mask[1, 5:] = False
    outputs, _ = encoder(torch.rand(2, 600, E), mask)
    outputs.sum().backward()
    assert outputs.isfinite().all()
    assert all(p.grad.isfinite().all() for p in encoder.parameters())


@every_kind
@every_direction
@with_and_without_start
def test_empty_sequences_and_empty_batches(kind, bidirectional, given_start):
    encoder = build(kind, layers=2, bidirectional=bidirectional)
    start = random_state(encoder, 2) if given_start else None
    x = torch.zeros(2, 0, E, dtype=torch.double)
    outputs, state = encoder(x, torch.ones(2, 0, dtype=torch.bool), start)
    assert outputs.shape == (2, 0, encoder.output_size)
    assert torch.equal(state.hidden, (start or encoder.initial_state(x)).hidden)
    outputs, state = encoder(torch.zeros(0, 3, E, dtype=torch.double), torch.ones(0, 3, dtype=torch.bool))
    assert outputs.shape == (0, 3, encoder.output_size)
    assert state.hidden.shape == (0, 2 * encoder.directions, H)


@every_kind
@every_depth
def test_steps_and_halves_equal_one_pass(kind, layers):
    encoder = build(kind, layers=layers)
    x = torch.randn(3, 6, E, dtype=torch.double)
    start = random_state(encoder, 3)
    whole, final = encoder(x, None, start)

    state = start
    for t in range(6):
        output, state = encoder.step(x[:, t], state)
        assert_close(output, whole[:, t])
    for tensor, expected in zip(pieces(state), pieces(final), strict=True):
        assert_close(tensor, expected)

    first, middle = encoder(x[:, :2], None, start)
    second, state = encoder(x[:, 2:], None, middle)
    assert_close(torch.cat([first, second], dim=1), whole)
    for tensor, expected in zip(pieces(state), pieces(final), strict=True):
        assert_close(tensor, expected)


@every_kind
@every_direction
@pytest.mark.parametrize("lengths", [[3, 3], [1, 3]], ids=["equal", "unequal"])
def test_gradients_equal_finite_differences(kind, bidirectional, lengths):
    encoder = RecurrentEncoder(2, 2, bidirectional=bidirectional, **KINDS[kind]).double()
    mask = mask_of(lengths)
    x = torch.randn(2, 3, 2, dtype=torch.double, requires_grad=True)
    names = [name for name, _ in encoder.named_parameters()]

    def run(x, *weights):
        outputs, state = torch.func.functional_call(encoder, dict(zip(names, weights, strict=True)), (x, mask))
        return outputs, *pieces(state)

    assert torch.autograd.gradcheck(run, (x, *encoder.parameters()), fast_mode=True)


@pytest.mark.parametrize("cell", [None, torch.arange(12.0).view(3, 2, 2)], ids=["hidden", "hidden-and-cell"])
def test_state_selects_and_detaches(cell):
    hidden = -torch.arange(12.0).view(3, 2, 2)
    state = RecurrentState(hidden.requires_grad_(), cell if cell is None else cell.clone().requires_grad_())
    chosen = state.select(torch.tensor([2, 0, 0, 2]))
    for tensor, before in zip(pieces(chosen), pieces(state), strict=True):
        assert torch.equal(tensor, before[[2, 0, 0, 2]])
        assert tensor.requires_grad
    detached = state.detach()
    assert len(pieces(detached)) == len(pieces(state))
    assert not any(tensor.requires_grad for tensor in pieces(detached))
    assert torch.equal(detached.hidden, hidden)


@every_kind_of_pytorch
def test_initial_weights(kind):
    encoder = build(kind, layers=2, bidirectional=True)
    for layer in encoder.layers:
        for _, recurrent, *biases in layer.all_weights:
            for gate in recurrent.split(H):
                torch.testing.assert_close(gate @ gate.T, torch.eye(H, dtype=torch.double), rtol=0, atol=1e-6)
            total = sum(biases)
            expected = torch.zeros_like(total)
            if kind == "lstm":
                expected[H : 2 * H] = 1
            assert torch.equal(total, expected)
