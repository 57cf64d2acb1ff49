"""Recurrent cells: the equations of one time step.

W and U are the weights of input and state, h is the hidden state and c the cell state. Gates are in the order of
PyTorch's weights: `i, f, g, o` of the LSTM, `r, z, n` of the GRU.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

BOUNDED = ("LSTM", "GRU", "RNN_TANH", "RNN_SIGMOID")
"""Modes whose hidden state lies between -1 and 1."""

MINIMAL = ("MINGRU", "MINLSTM")
"""Modes whose gates do not depend on the state."""

_NONLINEARITIES = {"RNN_TANH": torch.tanh, "RNN_RELU": torch.relu, "RNN_SIGMOID": torch.sigmoid}


def step_layer(
    mode: str, weights: Sequence[Tensor], x: Tensor, h: Tensor, c: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Advance one layer in one direction by one token of each row.

    Args:
        mode: "LSTM", "GRU", "RNN_TANH" or "RNN_RELU", as `nn.RNNBase` has it, "RNN_SIGMOID", "MINGRU" or "MINLSTM".
        weights: W, U and their biases, in PyTorch's order; W and its bias of a minimal cell.
        x: (N, E) float, the input.
        h: (N, H) float, the hidden state before.
        c: (N, H) float, the cell state of an LSTM before; None for other cells.

    Returns:
        hidden state (N, H) and cell state (N, H) after; the latter is None for other cells than the LSTM.
    """
    if mode in MINIMAL:
        weight, bias = weights
        return update_minimal(mode, functional.linear(x, weight, bias), h), None
    if x.is_cuda and mode != "RNN_SIGMOID":  # one kernel for all gates
        if c is not None:
            return torch.lstm_cell(x, [h, c], *weights)
        fused = {"GRU": torch.gru_cell, "RNN_TANH": torch.rnn_tanh_cell, "RNN_RELU": torch.rnn_relu_cell}[mode]
        return fused(x, h, *weights), None
    input_weight, recurrent_weight, input_bias, recurrent_bias = weights
    from_input = functional.linear(x, input_weight, input_bias)
    return update(mode, from_input, functional.linear(h, recurrent_weight, recurrent_bias), h, c)


def update(
    mode: str, from_input: Tensor, from_state: Tensor, h: Tensor, c: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Apply the gates of an LSTM (Hochreiter & Schmidhuber 1997), GRU (Cho et al. 2014) or RNN (Elman 1990).

    Args:
        mode: "LSTM", "GRU", "RNN_TANH", "RNN_RELU" or "RNN_SIGMOID".
        from_input: (N, gates * H) float, W x and its bias.
        from_state: (N, gates * H) float, U h and its bias.
        h: (N, H) float, the hidden state before.
        c: (N, H) float, the cell state of an LSTM before; None for other cells.

    Returns:
        hidden state (N, H), and cell state (N, H) or None, after.
    """
    if c is not None:
        i, f, g, o = (from_input + from_state).chunk(4, dim=1)
        c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
        return o.sigmoid() * c.tanh(), c
    if mode == "GRU":
        (r, z, n), (r_state, z_state, n_state) = from_input.chunk(3, dim=1), from_state.chunk(3, dim=1)
        n = torch.addcmul(n, (r + r_state).sigmoid(), n_state).tanh()
        z = (z + z_state).sigmoid()
        return torch.lerp(n.to(h.dtype), h, z.to(h.dtype)), None  # autocast has given n and z half precision
    total = (from_input + from_state).to(h.dtype)
    return _NONLINEARITIES[mode](total), None


def update_minimal(mode: str, from_input: Tensor, h: Tensor) -> Tensor:
    """Apply the gates of a minimal cell.

    Args:
        mode: "MINGRU" or "MINLSTM".
        from_input: (N, gates * H) float, W x and its bias.
        h: (N, H) float, the hidden state before.

    Returns:
        hidden state (N, H) after, with the dtype of h.
    """
    decay, increment = minimal_gates(mode, from_input)
    return torch.addcmul(increment, decay, h).to(h.dtype)


def minimal_gates(mode: str, from_input: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the gates of a minimal cell (Feng et al. 2024): h_t = decay * h_{t-1} + increment.

    Args:
        mode: "MINGRU" or "MINLSTM".
        from_input: (..., 2 * H) of minGRU (z, candidate) or (..., 3 * H) float of minLSTM (f, i, candidate).

    Returns:
        decay and increment, (..., H) each, at least float32, for the state is a long sum of small steps.
    """
    if from_input.dtype in (torch.float16, torch.bfloat16):
        from_input = from_input.float()
    if mode == "MINGRU":
        z, candidate = from_input.chunk(2, dim=-1)
        z = z.sigmoid()
        return 1.0 - z, z * candidate
    f, i, candidate = from_input.chunk(3, dim=-1)
    # sigmoid(f) / (sigmoid(f) + sigmoid(i)) as a difference of logarithms: both gates may be all but closed.
    decay = (functional.logsigmoid(f) - functional.logsigmoid(i)).sigmoid()
    return decay, (1.0 - decay) * candidate
