"""Recurrent layer and matrix product of one time step with NumPy; see `numpy_step`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nlprnn.modules.cpu.int8_linear import Int8Linear
from nlprnn.modules.cpu.linear import packed_linear
from nlprnn.modules.recurrent_cells import BOUNDED, MINIMAL
from nlprnn.modules.recurrent_layer import Layer

Floats = NDArray[np.float32]
Product = Callable[[NDArray[Any]], Floats]
LayerState = tuple[Floats, Floats | None]
"""The hidden state (N, H) of one layer, and the cell state (N, H) of an LSTM."""

_LARGEST_TABLE = 1 << 24
"""Most numbers in the table of the first layer, 64 MB; beyond, token vectors are multiplied in each step."""

_HUGE_PAGE = 1 << 21
"""Bytes, on most processors."""

# Gates in PyTorch's order of weights -> the order here, those with a sigmoid first, and how many they are.
_GATE_ORDER = {
    "LSTM": ((0, 1, 3, 2), 3),  # i, f, o; g
    "GRU": ((0, 1, 2), 2),  # r, z; n
    "RNN_TANH": ((0,), 0),
    "RNN_RELU": ((0,), 0),
    "RNN_SIGMOID": ((0,), 1),
    "MINGRU": ((0, 1), 1),  # z; candidate
    "MINLSTM": ((0, 1, 2), 0),  # f, i, candidate: the gates need more than a sigmoid each
}


class NumpyLayer:
    """One unidirectional layer, token by token, on a snapshot of the weights.

    Args:
        layer: whose weights are copied.
        int8: eight-bit weights.
        input_range: upper bound of all input magnitudes, for `int8`.
        embedding_table: (V, E) float, the vector of each token: inputs are then ids.
    """

    def __init__(
        self, layer: Layer, *, int8: bool, input_range: float | None = None, embedding_table: Tensor | None = None
    ) -> None:
        self.mode = layer.mode
        self.size = layer.hidden_size
        weights, biases = _reordered(layer)
        # Eight-bit weights all fit the cache, so that one product is faster than two.
        self.merged = int8 and self.mode in ("LSTM", "RNN_TANH", "RNN_RELU", "RNN_SIGMOID") and embedding_table is None
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
        """Return the product of the state (N, H) with its weights; None if they are merged or absent."""
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
        if self.mode == "RNN_RELU":
            return np.maximum(from_input, 0.0), None
        h = np.tanh(from_input)
        return (_sigmoid(h) if self.mode == "RNN_SIGMOID" else h), None

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


class NumpyLayerNorm:
    """Layer norm of the rows of an array."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self.weight, self.bias = (tensor.detach().float().cpu().numpy().copy() for tensor in (norm.weight, norm.bias))
        self.eps = norm.eps

    def __call__(self, x: Floats) -> Floats:
        """Return the normalised rows of x (N, H)."""
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt(np.square(x).mean(axis=1, keepdims=True) + self.eps) * self.weight + self.bias


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


def product(
    weight: Tensor, bias: Tensor | None = None, *, int8: bool = False, input_range: float | None = None
) -> Product:
    """Return the function x @ weight.T + bias, from arrays (N, K) to (N, M), on a snapshot of the weight.

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
    snapshot = torch.from_numpy(transposed).t(), torch.from_numpy(added)
    pack = cache(partial(packed_linear, *snapshot))  # at the first step of several rows

    def multiply(x: Floats) -> Floats:
        if len(x) > 1 and (packed := pack()) is not None:
            product_of_rows: Floats = packed(torch.from_numpy(np.ascontiguousarray(x))).numpy()
            return product_of_rows
        result: Floats = x @ transposed
        if bias is not None:
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


def _token_products(vectors: Tensor, weight: Tensor, bias: Tensor, *, int8: bool) -> Product:
    """Return the function from ids (N,) to products (N, M) of their vectors: a table, unless it is too large."""
    if len(vectors) * len(weight) <= _LARGEST_TABLE:
        table = torch.addmm(bias, vectors, weight.t()).numpy()
        return lambda ids: table[ids]
    multiply, rows = product(weight, bias, int8=int8), vectors.numpy().copy()
    return lambda ids: multiply(rows[ids])
