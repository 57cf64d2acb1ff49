"""Recurrent networks: many-to-one, one output a step, and encoder-decoder for outputs of another length.

The output layer is y = s(W_o h + b_o) with `weight_out` = W_o (O, H) and `bias_out` = b_o (O,); s is the identity where
the loss takes logits or numbers of any size. A forward pass returns outputs and all that the backward pass needs; a
backward pass takes the gradient of the loss to the outputs and returns those to the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nlprnn.reference.activations import Activation, ActivationName, Array, activation
from nlprnn.reference.cells import Cell, State, Weights
from nlprnn.reference.layer import LayerRun, Mask, run_backward, run_forward

WEIGHT_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_out", "bias_out")
"""Weights of a network, in the order of the parameters of a PyTorch layer and a linear layer after it."""


class NetworkRun(NamedTuple):
    """The forward pass of a network.

    Attributes:
        outputs: y, (B, O) of many-to-one and (B, T, O) of the others.
        layer: the forward pass of the recurrent layer, which has the final state.
        encoder: the forward pass of the encoder, if there is one.
    """

    outputs: Array
    layer: LayerRun
    encoder: LayerRun | None = None


class Network:
    """Recurrent network with an output at each step: y_t = s(W_o h_t + b_o).

    Args:
        cell: the equations of a step.
        output: s, "identity", "sigmoid", "tanh" or "relu".

    Raises:
        ValueError: there is no such activation.
    """

    def __init__(self, cell: Cell, output: ActivationName = "identity") -> None:
        self.cell = cell
        self.s = activation(output)

    def initial_weights(
        self, input_size: int, hidden_size: int, output_size: int, *, rng: np.random.Generator
    ) -> Weights:
        """Draw weights: W and W_o keep the variance of what they multiply, U is orthogonal in each gate, biases are 0.

        Sources: LeCun et al. 1998, "Efficient BackProp"; Saxe et al. 2014. The forget gate of an LSTM begins open, with
        a bias of 1 (Jozefowicz et al. 2015).
        """
        rows = self.cell.gates * hidden_size
        squares = rng.normal(size=(self.cell.gates, hidden_size, hidden_size))
        weights = {
            "weight_ih": rng.normal(scale=input_size**-0.5, size=(rows, input_size)),
            "weight_hh": np.linalg.qr(squares).Q.reshape(rows, hidden_size),
            "bias_ih": np.zeros(rows),
            "bias_hh": np.zeros(rows),
            "weight_out": rng.normal(scale=hidden_size**-0.5, size=(output_size, hidden_size)),
            "bias_out": np.zeros(output_size),
        }
        if self.cell.states == 2:
            weights["bias_ih"][hidden_size : 2 * hidden_size] = 1.0
        return weights

    def forward(
        self, weights: Weights, x: Array, *, mask: Mask | None = None, state: State | None = None
    ) -> NetworkRun:
        """Return y_t = s(W_o h_t + b_o), (B, T, O), of inputs x (B, T, E).

        Args:
            weights: from `initial_weights`.
            x: (B, T, E).
            mask: (B, T), True = real step; None = all real.
            state: initial state, such as the final one of the segment before; None = zeros.
        """
        layer = run_forward(self.cell, weights, x, mask=mask, state=state)
        return NetworkRun(_output(self.s, weights, layer.outputs), layer)

    def backward(self, weights: Weights, run: NetworkRun, d_outputs: Array, *, truncate: int | None = None) -> Weights:
        """Return the gradients to the weights from those to the outputs, (B, T, O).

        Args:
            weights: those of the forward pass.
            run: the forward pass.
            d_outputs: dL/dy, (B, T, O).
            truncate: steps per segment of truncated back-propagation through time; None = no truncation.
        """
        d_hidden, gradients = _output_gradients(self.s, weights, run.layer.outputs, run.outputs, d_outputs)
        layer = run_backward(self.cell, weights, run.layer, d_hidden, truncate=truncate)
        return {**layer.weights, **gradients}


class ManyToOne(Network):
    """Recurrent network with one output a sequence: y = s(W_o h_T + b_o), h_T after the last real step of each row."""

    def forward(
        self, weights: Weights, x: Array, *, mask: Mask | None = None, state: State | None = None
    ) -> NetworkRun:
        """Return y = s(W_o h_T + b_o), (B, O), of inputs x (B, T, E)."""
        layer = run_forward(self.cell, weights, x, mask=mask, state=state)
        return NetworkRun(_output(self.s, weights, layer.state[0]), layer)

    def backward(self, weights: Weights, run: NetworkRun, d_outputs: Array, *, truncate: int | None = None) -> Weights:
        """Return the gradients to the weights from those to y, (B, O): the loss reaches h_T, through it all else."""
        d_h, gradients = _output_gradients(self.s, weights, run.layer.state[0], run.outputs, d_outputs)
        d_state = (d_h, *(np.zeros_like(array) for array in run.layer.state[1:]))
        no_outputs = np.zeros_like(run.layer.outputs)
        layer = run_backward(self.cell, weights, run.layer, no_outputs, d_state=d_state, truncate=truncate)
        return {**layer.weights, **gradients}


class EncoderDecoder:
    """Many-to-many of another length (Sutskever et al. 2014; Cho et al. 2014).

    The encoder reads x_1 ... x_S; its final state is the decoder's initial one. The decoder is a network with an output
    at each step, y_t = s(W_o h_t + b_o), that reads the output before: in training that of the target (teacher forcing,
    Williams & Zipser 1989), in use its own.

    Args:
        cell: the equations of a step, of encoder and decoder.
        output: s, "identity", "sigmoid", "tanh" or "relu".
    """

    def __init__(self, cell: Cell, output: ActivationName = "identity") -> None:
        self.cell = cell
        self.decoder = Network(cell, output)

    def initial_weights(
        self, input_size: int, hidden_size: int, output_size: int, *, rng: np.random.Generator
    ) -> Weights:
        """Draw weights, of which those of the encoder have the prefix `encoder.`; a decoder reads what it puts out."""
        encoder = self.decoder.initial_weights(input_size, hidden_size, output_size, rng=rng)
        decoder = self.decoder.initial_weights(output_size, hidden_size, output_size, rng=rng)
        return {**{f"encoder.{name}": w for name, w in encoder.items() if not name.endswith("_out")}, **decoder}

    def forward(
        self,
        weights: Weights,
        x: Array,
        decoder_x: Array,
        *,
        mask: Mask | None = None,
        decoder_mask: Mask | None = None,
    ) -> NetworkRun:
        """Return y_1 ... y_T, (B, T, O), with teacher forcing.

        Args:
            weights: from `initial_weights`.
            x: (B, S, E).
            decoder_x: the targets one step later, zeros first, (B, T, O).
            mask: of x, (B, S), True = real step; None = all real.
            decoder_mask: of `decoder_x`, (B, T); None = all real.
        """
        encoder = run_forward(self.cell, _encoder_weights(weights), x, mask=mask)
        run = self.decoder.forward(weights, decoder_x, mask=decoder_mask, state=encoder.state)
        return run._replace(encoder=encoder)

    def backward(self, weights: Weights, run: NetworkRun, d_outputs: Array) -> Weights:
        """Return the gradients to the weights from those to the outputs, (B, T, O).

        dL/dh_S of the encoder's final state is the gradient to the decoder's initial one.
        """
        assert run.encoder is not None
        d_hidden, gradients = _output_gradients(self.decoder.s, weights, run.layer.outputs, run.outputs, d_outputs)
        decoder = run_backward(self.cell, weights, run.layer, d_hidden)
        no_outputs = np.zeros_like(run.encoder.outputs)
        encoder = run_backward(self.cell, _encoder_weights(weights), run.encoder, no_outputs, d_state=decoder.state)
        return {**{f"encoder.{name}": g for name, g in encoder.weights.items()}, **decoder.weights, **gradients}

    def predict(
        self, weights: Weights, x: Array, length: int, *, next_input: Callable[[Array], Array] = lambda y: y
    ) -> Array:
        """Return y_1 ... y_T, (B, T, O), where the decoder reads its own outputs.

        Args:
            weights: from `initial_weights`.
            x: (B, S, E).
            length: T.
            next_input: what the decoder reads after an output (B, 1, O), such as the one-hot vector of its maximum.
        """
        state = run_forward(self.cell, _encoder_weights(weights), x).state
        decoder_x, outputs = np.zeros((len(x), 1, len(weights["bias_out"]))), []
        for _ in range(length):
            run = self.decoder.forward(weights, decoder_x, state=state)
            decoder_x, state = next_input(run.outputs), run.layer.state
            outputs.append(run.outputs)
        return np.concatenate(outputs, axis=1)


def _output(s: Activation, weights: Weights, h: Array) -> Array:
    """Compute y = s(W_o h + b_o), (..., O), of hidden states h (..., H)."""
    return s.value(h @ weights["weight_out"].T + weights["bias_out"])


def _output_gradients(
    s: Activation, weights: Weights, h: Array, outputs: Array, d_outputs: Array
) -> tuple[Array, Weights]:
    """Return dL/dh (..., H), and the gradients to W_o and b_o, summed over batch and steps.

    With a = W_o h + b_o: dL/da = dL/dy * s'(a), dL/dh = W_o^T dL/da, dL/dW_o = sum dL/da h^T, dL/db_o = sum dL/da.
    """
    d_a = d_outputs * s.slope(outputs)
    rows, hidden = d_a.reshape(-1, d_a.shape[-1]), h.reshape(-1, h.shape[-1])
    return d_a @ weights["weight_out"], {"weight_out": rows.T @ hidden, "bias_out": rows.sum(axis=0)}


def _encoder_weights(weights: Weights) -> Weights:
    """Return the weights of the encoder, without their prefix."""
    return {name.removeprefix("encoder."): w for name, w in weights.items() if name.startswith("encoder.")}
