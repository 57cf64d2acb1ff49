"""One recurrent layer, exact for any lengths and fast on a CPU.

A recurrent layer must not see padding, least of all backwards, where padding comes first. PyTorch's packed
sequences do this, but on a CPU they lose the fused kernel and cost time quadratic in the length. So the layer
sees the dense batch, and padding is made harmless in one of two exact ways:

- LSTM and GRU get one more input, "this is padding", whose weights shut the gates: the state stands still.
- minGRU and minLSTM (`minimal_layer`) shut theirs in the same sense, after the products.
- A plain RNN has no gate to shut. Its backward direction runs forwards over rows reversed within their length.
  There the extra input only keeps what a ReLU gives on padding, and nobody sees, from growing without bound.

On CUDA the packed sequence is the fast way, and is taken. It also serves the one case that the dense way cannot:
an LSTM that starts its backward direction from a state, whose output would show through the padding.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from nlprnn.modules.minimal_layer import MinimalLayer, run_minimal
from nlprnn.modules.state import RecurrentState

Cell = Literal["lstm", "gru", "rnn", "mingru", "minlstm"]
CELLS = ("lstm", "gru", "rnn", "mingru", "minlstm")
Layer = nn.RNNBase | MinimalLayer
"""One layer in one or two directions: its mode says the equations, `all_weights` gives the weights of a direction."""

_MODULES: dict[str, type[nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}

# What a gate's preactivation gets on padding. Sigmoid is exactly 0 or 1 there, and half precision can hold it.
_SHUT = 1e4
# The gates in the order of PyTorch's weights: LSTM (input, forget, cell, output), GRU (reset, update, new).
_GATES_ON_PADDING = {"LSTM": (-_SHUT, _SHUT, 0.0, 0.0), "GRU": (0.0, _SHUT, 0.0)}
_KERNELS = {
    "LSTM": torch.lstm,
    "GRU": torch.gru,
    "RNN_TANH": torch.rnn_tanh,
    "RNN_RELU": torch.rnn_relu,
}


def build_layer(cell: Cell, input_size: int, hidden_size: int, *, bidirectional: bool, nonlinearity: str) -> Layer:
    """Return a new layer: PyTorch's module of one layer, or a minimal layer.

    PyTorch's gets a start from which it learns several times as fast as from its own.

    Input weights keep the variance of the input (LeCun et al. 1998, "Efficient BackProp"), recurrent weights are
    orthogonal gate by gate (Saxe et al. 2014), biases are zero, and the forget gate of an LSTM starts open
    (Jozefowicz et al. 2015, "An Empirical Exploration of Recurrent Network Architectures").
    """
    if cell not in _MODULES:
        return MinimalLayer(cell.upper(), input_size, hidden_size, bidirectional=bidirectional)
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    layer = _MODULES[cell](input_size, hidden_size, batch_first=True, bidirectional=bidirectional, **options)
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
    layer: Layer, weights: list[Tensor], x: Tensor, mask: Tensor | None, start: RecurrentState | None
) -> tuple[Tensor, RecurrentState]:
    """Read whole sequences with one layer.

    Args:
        layer: a module made by `build_layer`; says the equations and the directions.
        weights: the layer's weights in PyTorch's order, possibly changed (weight dropout).
        x: (B, T, E) float, T > 0.
        mask: (B, T) bool, True = real token, real tokens first; None = all real.
        start: (B, D, H) states to start from; None = zeros.

    Returns:
        outputs (B, T, D * H), zero on padding, and the states (B, D, H) after the last real token.
    """
    directions = 2 if layer.bidirectional else 1
    given = start is not None
    if start is None:
        zeros = x.new_zeros(x.size(0), directions, layer.hidden_size)
        start = RecurrentState(zeros, zeros if layer.mode == "LSTM" else None)
    if isinstance(layer, MinimalLayer):
        return run_minimal(layer.mode, weights, x, mask, start)
    if mask is None:
        return _run_dense(layer, weights, x, start)
    if x.is_cuda or (layer.mode == "LSTM" and layer.bidirectional and given):
        return _run_packed(layer, weights, x, mask, start)
    if layer.mode in _GATES_ON_PADDING:
        return _run_with_shut_gates(layer, weights, x, mask, start)
    return _run_reversed(layer, weights, x, mask, start)


def _run_dense(
    layer: nn.RNNBase, weights: list[Tensor], x: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """One call of the kernel over a batch whose tokens all count."""
    # The kernel's training flag only keeps what the backward pass needs, so gradients decide, not the mode.
    options = (True, 1, 0.0, torch.is_grad_enabled(), len(weights) == 8, True)
    outputs, *final = _KERNELS[layer.mode](x, _time_first(start), weights, *options)
    return outputs, _batch_first(final)


def _run_with_shut_gates(
    layer: nn.RNNBase, weights: list[Tensor], x: Tensor, mask: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """LSTM or GRU: an extra input column closes the gates on padding, and the state stands still."""
    gates = x.new_tensor(_GATES_ON_PADDING[layer.mode])
    column = gates.repeat_interleave(layer.hidden_size).unsqueeze(1)  # (gates * H, 1)
    wider = [torch.cat([w, column], dim=1) if i % 4 == 0 else w for i, w in enumerate(weights)]
    x = torch.cat([x, (~mask).unsqueeze(2).to(x.dtype)], dim=2)  # (B, T, E + 1)
    outputs, final = _run_dense(layer, wider, x, start)
    outputs = outputs * mask.unsqueeze(2)
    if layer.mode == "LSTM":
        # The cell state stood still, but the output gate went on moving: take the last real output.
        forward = _last_outputs(outputs[..., : layer.hidden_size], mask, start.hidden[:, 0])
        hidden = torch.cat([forward.unsqueeze(1), final.hidden[:, 1:]], dim=1)
        final = RecurrentState(hidden, final.cell)
    return outputs, final


def _run_reversed(
    layer: nn.RNNBase, weights: list[Tensor], x: Tensor, mask: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Plain RNN: each direction reads real tokens first, padding last, and what padding gave is dropped."""
    lengths = mask.sum(dim=1, keepdim=True)  # (B, 1)
    positions = torch.arange(x.size(1), device=x.device).expand(x.size(0), -1)
    reverse = torch.where(mask, lengths - 1 - positions, positions).unsqueeze(2)  # (B, T, 1), its own inverse
    column = x.new_full((layer.hidden_size, 1), -_SHUT)
    x = torch.cat([x, (~mask).unsqueeze(2).to(x.dtype)], dim=2)  # (B, T, E + 1)
    outputs, hidden = [], []
    for direction in range(len(weights) // 4):
        input_weight, *others = weights[4 * direction : 4 * direction + 4]
        own = [torch.cat([input_weight, column], dim=1), *others]
        begin = RecurrentState(start.hidden[:, direction : direction + 1])
        source = x if direction == 0 else x.gather(1, reverse.expand_as(x))
        out, _ = _run_dense(layer, own, source, begin)
        hidden.append(_last_outputs(out, mask, begin.hidden[:, 0]))
        outputs.append(out if direction == 0 else out.gather(1, reverse.expand_as(out)))
    return torch.cat(outputs, dim=2) * mask.unsqueeze(2), RecurrentState(torch.stack(hidden, dim=1))


def _run_packed(
    layer: nn.RNNBase, weights: list[Tensor], x: Tensor, mask: Tensor, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """PyTorch's packed sequence; a row of padding alone is read as one token and then undone."""
    lengths = mask.sum(dim=1)
    packed = pack_padded_sequence(x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
    order, inverse = packed.sorted_indices, packed.unsorted_indices
    options = (True, 1, 0.0, torch.is_grad_enabled(), len(weights) == 8)
    data, *final = _KERNELS[layer.mode](
        packed.data, packed.batch_sizes, _time_first(start.select(order)), weights, *options
    )
    sequence = PackedSequence(data, packed.batch_sizes, order, inverse)
    outputs, _ = pad_packed_sequence(sequence, batch_first=True, total_length=x.size(1))
    ended = _batch_first(final).select(inverse)
    empty = (lengths == 0)[:, None, None]
    hidden = torch.where(empty, start.hidden, ended.hidden)
    cell = None if ended.cell is None else torch.where(empty, start.cell, ended.cell)
    return outputs * mask.unsqueeze(2), RecurrentState(hidden, cell)


def _last_outputs(outputs: Tensor, mask: Tensor, start: Tensor) -> Tensor:
    """Pick (B, T, H) at each row's last real token -> (B, H); `start` (B, H) where a row has none."""
    lengths = mask.sum(dim=1)
    last = (lengths - 1).clamp(min=0)
    picked = outputs[torch.arange(outputs.size(0), device=outputs.device), last]
    return torch.where((lengths == 0).unsqueeze(1), start, picked)


def _time_first(state: RecurrentState) -> Tensor | tuple[Tensor, Tensor]:
    """(B, D, H) -> what PyTorch's kernels take, (D, B, H)."""
    hidden = state.hidden.transpose(0, 1).contiguous()
    return hidden if state.cell is None else (hidden, state.cell.transpose(0, 1).contiguous())


def _batch_first(final: list[Tensor]) -> RecurrentState:
    """What PyTorch's kernels give, (D, B, H) -> (B, D, H)."""
    return RecurrentState(*(part.transpose(0, 1) for part in final))
