"""A recurrent stack that reads one token at a time on a CPU, as fast as the memory gives its weights.

A step of few rows is a handful of products of a vector with a matrix, each bound by reading the matrix, and of small
operations, each bound by being called at all. So the weights are taken out of their modules and laid out for it:

- the products of the first layer with all token vectors are a table, in which a token is looked up;
- of weights that are too many for the cache, a step reads first those that the step before it read last;
- NumPy does the arithmetic: its calls cost a third of PyTorch's, and its BLAS reads a matrix that lies as (K, M)
  with all cores, at twice the speed of PyTorch's products of one row;
- a sigmoid is a hyperbolic tangent, sigma(x) = (1 + tanh(x / 2)) / 2, so that all gates are one call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nlprnn.modules.cpu.linear import Int8Linear
from nlprnn.modules.minimal_layer import MINIMAL
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import BOUNDED
from nlprnn.modules.recurrent_layer import Layer
from nlprnn.modules.state import RecurrentState

Floats = NDArray[np.float32]
Product = Callable[[Floats], Floats]
LayerState = tuple[Floats, Floats | None]
"""The hidden state (N, H) of one layer, and the cell state (N, H) of an LSTM."""

_LARGEST_TABLE = 1 << 24
"""Numbers that the table of the first layer may hold, 64 MB; beyond, token vectors are multiplied as they come."""

_HUGE_PAGE = 1 << 21
"""Bytes, on most processors."""

# Gates in PyTorch's order of weights -> the order here, those with a sigmoid first, and how many they are.
_ORDER = {
    "LSTM": ((0, 1, 3, 2), 3),  # input, forget, output; cell
    "GRU": ((0, 1, 2), 2),  # reset, update; new
    "RNN_TANH": ((0,), 0),
    "RNN_RELU": ((0,), 0),
    "MINGRU": ((0, 1), 1),  # update; candidate
    "MINLSTM": ((0, 1, 2), 0),  # forget, input, candidate: the gates want more than a sigmoid each
}


def product(weight: Tensor, bias: Tensor | None = None, *, int8: bool = False, bound: float | None = None) -> Product:
    """Return x (N, K) -> x @ weight.T + bias (N, M) on arrays, with the weights (M, K) of now.

    Args:
        weight: (M, K) float.
        bias: (M,) float; None = zeros.
        int8: round weights to eight bits and what is read to seven (see `Int8Linear`).
        bound: what no magnitude that is read exceeds, for `int8`.
    """
    weight = weight.detach().float().cpu()
    shift = torch.zeros(len(weight)) if bias is None else bias.detach().float().cpu()
    if int8:
        quantized = Int8Linear(weight, shift, bound=bound)
        return lambda x: quantized(torch.from_numpy(np.ascontiguousarray(x))).numpy()
    turned, added = _on_huge_pages(weight.size(1), weight.size(0)), shift.numpy().copy()
    torch.from_numpy(turned).copy_(weight.t())
    if bias is None:
        return lambda x: x @ turned

    def multiply(x: Floats) -> Floats:
        result = x @ turned
        result += added
        return result

    return multiply


def _on_huge_pages(rows: int, columns: int) -> Floats:
    """An array of any numbers that begins where a huge page does; NumPy asks for such pages where they fit.

    Reading a large matrix from them takes a tenth less time than from small ones, whose places are looked up.
    """
    memory = np.empty(rows * columns + _HUGE_PAGE // 4, dtype=np.float32)
    begin = -memory.ctypes.data % _HUGE_PAGE // 4
    return memory[begin : begin + rows * columns].reshape(rows, columns)


def layer_states(state: RecurrentState) -> list[LayerState]:
    """(N, L, H) of all layers on a CPU -> views of each."""
    hidden = state.hidden.numpy().swapaxes(0, 1)
    cell = [None] * len(hidden) if state.cell is None else state.cell.numpy().swapaxes(0, 1)
    return list(zip(hidden, cell, strict=True))


def recurrent_state(states: list[LayerState]) -> RecurrentState:
    """What each layer holds -> (N, L, H) of all layers."""
    hidden, cell = zip(*states, strict=True)
    return RecurrentState(
        *(None if part[0] is None else torch.from_numpy(np.stack(part, axis=1)) for part in (hidden, cell))
    )


class FastStep:
    """The layers of an encoder in one direction, for one token at a time; keeps the weights of now.

    Args:
        encoder: one direction, in evaluation.
        table: (V, E) float, the vector of each token.
        int8: weights of eight bits.

    Raises:
        ValueError: the encoder is bidirectional.
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, encoder: RecurrentEncoder, table: Tensor, *, int8: bool = False) -> None:
        if encoder.bidirectional:
            raise ValueError("a bidirectional encoder cannot go step by step: build it with bidirectional=False")
        self._residual = encoder.residual
        self._norms = [_Norm(norm) if isinstance(norm, nn.LayerNorm) else None for norm in encoder.norms]
        plain = not (encoder.residual or encoder.layer_norm)
        bound = 1.0 if plain and encoder.layers[0].mode in BOUNDED else None  # of what layers above the first read
        first, *above = encoder.layers
        self._table = table.detach().float().cpu().numpy().copy() if encoder.residual else None
        self._layers = [_FastLayer(first, int8=int8, tokens=encoder.norms[0](table))]
        self._layers += [_FastLayer(layer, int8=int8, bound=bound) for layer in above]
        self._turned = False
        self._ahead: tuple[Floats | None, Floats | None] = None, None  # a first layer's state, and its product

    def __call__(self, ids: NDArray[np.int64], states: list[LayerState]) -> tuple[Floats, list[LayerState]]:
        """Read one token of each row.

        Args:
            ids: (N,) tokens.
            states: of each layer, before; fastest if they are those that the last call returned.

        Returns:
            output (N, H), and the states after.
        """
        # Weights of more numbers than the cache holds are read in an order that turns round from step to step: what
        # was read last comes first, before it is gone. The products of states with their weights leave that free,
        # since they need no input; that of the first layer is made a step ahead.
        turned = self._turned = not self._turned
        state_ahead, product_ahead = self._ahead
        own: list[Floats | None] = [None] * len(states)
        if state_ahead is states[0][0]:
            own[0] = product_ahead
        if turned:
            for index in range(len(states) - 1, 0, -1):
                own[index] = self._layers[index].own_product(states[index][0])
        after = []
        x: Floats | None = self._table[ids] if self._residual else None
        for index, (layer, state) in enumerate(zip(self._layers, states, strict=True)):
            read = ids if index == 0 else x if self._norms[index] is None else self._norms[index](x)
            state = layer(read, *state, own[index])
            after.append(state)
            if index == 0 and not turned:
                self._look_ahead(state)
            output = state[0]
            x = x + output if self._residual and x.shape == output.shape else output
        if turned:
            self._look_ahead(after[0])
        return x if self._norms[-1] is None else self._norms[-1](x), after

    def _look_ahead(self, state: LayerState) -> None:
        """Make what the next step needs of the first layer's state, if it goes on from there."""
        self._ahead = state[0], self._layers[0].own_product(state[0])


class _FastLayer:
    """One layer. It reads vectors no longer than `bound`; or ids, where there are the vectors (V, E) of all tokens."""

    def __init__(self, layer: Layer, *, int8: bool, bound: float | None = None, tokens: Tensor | None = None) -> None:
        self.mode = layer.mode
        self.size = layer.hidden_size
        weights, shift = _laid_out(layer)
        # Eight bits all lie in the cache, so that one call is better than two.
        self.joined = int8 and self.mode in ("LSTM", "RNN_TANH", "RNN_RELU") and tokens is None
        self.from_state: Product | None = None
        from_input = shift[0] if self.mode in (*MINIMAL, "GRU") else shift[0] + shift[1]
        if self.joined:
            self.from_input = product(torch.cat(weights, dim=1), from_input, int8=int8, bound=bound)
            return
        if tokens is None:
            self.from_input = product(weights[0], from_input, int8=int8, bound=bound)
        else:
            self.from_input = _looked_up(tokens.detach().float().cpu(), weights[0], from_input, int8=int8)
        if self.mode not in MINIMAL:
            own, shift_own = 1.0 if self.mode in BOUNDED else None, shift[1] if self.mode == "GRU" else None
            self.from_state = product(weights[1], shift_own, int8=int8, bound=own)

    def own_product(self, hidden: Floats) -> Floats | None:
        """The product of the state (N, H) with its weights, where it has such weights of their own."""
        return None if self.from_state is None else self.from_state(hidden)

    def __call__(self, x: NDArray, hidden: Floats, cell: Floats | None, own: Floats | None) -> LayerState:
        """What is read, the states (N, H) before and the `own_product`, None = to be made -> the states after."""
        total = self.from_input(np.concatenate((x, hidden), axis=1) if self.joined else x)
        if self.mode in MINIMAL:
            return self._minimal(total, hidden), None
        own = self.own_product(hidden) if own is None else own
        if self.mode == "GRU":
            return self._gru(total, own, hidden), None
        if own is not None:
            total += own
        if self.mode == "LSTM":
            return self._lstm(total, cell)
        return (np.tanh(total) if self.mode == "RNN_TANH" else np.maximum(total, 0.0)), None

    def _lstm(self, total: Floats, cell: Floats) -> tuple[Floats, Floats]:
        size = self.size
        gates = np.tanh(total, out=total)
        sigmoids = _opened(gates[:, : 3 * size])
        cell = sigmoids[:, size : 2 * size] * cell
        cell += sigmoids[:, :size] * gates[:, 3 * size :]
        return sigmoids[:, 2 * size :] * np.tanh(cell), cell

    def _gru(self, from_input: Floats, from_state: Floats, hidden: Floats) -> Floats:
        size = self.size
        sigmoids = _opened(np.tanh(from_input[:, : 2 * size] + from_state[:, : 2 * size]))
        new = np.tanh(from_input[:, 2 * size :] + sigmoids[:, :size] * from_state[:, 2 * size :])
        return new + sigmoids[:, size:] * (hidden - new)

    def _minimal(self, total: Floats, hidden: Floats) -> Floats:
        size = self.size
        if self.mode == "MINGRU":
            half = total[:, :size]
        else:  # input / (forget + input), as a difference of logarithms
            half = 0.5 * (np.logaddexp(0, -total[:, :size]) - np.logaddexp(0, -total[:, size : 2 * size]))
        return hidden + _opened(np.tanh(half)) * (total[:, -size:] - hidden)


class _Norm:
    """Layer norm of the rows of an array."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self.weight, self.bias = (part.detach().float().cpu().numpy().copy() for part in (norm.weight, norm.bias))
        self.eps = norm.eps

    def __call__(self, x: Floats) -> Floats:
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt(np.square(x).mean(axis=1, keepdims=True) + self.eps) * self.weight + self.bias


def _looked_up(tokens: Tensor, weight: Tensor, bias: Tensor, *, int8: bool) -> Callable[[NDArray[np.int64]], Floats]:
    """Ids (N,) -> the products of their vectors: from a table of all tokens (V, E), unless it were too large."""
    if len(tokens) * len(weight) <= _LARGEST_TABLE:
        table = torch.addmm(bias, tokens, weight.t()).numpy()
        return lambda ids: table[ids]
    multiply, rows = product(weight, bias, int8=int8), tokens.numpy().copy()
    return lambda ids: multiply(rows[ids])


def _laid_out(layer: Layer) -> tuple[list[Tensor], list[Tensor]]:
    """Weights and biases of input and state, gates in the order here, those with a sigmoid halved."""
    (parameters,) = layer.all_weights
    half = len(parameters) // 2
    order, sigmoids = _ORDER[layer.mode]
    parts = []
    for parameter in parameters:
        gates = parameter.detach().float().cpu().unflatten(0, (-1, layer.hidden_size))[list(order)]  # a copy
        gates[:sigmoids] *= 0.5
        parts.append(gates.flatten(0, 1))
    return parts[:half], parts[half:]


def _opened(tangents: Floats) -> Floats:
    """tanh(x / 2) -> sigma(x), in place."""
    tangents *= 0.5
    tangents += 0.5
    return tangents
