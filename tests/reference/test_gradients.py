"""Gradients of the reference against central differences, and against PyTorch's automatic ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.modules import RecurrentEncoder, RecurrentState
from nlprnn.reference import (
    GRU,
    LSTM,
    Activation,
    EncoderDecoder,
    ManyToOne,
    Network,
    SimpleRNN,
    central_differences,
    cross_entropy,
    relative_error,
    run_backward,
    run_forward,
    squared_error,
)

E, H, O = 2, 2, 3  # noqa: E741 - the letters of the docstrings
CELLS = {
    "rnn-tanh": (lambda: SimpleRNN("tanh"), {"cell": "rnn", "nonlinearity": "tanh"}),
    "rnn-sigmoid": (lambda: SimpleRNN("sigmoid"), {"cell": "rnn", "nonlinearity": "sigmoid"}),
    "rnn-relu": (lambda: SimpleRNN("relu"), {"cell": "rnn", "nonlinearity": "relu"}),
    "lstm": (LSTM, {"cell": "lstm"}),
    "gru": (GRU, {"cell": "gru"}),
}
OUTPUTS = {"identity": lambda a: a, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
NETWORKS = [Network, ManyToOne, EncoderDecoder]
every_cell = pytest.mark.parametrize("kind", CELLS)
every_network = pytest.mark.parametrize("network_class", NETWORKS)


class Problem:
    """A network with weights, ragged inputs and targets, all drawn at random from a seed."""

    def __init__(self, kind, network_class, output, loss, lengths, seed):
        rng = np.random.default_rng(seed)
        self.kind, self.output, self.loss = kind, output, loss
        self.network = network_class(CELLS[kind][0](), output)
        self.weights = self.network.initial_weights(E, H, O, rng=rng)
        self.weights = {name: w + rng.normal(scale=0.3, size=w.shape) for name, w in self.weights.items()}
        self.mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
        self.inputs = [rng.normal(size=(*self.mask.shape, E))]
        self.inputs[0][~self.mask] = np.nan
        self.masks = {"mask": self.mask}
        shape, self.target_mask = self.mask.shape, self.mask
        if network_class is ManyToOne:
            shape, self.target_mask = self.mask.shape[:1], np.ones(len(lengths), dtype=bool)
        elif network_class is EncoderDecoder:
            shape = len(lengths), int(rng.integers(1, 6))
            self.inputs.append(rng.normal(size=(*shape, O)))
            self.target_mask = self.masks["decoder_mask"] = (
                np.arange(shape[1]) < rng.integers(1, 6, len(lengths))[:, None]
            )
        self.targets = rng.integers(0, O, shape) if loss is cross_entropy else rng.normal(size=(*shape, O))

    def forward(self, weights):
        return self.network.forward(weights, *self.inputs, **self.masks)

    def loss_of(self, weights):
        return self.loss(self.forward(weights).outputs, self.targets, self.target_mask)[0]

    def gradients(self, **options):
        run = self.forward(self.weights)
        _, d_outputs = self.loss(run.outputs, self.targets, self.target_mask)
        return self.network.backward(self.weights, run, d_outputs, **options)

    def torch_encoder(self, input_size, prefix=""):
        encoder = RecurrentEncoder(input_size, H, **CELLS[self.kind][1]).double()
        with torch.no_grad():
            for name, weight in encoder.layers[0].named_parameters():
                weight.copy_(torch.from_numpy(self.weights[prefix + name.removesuffix("_l0")]))
        return encoder

    def torch_gradients(self, segment=None):
        """Loss and gradients by PyTorch, with the state detached after every `segment` steps."""
        encoder, decoder, leaves = None, self.torch_encoder(self.inputs[-1].shape[2]), {}
        x, mask = torch.from_numpy(self.inputs[-1]), torch.from_numpy(list(self.masks.values())[-1])
        state = None
        if isinstance(self.network, EncoderDecoder):
            encoder = self.torch_encoder(E, "encoder.")
            _, state = encoder(torch.from_numpy(self.inputs[0]), torch.from_numpy(self.mask))
        outputs = []
        for x_t, mask_t in zip(x.split(segment or x.size(1), 1), mask.split(segment or x.size(1), 1), strict=True):
            output, state = decoder(x_t, mask_t, state if segment is None or state is None else state.detach())
            outputs.append(output)
        h = state.hidden[:, 0] if isinstance(self.network, ManyToOne) else torch.cat(outputs, dim=1)
        for name in ("weight_out", "bias_out"):
            leaves[name] = torch.from_numpy(self.weights[name]).requires_grad_()
        y = OUTPUTS[self.output](functional.linear(h, leaves["weight_out"], leaves["bias_out"]))
        counted, targets = torch.from_numpy(self.target_mask), torch.from_numpy(self.targets)
        function = functional.cross_entropy if self.loss is cross_entropy else functional.mse_loss
        loss = function(y[counted], targets[counted])
        loss.backward()
        for prefix, module in (("encoder.", encoder), ("", decoder)):
            if module is not None:
                leaves |= {prefix + name[:-3]: weight for name, weight in module.layers[0].named_parameters()}
        return loss.item(), {name: weight.grad.numpy() for name, weight in leaves.items()}

    def distance_to_kinks(self):
        """Least distance of what a ReLU reads from zero, where it has no derivative."""
        distances = [1.0]

        def record(a):
            distances.append(float(np.abs(a).min(initial=1.0)))
            return np.maximum(a, 0.0)

        owners = [self.network.cell, getattr(self.network, "decoder", self.network)]
        kept = [owner for owner in owners if getattr(owner, "s", None) and owner.s.value(np.array(-1.0)) == 0.0]
        relu = [owner.s for owner in kept]
        for owner in kept:
            owner.s = Activation(record, owner.s.slope)
        self.forward(self.weights)
        for owner, s in zip(kept, relu, strict=True):
            owner.s = s
        return min(distances)


def problems(kind, network_class, *, least=0):
    return st.builds(
        Problem,
        st.just(kind),
        st.just(network_class),
        st.sampled_from(sorted(OUTPUTS)),
        st.sampled_from([squared_error, cross_entropy]),
        st.lists(st.integers(least, 5), min_size=1, max_size=3).filter(any),
        st.integers(0, 10_000),
    )


@every_cell
@every_network
@settings(max_examples=2, deadline=None)
@given(data=st.data())
def test_gradients_equal_central_differences(kind, network_class, data):
    problem = data.draw(problems(kind, network_class))
    assume(problem.distance_to_kinks() > 1e-3)
    expected = central_differences(problem.loss_of, problem.weights)
    assert relative_error(problem.gradients(), expected) <= 1e-6


@every_cell
@every_network
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_loss_and_gradients_equal_pytorch(kind, network_class, data):
    problem = data.draw(problems(kind, network_class))
    loss, expected = problem.torch_gradients()
    assert problem.loss_of(problem.weights) == pytest.approx(loss, rel=1e-12)
    gradients = problem.gradients()
    assert gradients.keys() == expected.keys() == problem.weights.keys()
    for name in expected:
        assert relative_error({name: gradients[name]}, {name: expected[name]}) <= 1e-9, name


@every_cell
@pytest.mark.parametrize("network_class", [Network, ManyToOne])
@settings(max_examples=3, deadline=None)
@given(data=st.data(), length=st.integers(1, 7))
def test_truncation_equals_detached_states_of_pytorch(kind, network_class, data, length):
    problem = data.draw(problems(kind, network_class, least=1))
    gradients, (_, expected) = problem.gradients(truncate=length), problem.torch_gradients(segment=length)
    for name in expected:
        assert relative_error({name: gradients[name]}, {name: expected[name]}) <= 1e-9, name


@every_cell
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_gradients_of_inputs_and_states_equal_pytorch(kind, data):
    problem = data.draw(problems(kind, Network))
    cell, encoder = problem.network.cell, problem.torch_encoder(E)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    rows, x = len(problem.mask), np.nan_to_num(problem.inputs[0])
    state = tuple(rng.normal(size=(rows, H)) for _ in range(cell.states))
    leaves = [torch.from_numpy(array).requires_grad_() for array in (x, *state)]
    torch_state = RecurrentState(*(leaf[:, None] for leaf in leaves[1:]))
    outputs, final = encoder(leaves[0], torch.from_numpy(problem.mask), torch_state)
    slopes = [rng.normal(size=tensor.shape) for tensor in (outputs, *final) if tensor is not None]
    tensors = [tensor for tensor in (outputs, *final) if tensor is not None]
    sum((tensor * torch.from_numpy(slope)).sum() for tensor, slope in zip(tensors, slopes, strict=True)).backward()

    run = run_forward(cell, problem.weights, x, mask=problem.mask, state=state)
    d_state = tuple(slope[:, 0] for slope in slopes[1:])
    gradients = run_backward(cell, problem.weights, run, slopes[0], d_state=d_state)
    np.testing.assert_allclose(run.outputs, outputs.detach().numpy(), rtol=0, atol=1e-12)
    for array, leaf in zip((gradients.x, *gradients.state), leaves, strict=True):
        assert relative_error({"": array}, {"": leaf.grad.numpy()}) <= 1e-9


@every_cell
def test_gradient_of_a_hidden_state_is_that_of_a_run_from_there(kind):
    problem = Problem(kind, Network, "identity", squared_error, [6, 6], 3)
    cell, weights, x = problem.network.cell, problem.weights, problem.inputs[0]
    d_outputs = np.random.default_rng(0).normal(size=(2, 6, H))
    whole = run_backward(cell, weights, run_forward(cell, weights, x), d_outputs)
    for t in range(5):
        state = run_forward(cell, weights, x[:, : t + 1]).state
        rest = run_backward(
            cell, weights, run_forward(cell, weights, x[:, t + 1 :], state=state), d_outputs[:, t + 1 :]
        )
        np.testing.assert_allclose(whole.hidden[:, t], d_outputs[:, t] + rest.state[0], rtol=1e-12)
    np.testing.assert_array_equal(whole.hidden[:, 5], d_outputs[:, 5])


def test_gradient_check_detects_a_wrong_gradient():
    problem = Problem("lstm", Network, "identity", squared_error, [4, 2], 1)
    gradients, expected = problem.gradients(), central_differences(problem.loss_of, problem.weights)
    gradients["weight_hh"][0, 0] += 1e-4
    assert relative_error(gradients, expected) > 1e-6
    zeros = {name: np.zeros_like(w) for name, w in expected.items()}
    assert (relative_error(zeros, expected), relative_error(zeros, zeros)) == (1.0, 0.0)
