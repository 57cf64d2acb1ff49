"""One token of a recurrent layer in one direction."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.cpu.linear import Int8Linear, linear
from nlprnn.modules.minimal_layer import MINIMAL, step_minimal, update_minimal
from nlprnn.modules.recurrent_layer import Layer
from nlprnn.modules.state import RecurrentState

BOUNDED = ("LSTM", "GRU", "RNN_TANH")
"""The modes whose hidden state lies between -1 and 1."""

_FUSED = {"GRU": torch.gru_cell, "RNN_TANH": torch.rnn_tanh_cell, "RNN_RELU": torch.rnn_relu_cell}


def step_layer(
    mode: str, weights: list[Tensor], x: Tensor, hidden: Tensor, cell: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Read one token of each row.

    Args:
        mode: "LSTM", "GRU", "RNN_TANH" or "RNN_RELU", as `nn.RNNBase` has it, "MINGRU" or "MINLSTM".
        weights: of input and state, then their biases, in PyTorch's order; of a minimal cell weight and bias.
        x: (N, E) float.
        hidden: (N, H) float, the hidden state before.
        cell: (N, H) float, the LSTM's cell state before; None for other cells.

    Returns:
        hidden state (N, H) and cell state (N, H) after; the latter is None for other cells.
    """
    if mode in MINIMAL:
        return step_minimal(mode, weights, x, hidden), None
    if x.is_cuda and mode == "LSTM":  # one kernel for all gates, as the others below
        return torch.lstm_cell(x, [hidden, cell], *weights)
    if x.is_cuda:
        return _FUSED[mode](x, hidden, *weights), None
    input_weight, recurrent_weight, input_bias, recurrent_bias = weights
    from_input, from_state = linear(x, input_weight, input_bias), linear(hidden, recurrent_weight, recurrent_bias)
    return update(mode, from_input, from_state, hidden, cell)


def update(
    mode: str, from_input: Tensor, from_state: Tensor, hidden: Tensor, cell: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Apply the gates of a cell, with PyTorch's equations and order of gates; see `step_layer`.

    Args:
        mode: the cell.
        from_input: (N, gates * H) float, input weights times input, with their bias.
        from_state: (N, gates * H) float, recurrent weights times hidden state, with their bias.
        hidden: (N, H) float, the hidden state before.
        cell: (N, H) float, the cell state before, or None.

    Returns:
        hidden state (N, H) and cell state (N, H) or None after.
    """
    if mode == "LSTM":
        take, keep, new, give = (from_input + from_state).chunk(4, dim=1)
        cell = torch.addcmul(keep.sigmoid() * cell, take.sigmoid(), new.tanh())
        return give.sigmoid() * cell.tanh(), cell
    if mode == "GRU":
        (reset, keep, new), (reset_too, keep_too, old) = from_input.chunk(3, dim=1), from_state.chunk(3, dim=1)
        new = torch.addcmul(new, (reset + reset_too).sigmoid(), old).tanh()
        return torch.lerp(new, hidden, (keep + keep_too).sigmoid()), None
    total = from_input + from_state
    return (total.tanh() if mode == "RNN_TANH" else total.relu()), None


class StepLayer(nn.Module):
    """One recurrent layer in one direction, token by token, with its weights of now laid out for that.

    Args:
        layer: whose weights are taken.
        table: (V, E) float, the vectors of all tokens: the layer then reads token ids, and finds the products of its
            input weights with their vectors in a table. None = it reads vectors.
        int8: weights of eight bits, for the CPU.

    Raises:
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, layer: Layer, *, table: Tensor | None = None, int8: bool = False) -> None:
        super().__init__()
        weights = [weight.detach().clone() for weight in layer.all_weights[0]]
        self.mode = layer.mode
        weight, bias = weights[:: len(weights) // 2]
        products = None if table is None else functional.linear(table, weight, bias)
        self.from_input = _product(weight, bias, int8=int8) if products is None else partial(products.index_select, 0)
        bound = 1.0 if self.mode in BOUNDED else None
        self.from_state = None if self.mode in MINIMAL else _product(*weights[1::2], int8=int8, bound=bound)

    def step(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Read one token of each row.

        Args:
            x: (N, E) float vectors, or (N,) int64 ids where there is a table.
            state: (N, 1, H) before.

        Returns:
            hidden state (N, H), and the state after.
        """
        before, cell = state.hidden[:, 0], None if state.cell is None else state.cell[:, 0]
        if self.from_state is None:
            hidden = update_minimal(self.mode, self.from_input(x), before)
        else:
            hidden, cell = update(self.mode, self.from_input(x), self.from_state(before), before, cell)
        return hidden, RecurrentState(hidden.unsqueeze(1), None if cell is None else cell.unsqueeze(1))


def _product(weight: Tensor, bias: Tensor, *, int8: bool, bound: float | None = None) -> Callable[[Tensor], Tensor]:
    return Int8Linear(weight, bias, bound=bound) if int8 else partial(linear, weight=weight, bias=bias)
