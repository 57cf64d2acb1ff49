"""Step of a recurrent stack on a CPU with NumPy, bound by the memory bandwidth of its weights.

A step of few rows is a few products of a vector with a matrix, each bound by reading the matrix, and of small
operations, each bound by the overhead of a call. So the weights are copied into a form made for it:

- the products of the first layer with all token vectors are a table, indexed by token ids;
- of weights that do not fit the cache, a step reads first those that the step before it read last;
- NumPy does the arithmetic: its calls cost a third of PyTorch's, and its BLAS reads a matrix stored as (K, M) with all
  cores, at twice the speed of PyTorch's products of one row;
- a sigmoid is a hyperbolic tangent, sigma(x) = (1 + tanh(x / 2)) / 2, so that all gates are one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nlprnn.modules.cpu.int8_linear import Int8Linear
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import BOUNDED, MINIMAL
from nlprnn.modules.recurrent_layer import Layer
from nlprnn.modules.state import RecurrentState

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Product = Callable[[NDArray[Any]], Floats]
LayerState = tuple[Floats, Floats | None]
"""The hidden state (N, H) of one layer, and the cell state (N, H) of an LSTM."""

NumpyStep = Callable[[Ids, RecurrentState | list[LayerState]], tuple[Floats, list[LayerState]]]
"""Takes ids (N,) and the state before; returns logits (N, V) and the state of each layer after."""

FEW_ROWS = 16
"""Rows up to which this is faster than the step of the modules."""

_LARGEST_TABLE = 1 << 24
"""Most numbers in the table of the first layer, 64 MB; beyond, token vectors are multiplied in each step."""

_MIN_INT8_WEIGHTS = 1 << 17
"""Weights of an output layer from which eight bits are faster; smaller ones stay in float32."""

_HUGE_PAGE = 1 << 21
"""Bytes, on most processors."""

# Gates in PyTorch's order of weights -> the order here, those with a sigmoid first, and how many they are.
_GATE_ORDER = {
    "LSTM": ((0, 1, 3, 2), 3),  # i, f, o; g
    "GRU": ((0, 1, 2), 2),  # r, z; n
    "RNN_TANH": ((0,), 0),
    "RNN_RELU": ((0,), 0),
    "MINGRU": ((0, 1), 1),  # z; candidate
    "MINLSTM": ((0, 1, 2), 0),  # f, i, candidate: the gates need more than a sigmoid each
}


def numpy_step(
    encoder: RecurrentEncoder,
    embedding_table: Tensor,
    output_layers: Sequence[tuple[Tensor, Tensor]],
    *,
    int8: bool = False,
) -> NumpyStep:
    """Return the step of a language model on arrays, on a snapshot of the weights.

    Args:
        encoder: unidirectional, in evaluation.
        embedding_table: (V, E) float, the vector of each token.
        output_layers: weight and bias of each linear layer from the encoder's outputs to the logits.
        int8: eight-bit weights.

    Raises:
        ValueError: the encoder is bidirectional.
        RuntimeError: this PyTorch has no integer kernels.
    """
    layers = NumpyEncoder(encoder, embedding_table, int8=int8)
    if len(output_layers) == 2:  # one product with the product of the weights, where that has fewer numbers to read
        (first, first_bias), (last, last_bias) = output_layers
        merged = last @ first, last_bias + last @ first_bias
        output_layers = [merged] if merged[0].numel() <= first.numel() + last.numel() else output_layers
    products = [
        product(weight, bias, int8=int8 and weight.numel() > _MIN_INT8_WEIGHTS) for weight, bias in output_layers
    ]

    def step(ids: Ids, state: RecurrentState | list[LayerState]) -> tuple[Floats, list[LayerState]]:
        x, states = layers(ids, layer_states(state) if isinstance(state, RecurrentState) else state)
        for multiply in products:
            x = multiply(x)
        return x, states

    return step


def torch_step(step_arrays: NumpyStep) -> Callable[[Tensor, RecurrentState], tuple[Tensor, RecurrentState]]:
    """Return a NumPy step as one on tensors: (ids (N,), state) -> (log-probabilities (N, V), state after)."""
    last: tuple[RecurrentState | None, list[LayerState]] = None, []

    def step(ids: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        nonlocal last
        last_state, arrays = last
        logits, arrays = step_arrays(ids.numpy(), arrays if state is last_state else state)
        state = recurrent_state(arrays)
        last = state, arrays
        return torch.from_numpy(logits).log_softmax(dim=1), state

    return step


def layer_states(state: RecurrentState) -> list[LayerState]:
    """Return views of the state of each layer from that of all layers (N, L, H) on a CPU."""
    hidden = state.hidden.numpy().swapaxes(0, 1)
    cell = [None] * len(hidden) if state.cell is None else state.cell.numpy().swapaxes(0, 1)
    return list(zip(hidden, cell, strict=True))


def recurrent_state(states: list[LayerState]) -> RecurrentState:
    """Return the state of all layers (N, L, H) from that of each layer."""
    hidden = torch.from_numpy(np.stack([h for h, _ in states], axis=1))
    cells = [c for _, c in states if c is not None]
    return RecurrentState(hidden, torch.from_numpy(np.stack(cells, axis=1)) if cells else None)


def product(
    weight: Tensor, bias: Tensor | None = None, *, int8: bool = False, input_range: float | None = None
) -> Product:
    """Return x (N, K) -> x @ weight.T + bias (N, M) on arrays, on a snapshot of the weight.

    Args:
        weight: (M, K) float.
        bias: (M,) float; None = zeros.
        int8: round weights to eight bits and inputs to seven (see `Int8Linear`).
        input_range: upper bound of all input magnitudes, for `int8`.
    """
    weight = weight.detach().float().cpu()
    shift = torch.zeros(len(weight)) if bias is None else bias.detach().float().cpu()
    if int8:
        quantized = Int8Linear(weight, shift, input_range=input_range)
        return lambda x: quantized(torch.from_numpy(np.ascontiguousarray(x))).numpy()
    transposed, added = _empty_on_huge_pages(weight.size(1), weight.size(0)), shift.numpy().copy()
    torch.from_numpy(transposed).copy_(weight.t())
    if bias is None:
        return lambda x: x @ transposed

    def multiply(x: Floats) -> Floats:
        result: Floats = x @ transposed
        result += added
        return result

    return multiply


def _empty_on_huge_pages(rows: int, columns: int) -> Floats:
    """Return an uninitialised array that begins on a huge page; NumPy asks for such pages where they fit.

    Reading a large matrix from them takes a tenth less time than from small pages, which need more address lookups.
    """
    memory = np.empty(rows * columns + _HUGE_PAGE // 4, dtype=np.float32)
    begin = -memory.ctypes.data % _HUGE_PAGE // 4
    return memory[begin : begin + rows * columns].reshape(rows, columns)


class NumpyEncoder:
    """A unidirectional encoder that advances by one token of each row, on a snapshot of the weights.

    Args:
        encoder: unidirectional, in evaluation.
        embedding_table: (V, E) float, the vector of each token.
        int8: eight-bit weights.

    Raises:
        ValueError: the encoder is bidirectional.
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, encoder: RecurrentEncoder, embedding_table: Tensor, *, int8: bool = False) -> None:
        if encoder.bidirectional:
            raise ValueError("a bidirectional encoder cannot go step by step: build it with bidirectional=False")
        self._norms = [_LayerNorm(norm) if isinstance(norm, nn.LayerNorm) else None for norm in encoder.norms]
        first, *others = encoder.layers
        plain = not (encoder.residual or encoder.layer_norm)
        input_range = 1.0 if plain and first.mode in BOUNDED else None  # of the layers above the first
        self._residual = encoder.residual
        self._embedding = embedding_table.detach().float().cpu().numpy().copy() if encoder.residual else None
        self._layers = [_NumpyLayer(first, int8=int8, embedding_table=encoder.norms[0](embedding_table))]
        self._layers += [_NumpyLayer(layer, int8=int8, input_range=input_range) for layer in others]
        self._downwards = False
        self._ahead: tuple[Floats | None, Floats | None] = None, None  # a first layer's state, and its product

    def __call__(self, ids: Ids, states: list[LayerState]) -> tuple[Floats, list[LayerState]]:
        """Advance by one token of each row.

        Args:
            ids: (N,) tokens.
            states: of each layer, before; fastest if they are those that the last call returned.

        Returns:
            output (N, H), and the states after.
        """
        # Weights that do not fit the cache are read in an order that alternates from step to step: what was read last
        # is read first, while the cache still holds it. The products of states with their weights make this possible,
        # since they need no input; that of the first layer is computed one step ahead.
        downwards = self._downwards = not self._downwards
        state_ahead, product_ahead = self._ahead
        from_state: list[Floats | None] = [None] * len(states)
        if state_ahead is states[0][0]:
            from_state[0] = product_ahead
        if downwards:
            for index in range(len(states) - 1, 0, -1):
                from_state[index] = self._layers[index].state_product(states[index][0])
        state = self._layers[0](ids, *states[0], from_state[0])
        if not downwards:
            self._compute_ahead(state)
        after = [state]
        x = state[0] if self._embedding is None else self._with_residual(self._embedding[ids], state[0])
        for index in range(1, len(self._layers)):
            state = self._layers[index](self._normalised(index, x), *states[index], from_state[index])
            after.append(state)
            x = self._with_residual(x, state[0])
        if downwards:
            self._compute_ahead(after[0])
        return self._normalised(-1, x), after

    def _compute_ahead(self, state: LayerState) -> None:
        """Compute what the next step needs of the first layer's state, if it continues from there."""
        self._ahead = state[0], self._layers[0].state_product(state[0])

    def _normalised(self, index: int, x: Floats) -> Floats:
        norm = self._norms[index]
        return x if norm is None else norm(x)

    def _with_residual(self, x: Floats, output: Floats) -> Floats:
        return x + output if self._residual and x.shape == output.shape else output


class _NumpyLayer:
    """One layer over vectors of magnitudes up to `input_range`; over ids where an embedding table (V, E) is given."""

    def __init__(
        self,
        layer: Layer,
        *,
        int8: bool,
        input_range: float | None = None,
        embedding_table: Tensor | None = None,
    ) -> None:
        self.mode = layer.mode
        self.size = layer.hidden_size
        weights, biases = _reordered(layer)
        # Eight-bit weights all fit the cache, so that one product is faster than two.
        self.merged = int8 and self.mode in ("LSTM", "RNN_TANH", "RNN_RELU") and embedding_table is None
        self.from_state: Product | None = None
        bias = biases[0] if self.mode in (*MINIMAL, "GRU") else biases[0] + biases[1]
        if self.merged:
            self.from_input = product(torch.cat(weights, dim=1), bias, int8=int8, input_range=input_range)
            return
        if embedding_table is None:
            self.from_input = product(weights[0], bias, int8=int8, input_range=input_range)
        else:
            self.from_input = _token_products(embedding_table.detach().float().cpu(), weights[0], bias, int8=int8)
        if self.mode not in MINIMAL:
            state_range, state_bias = 1.0 if self.mode in BOUNDED else None, biases[1] if self.mode == "GRU" else None
            self.from_state = product(weights[1], state_bias, int8=int8, input_range=state_range)

    def state_product(self, h: Floats) -> Floats | None:
        """Return the product of the state (N, H) with its weights; None if merged with those of the input, or absent."""
        return None if self.from_state is None else self.from_state(h)

    def __call__(self, x: NDArray[Any], h: Floats, c: Floats | None, from_state: Floats | None) -> LayerState:
        """Return the states after an input, from the states (N, H) before and the `state_product`, if known."""
        from_input = self.from_input(np.concatenate((x, h), axis=1) if self.merged else x)
        if self.mode in MINIMAL:
            return self._minimal(from_input, h), None
        if from_state is None:
            from_state = self.state_product(h)
        if self.mode == "GRU" and from_state is not None:
            return self._gru(from_input, from_state, h), None
        if from_state is not None:
            from_input += from_state
        if c is not None:
            return self._lstm(from_input, c)
        return (np.tanh(from_input) if self.mode == "RNN_TANH" else np.maximum(from_input, 0.0)), None

    def _lstm(self, total: Floats, c: Floats) -> tuple[Floats, Floats]:
        size = self.size
        gates = np.tanh(total, out=total)
        sigmoids, g = _sigmoid(gates[:, : 3 * size]), gates[:, 3 * size :]
        i, f, o = sigmoids[:, :size], sigmoids[:, size : 2 * size], sigmoids[:, 2 * size :]
        c = f * c
        c += i * g
        return o * np.tanh(c), c

    def _gru(self, from_input: Floats, from_state: Floats, h: Floats) -> Floats:
        size = self.size
        sigmoids = _sigmoid(np.tanh(from_input[:, : 2 * size] + from_state[:, : 2 * size]))
        r, z = sigmoids[:, :size], sigmoids[:, size:]
        n = np.tanh(from_input[:, 2 * size :] + r * from_state[:, 2 * size :])
        return n + z * (h - n)

    def _minimal(self, total: Floats, h: Floats) -> Floats:
        size = self.size
        if self.mode == "MINGRU":
            half = total[:, :size]
        else:  # i / (f + i), as a difference of logarithms
            f, i = total[:, :size], total[:, size : 2 * size]
            half = (0.5 * (np.logaddexp(0, -f) - np.logaddexp(0, -i))).astype(np.float32, copy=False)
        return h + _sigmoid(np.tanh(half)) * (total[:, -size:] - h)


class _LayerNorm:
    """Layer norm of the rows of an array."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self.weight, self.bias = (tensor.detach().float().cpu().numpy().copy() for tensor in (norm.weight, norm.bias))
        self.eps = norm.eps

    def __call__(self, x: Floats) -> Floats:
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt(np.square(x).mean(axis=1, keepdims=True) + self.eps) * self.weight + self.bias


def _token_products(vectors: Tensor, weight: Tensor, bias: Tensor, *, int8: bool) -> Product:
    """Return ids (N,) -> products (N, M) of their vectors (V, E): from a table, unless it is too large."""
    if len(vectors) * len(weight) <= _LARGEST_TABLE:
        table = torch.addmm(bias, vectors, weight.t()).numpy()
        return lambda ids: table[ids]
    multiply, rows = product(weight, bias, int8=int8), vectors.numpy().copy()
    return lambda ids: multiply(rows[ids])


def _reordered(layer: Layer) -> tuple[list[Tensor], list[Tensor]]:
    """Return copies of weights and biases of input and state, gates in `_GATE_ORDER`, those with a sigmoid halved."""
    (parameters,) = layer.all_weights
    half = len(parameters) // 2
    order, sigmoids = _GATE_ORDER[layer.mode]
    reordered = []
    for parameter in parameters:
        gates = parameter.detach().float().cpu().unflatten(0, (-1, layer.hidden_size))[list(order)]
        gates[:sigmoids] *= 0.5
        reordered.append(gates.flatten(0, 1))
    return reordered[:half], reordered[half:]


def _sigmoid(tangents: Floats) -> Floats:
    """Turn tanh(x / 2) into sigma(x), in place."""
    tangents *= 0.5
    tangents += 0.5
    return tangents
