"""Step of a recurrent stack on a CPU with NumPy, bound by the memory bandwidth of its weights, or by its products.

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

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nlprnn.modules.cpu.numpy_layer import Floats, LayerState, NumpyLayer, NumpyLayerNorm, product
from nlprnn.modules.input_types import check_state_type
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import BOUNDED
from nlprnn.modules.state import RecurrentState

Ids = NDArray[np.int64]

NumpyStep = Callable[[Ids, RecurrentState | list[LayerState]], tuple[Floats, list[LayerState]]]
"""Takes ids (N,) and the state before; returns logits (N, V) and the state of each layer after."""

FEW_ROWS = 512
"""Rows up to which this has been measured to be faster than the step of the modules: twice as fast with 64 rows."""

_MIN_INT8_WEIGHTS = 1 << 17
"""Weights of an output layer from which eight bits are faster; smaller ones stay in float32."""


def numpy_step(
    encoder: RecurrentEncoder,
    embedding_table: Tensor,
    output_layers: Sequence[tuple[Tensor, Tensor]],
    *,
    int8: bool,
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
    """Return a NumPy step as one on tensors, which gives log-probabilities (N, V)."""
    last: tuple[RecurrentState | None, list[LayerState]] = None, []

    def step(ids: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        nonlocal last
        check_state_type(state, RecurrentState)
        last_state, arrays = last
        logits, arrays = step_arrays(ids.numpy(), arrays if state is last_state else state)
        state = recurrent_state(arrays)
        last = state, arrays
        return torch.from_numpy(logits).log_softmax(dim=1), state

    return step


def layer_states(state: RecurrentState) -> list[LayerState]:
    """Return views of the state of each layer from that of all layers (N, L, H) on a CPU."""
    hidden = state.hidden.float().numpy().swapaxes(0, 1)
    cell = [None] * len(hidden) if state.cell is None else state.cell.float().numpy().swapaxes(0, 1)
    return list(zip(hidden, cell, strict=True))


def recurrent_state(states: list[LayerState]) -> RecurrentState:
    """Return the state of all layers (N, L, H) from that of each layer."""
    hidden = torch.from_numpy(np.stack([h for h, _ in states], axis=1))
    cells = [c for _, c in states if c is not None]
    return RecurrentState(hidden, torch.from_numpy(np.stack(cells, axis=1)) if cells else None)


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

    def __init__(self, encoder: RecurrentEncoder, embedding_table: Tensor, *, int8: bool) -> None:
        if encoder.bidirectional:
            raise ValueError("a bidirectional encoder cannot go step by step: build it with bidirectional=False")
        self._norms = [NumpyLayerNorm(norm) if isinstance(norm, nn.LayerNorm) else None for norm in encoder.norms]
        first, *others = encoder.layers
        plain = not (encoder.residual or encoder.layer_norm)
        input_range = 1.0 if plain and first.mode in BOUNDED else None  # of the layers above the first
        self._residual = encoder.residual
        self._embedding = embedding_table.detach().float().cpu().numpy().copy() if encoder.residual else None
        self._layers = [NumpyLayer(first, int8=int8, embedding_table=encoder.norms[0](embedding_table))]
        self._layers += [NumpyLayer(layer, int8=int8, input_range=input_range) for layer in others]
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
