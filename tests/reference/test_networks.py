"""Networks of the reference: shapes, masks, states, and training to a target."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from nlprnn.reference import (
    GRU,
    LSTM,
    Adam,
    EncoderDecoder,
    ManyToOne,
    Network,
    SimpleRNN,
    activation,
    clip_by_norm,
    cross_entropy,
    run_forward,
    sigmoid,
    softmax,
    squared_error,
)

CELLS = {"rnn": SimpleRNN(), "lstm": LSTM(), "gru": GRU()}
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_reference_needs_no_torch():
    code = "import sys, nlprnn.reference; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@every_cell
def test_rows_depend_on_neither_padding_nor_neighbours(cell, rng):
    for network in (Network(cell), ManyToOne(cell)):
        weights, x = network.initial_weights(2, 3, 2, rng=rng), rng.normal(size=(3, 5, 2))
        mask = np.arange(5) < np.array([5, 2, 0])[:, None]
        padded = np.where(mask[:, :, None], x, np.nan)
        run = network.forward(weights, padded, mask=mask)
        for row, length in enumerate([5, 2, 0]):
            single = network.forward(weights, x[row : row + 1, :length])
            outputs = run.outputs[row, :length] if type(network) is Network else run.outputs[row]
            np.testing.assert_allclose(outputs, single.outputs[0], rtol=1e-12)
            np.testing.assert_allclose(run.layer.state[0][row], single.layer.state[0][0], rtol=1e-12)
        assert not run.layer.outputs[~mask].any()


@every_cell
def test_segments_that_carry_the_state_equal_one_pass(cell, rng):
    network = Network(cell)
    weights, x = network.initial_weights(2, 3, 2, rng=rng), rng.normal(size=(3, 5, 2))
    first = network.forward(weights, x[:, :2])
    second = network.forward(weights, x[:, 2:], state=first.layer.state)
    whole = network.forward(weights, x)
    np.testing.assert_allclose(np.concatenate([first.outputs, second.outputs], axis=1), whole.outputs, rtol=1e-12)


@every_cell
def test_initial_recurrent_weights_are_orthogonal(cell, rng):
    weights = Network(cell).initial_weights(2, 4, 1, rng=rng)
    for gate in np.split(weights["weight_hh"], cell.gates):
        np.testing.assert_allclose(gate @ gate.T, np.eye(4), atol=1e-12)
    assert weights["bias_ih"].sum() == (4 if isinstance(cell, LSTM) else 0)


@every_cell
def test_encoder_decoder_learns_to_reverse(cell, rng):
    network = EncoderDecoder(cell)
    digits = rng.integers(0, 2, size=(24, 3))
    x, targets = np.eye(2)[digits], np.concatenate([digits[:, ::-1], digits[:, :1]], axis=1)  # one longer
    decoder_x = np.concatenate([np.zeros((24, 1, 2)), np.eye(2)[targets[:, :-1]]], axis=1)
    weights, adam = network.initial_weights(2, 10, 2, rng=rng), Adam(0.03)
    for _ in range(80):
        run = network.forward(weights, x, decoder_x)
        loss, d_outputs = cross_entropy(run.outputs, targets)
        weights = adam.update(weights, clip_by_norm(network.backward(weights, run, d_outputs), 1.0))
    assert loss < 0.1
    predicted = network.predict(weights, x, 4, next_input=lambda y: np.eye(2)[y.argmax(axis=2)])
    np.testing.assert_array_equal(predicted.argmax(axis=2), targets)


def test_predictions_with_forced_inputs_equal_the_forward_pass(rng):
    network = EncoderDecoder(LSTM())
    weights, x = network.initial_weights(1, 3, 1, rng=rng), rng.normal(size=(2, 4, 1))
    predicted = network.predict(weights, x, 3)
    decoder_x = np.concatenate([np.zeros((2, 1, 1)), predicted[:, :-1]], axis=1)
    np.testing.assert_allclose(network.forward(weights, x, decoder_x).outputs, predicted, rtol=1e-12)


def test_gru_with_update_gate_of_one_keeps_the_state(rng):
    weights = Network(GRU()).initial_weights(2, 3, 1, rng=rng)
    weights["bias_ih"][3:6] = 100.0
    state = (rng.normal(size=(2, 3)),)
    np.testing.assert_allclose(run_forward(GRU(), weights, np.ones((2, 9, 2)), state=state).state[0], state[0])


def test_activations_of_large_numbers_are_finite():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        np.testing.assert_array_equal(sigmoid(np.array([-1e4, 0.0, 1e4])), [0.0, 0.5, 1.0])
        np.testing.assert_array_equal(softmax(np.array([[1e4, 1e4]])), [[0.5, 0.5]])
        loss, gradient = cross_entropy(np.array([[0.0, 1e4]]), np.array([0]))
    assert loss == 1e4
    np.testing.assert_array_equal(gradient, [[-1.0, 1.0]])


def test_losses_are_means_over_what_counts():
    outputs, mask = np.array([[1.0, 3.0], [9.0, 9.0]]), np.array([True, False])
    loss, gradient = squared_error(outputs, np.zeros((2, 2)), mask)
    assert loss == 5.0
    np.testing.assert_array_equal(gradient, [[1.0, 3.0], [0.0, 0.0]])
    assert cross_entropy(np.zeros((2, 4)), np.array([0, -1]), mask)[0] == pytest.approx(np.log(4.0))


def test_unknown_activations_are_refused():
    for build in (activation, SimpleRNN, lambda name: Network(LSTM(), name)):
        with pytest.raises(ValueError, match=r"'softplus'.*sigmoid, tanh, relu"):
            build("softplus")
