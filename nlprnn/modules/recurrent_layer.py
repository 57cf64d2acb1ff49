"""A recurrent layer over whole sequences: exact for any lengths, and fast on a CPU.

A recurrent layer must not read padding, least of all backwards, where padding comes first. PyTorch's packed sequences
ensure this, but on a CPU they lose the fused kernel and take time quadratic in the length. So the layer reads the dense
batch, and padding is made harmless in one of three exact ways:

- LSTM and GRU get one more input, "this is padding", whose weights close the gates: the state is unchanged.
- minGRU and minLSTM (`minimal_layer`) close theirs after the product.
- A plain RNN has no gate. Its backward direction runs forwards over rows reversed within their length. Its
  extra input only keeps the output of a ReLU on padding, which is dropped, from growing without bound.

On CUDA packed sequences are fast, and are used. They also serve the one case that the dense way cannot: a bidirectional
LSTM with a given initial state, whose backward output would show through the padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from nlprnn.modules.minimal_layer import MinimalLayer, run_minimal
from nlprnn.modules.packing import Packing
from nlprnn.modules.recurrent_kernels import run_kernel
from nlprnn.modules.sigmoid_rnn import SigmoidRNN
from nlprnn.modules.state import RecurrentState

Cell = Literal["lstm", "gru", "rnn", "mingru", "minlstm"]
CELLS: tuple[Cell, ...] = get_args(Cell)
Layer = nn.RNNBase | MinimalLayer
"""One layer in one or two directions: `mode` names its equations, `all_weights` has the weights of each direction."""

_CLOSED = 1e4
"""Preactivation of a gate on padding. Its sigmoid is exactly 0 or 1, and half precision can hold it."""

# The gates in the order of PyTorch's weights: i, f, g, o of the LSTM, r, z, n of the GRU.
_GATES_ON_PADDING = {"LSTM": (-_CLOSED, _CLOSED, 0.0, 0.0), "GRU": (0.0, _CLOSED, 0.0)}


def build_layer(cell: Cell, input_size: int, hidden_size: int, *, bidirectional: bool, nonlinearity: str) -> Layer:
    """Build a layer: PyTorch's module of one layer, or a minimal layer.

    PyTorch's module is initialised so that it learns several times as fast as from its default: input weights keep the
    variance of the input (LeCun et al. 1998, "Efficient BackProp"), recurrent weights are orthogonal gate by gate (Saxe
    et al. 2014), biases are zero, and the forget gate of an LSTM is open (Jozefowicz et al. 2015, "An Empirical
    Exploration of Recurrent Network Architectures").
    """
    layer: nn.RNNBase
    if cell == "lstm":
        layer = nn.LSTM(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
    elif cell == "gru":
        layer = nn.GRU(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
    elif cell == "rnn" and nonlinearity == "sigmoid":
        layer = SigmoidRNN(input_size, hidden_size, bidirectional=bidirectional)
    elif cell == "rnn":
        layer = nn.RNN(
            input_size, hidden_size, nonlinearity=nonlinearity, batch_first=True, bidirectional=bidirectional
        )
    else:
        return MinimalLayer(cell.upper(), input_size, hidden_size, bidirectional=bidirectional)
    for input_weight, recurrent_weight, *biases in layer.all_weights:
        nn.init.normal_(input_weight, std=input_size**-0.5)
        for gate in recurrent_weight.split(hidden_size):
            nn.init.orthogonal_(gate)
        for bias in biases:
            nn.init.zeros_(bias)
        if cell == "lstm":
            nn.init.ones_(biases[0][hidden_size : 2 * hidden_size])
    return layer


def run_layer(
    layer: Layer,
    weights: Sequence[Tensor],
    x: Tensor,
    mask: Tensor | None,
    start: RecurrentState | None,
    packing: Packing | None = None,
) -> tuple[Tensor, RecurrentState]:
    """Run one layer over whole sequences.

    Args:
        layer: from `build_layer`.
        weights: the layer's weights in PyTorch's order, possibly changed by weight dropout.
        x: (B, T, E) float, T > 0.
        mask: (B, T) bool, True = real token, real tokens first; None = all real.
        start: (B, D, H) initial states; None = zeros.
        packing: of the mask, to run a packed sequence; None = where nothing else serves.

    Returns:
        outputs (B, T, D * H) float, zero on padding, and the states (B, D, H) after the last real token.
    """
    starts_from_zeros = start is None
    if start is None:
        zeros = x.new_zeros(x.size(0), 2 if layer.bidirectional else 1, layer.hidden_size)
        start = RecurrentState(zeros, zeros if layer.mode == "LSTM" else None)
    if isinstance(layer, MinimalLayer):
        return run_minimal(layer.mode, weights, x, mask, start)
    if mask is None:
        return _run_dense(layer, weights, x, start)
    if packing is not None or (layer.mode == "LSTM" and layer.bidirectional and not starts_from_zeros):
        return _run_packed(layer, weights, x, mask, start, packing)
    if layer.mode in _GATES_ON_PADDING:
        return _run_with_closed_gates(layer, weights, x, mask, start)
    return _run_reversed(layer, weights, x, mask, start)


def _run_dense(
    layer: nn.RNNBase, weights: Sequence[Tensor], x: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Run the kernel over a batch without padding."""
    # The kernel's training flag only keeps what the backward pass needs, so gradients decide, not the mode.
    options = (True, 1, 0.0, torch.is_grad_enabled(), len(weights) == 8, True)
    outputs, *final = run_kernel(layer.mode, (x, _time_first(start)), weights, options)
    return outputs, RecurrentState.from_torch(final)


def _run_with_closed_gates(
    layer: nn.RNNBase, weights: Sequence[Tensor], x: Tensor, mask: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Run an LSTM or GRU with an extra input that closes the gates on padding, where the state is unchanged."""
    gates = x.new_tensor(_GATES_ON_PADDING[layer.mode])
    column = gates.repeat_interleave(layer.hidden_size).unsqueeze(1)  # (gates * H, 1)
    wider = [torch.cat([w, column], dim=1) if i % 4 == 0 else w for i, w in enumerate(weights)]
    x = torch.cat([x, (~mask).unsqueeze(2).to(x.dtype)], dim=2)  # (B, T, E + 1)
    outputs, final = _run_dense(layer, wider, x, start)
    outputs = outputs * mask.unsqueeze(2)
    if layer.mode == "LSTM":
        # The cell state is that of the last token, but the output gate has changed since: take the last real output.
        forward = _last_outputs(outputs[..., : layer.hidden_size], mask, start.hidden[:, 0])
        final = final._replace(hidden=torch.cat([forward.unsqueeze(1), final.hidden[:, 1:]], dim=1))
    return outputs, final


def _run_reversed(
    layer: nn.RNNBase, weights: Sequence[Tensor], x: Tensor, mask: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Run a plain RNN so that each direction reads real tokens first and padding last, and drop what padding gave."""
    lengths = mask.sum(dim=1, keepdim=True)  # (B, 1)
    positions = torch.arange(x.size(1), device=x.device).expand(x.size(0), -1)
    reverse = torch.where(mask, lengths - 1 - positions, positions).unsqueeze(2)  # (B, T, 1), an involution
    column = x.new_full((layer.hidden_size, 1), -_CLOSED)
    x = torch.cat([x, (~mask).unsqueeze(2).to(x.dtype)], dim=2)  # (B, T, E + 1)
    outputs, hidden = [], []
    for direction in range(len(weights) // 4):
        input_weight, *others = weights[4 * direction : 4 * direction + 4]
        wider = [torch.cat([input_weight, column], dim=1), *others]
        begin = start.layer(direction, 1)
        source = x if direction == 0 else x.gather(1, reverse.expand_as(x))
        out, _ = _run_dense(layer, wider, source, begin)
        hidden.append(_last_outputs(out, mask, begin.hidden[:, 0]))
        outputs.append(out if direction == 0 else out.gather(1, reverse.expand_as(out)))
    return torch.cat(outputs, dim=2) * mask.unsqueeze(2), RecurrentState(torch.stack(hidden, dim=1))


def _run_packed(
    layer: nn.RNNBase,
    weights: Sequence[Tensor],
    x: Tensor,
    mask: Tensor,
    start: RecurrentState,
    packing: Packing | None = None,
) -> tuple[Tensor, RecurrentState]:
    """Run the kernel over a packed sequence; the one token read of a row of padding alone is undone afterwards."""
    packing = packing or Packing.of(mask)
    states = _time_first(start.select(packing.order))
    options = (True, 1, 0.0, torch.is_grad_enabled(), len(weights) == 8)
    data, *final = run_kernel(layer.mode, (packing.pack(x), packing.sizes, states), weights, options)
    ended = RecurrentState.from_torch(final).select(packing.inverse)
    return packing.unpack(data, mask), ended.where(mask.any(dim=1), start)


def _last_outputs(outputs: Tensor, mask: Tensor, start: Tensor) -> Tensor:
    """Return the outputs (B, T, H) at each row's last real token: (B, H), `start` (B, H) where a row has none."""
    lengths = mask.sum(dim=1)
    last = outputs[torch.arange(outputs.size(0), device=outputs.device), (lengths - 1).clamp(min=0)]
    return torch.where((lengths == 0).unsqueeze(1), start, last)


def _time_first(state: RecurrentState) -> Tensor | tuple[Tensor, Tensor]:
    """Return a state (B, D, H) as PyTorch's kernels take it, (D, B, H)."""
    hidden, cell = state.map(lambda tensor: tensor.transpose(0, 1).contiguous())
    return hidden if cell is None else (hidden, cell)
