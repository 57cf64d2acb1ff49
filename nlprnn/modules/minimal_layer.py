"""Minimal recurrent layers: minGRU and minLSTM, whose gates do not depend on the state.

The products of all tokens are one matrix product, and what is left of the recurrence is elementwise,
h_t = decay_t * h_{t-1} + increment_t. Feng et al. 2024 ("Were RNNs All We Needed?") compute it as a parallel scan in
log space. A sequential scan in place needs a fraction of that arithmetic and is faster on a CPU; a GPU takes a parallel
one, in float32 and without logarithms, for decays are at most 1.

On padding the decay is 1 and the increment 0, as in `recurrent_layer`: the state is unchanged, backwards too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from nlprnn.modules.recurrent_cells import minimal_gates
from nlprnn.modules.state import RecurrentState

_GATES = {"MINGRU": 2, "MINLSTM": 3}
"""Blocks of H rows in the input weight, see `minimal_gates`."""

_LONGEST_MEMORY = 128
"""Tokens over which the slowest units of a new layer remember."""


class MinimalLayer(nn.Module):
    """Weights of a minGRU or minLSTM layer, with the names of `nn.LSTM`'s input weights.

    Input weights keep the variance of the input; the biases of the gates are spread so that the units of a new layer
    remember from one token to some hundred (Tallec & Ollivier 2018, "Can recurrent neural networks warp time?").

    Args:
        mode: "MINGRU" or "MINLSTM".
        input_size: E.
        hidden_size: H, in each direction.
        bidirectional: D = 2 directions instead of 1.
    """

    def __init__(self, mode: str, input_size: int, hidden_size: int, *, bidirectional: bool) -> None:
        super().__init__()
        self.mode = mode
        self.hidden_size = hidden_size
        self.bidirectional = bidirectional
        for suffix in self._suffixes:
            weight = torch.randn(_GATES[mode] * hidden_size, input_size) / input_size**0.5
            self.register_parameter(f"weight_ih_{suffix}", nn.Parameter(weight))
            self.register_parameter(f"bias_ih_{suffix}", nn.Parameter(self._initial_bias()))

    @property
    def _suffixes(self) -> list[str]:
        return ["l0", "l0_reverse"] if self.bidirectional else ["l0"]

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """Weight and bias of each direction."""
        names = [[f"{kind}_ih_{suffix}" for kind in ("weight", "bias")] for suffix in self._suffixes]
        return [[self.get_parameter(name) for name in direction] for direction in names]

    def _initial_bias(self) -> Tensor:
        """Zero for candidates; for gates such that units forget within 2 to `_LONGEST_MEMORY` tokens."""
        memory = torch.empty(self.hidden_size).uniform_(0.0, math.log(_LONGEST_MEMORY - 1))
        gates = [-memory] if self.mode == "MINGRU" else [memory, -memory]
        return torch.cat([*gates, torch.zeros(self.hidden_size)])


def run_minimal(
    mode: str, weights: Sequence[Tensor], x: Tensor, mask: Tensor | None, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Run a minimal layer over whole sequences.

    Args:
        mode: "MINGRU" or "MINLSTM".
        weights: weight and bias of each direction, one after the other.
        x: (B, T, E) float, T > 0.
        mask: (B, T) bool, True = real token, real tokens first; None = all real.
        start: (B, D, H) initial states.

    Returns:
        outputs (B, T, D * H) float, zero on padding, and the states (B, D, H) after the last real token.
    """
    outputs, final = [], []
    for direction in range(len(weights) // 2):
        weight, bias = weights[2 * direction : 2 * direction + 2]
        decay, increment = minimal_gates(mode, functional.linear(x, weight, bias))
        if mask is not None:
            padding = ~mask.unsqueeze(2)
            decay, increment = decay.masked_fill(padding, 1.0), increment.masked_fill(padding, 0.0)
        hidden = _Scan.apply(decay, increment, start.hidden[:, direction], direction == 1)
        final.append(hidden[:, 0 if direction else -1].to(start.hidden.dtype))
        outputs.append(hidden.to(x.dtype))
    concatenated = torch.cat(outputs, dim=2)
    if mask is not None:
        concatenated = concatenated * mask.unsqueeze(2)
    return concatenated, RecurrentState(torch.stack(final, dim=1))


class _Scan(torch.autograd.Function):
    """h_t = decay_t * h_{t-1} + increment_t over (B, T, H) from (B, H), from the first token or from the last."""

    @staticmethod
    def forward(ctx: Any, decay: Tensor, increment: Tensor, start: Tensor, backwards: bool) -> Tensor:
        hidden = _scan(decay, increment, start.to(increment.dtype), backwards)
        ctx.save_for_backward(decay, hidden, start)
        ctx.backwards = backwards
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        decay, hidden, start = ctx.saved_tensors
        # The gradient goes the other way: what reaches a state comes through the decay of the token after it.
        none, first = torch.zeros_like(decay[:, :1]), -1 if ctx.backwards else 0
        following = [none, decay[:, :-1]] if ctx.backwards else [decay[:, 1:], none]
        on_increment = _scan(torch.cat(following, dim=1), gradients[0], none[:, 0], not ctx.backwards)
        edge = start.to(hidden.dtype).unsqueeze(1)
        before = [hidden[:, 1:], edge] if ctx.backwards else [edge, hidden[:, :-1]]
        on_start = on_increment[:, first] * decay[:, first]
        return on_increment * torch.cat(before, dim=1), on_increment, on_start.to(start.dtype), None


def _scan(decay: Tensor, increment: Tensor, start: Tensor, backwards: bool) -> Tensor:
    """Return the states (B, T, H) of the recurrence from a start (B, H)."""
    if decay.device.type != "cpu":
        return _scan_by_doubling(decay, increment, start, backwards)
    hidden, h = torch.empty_like(increment), start
    steps = [sequence.unbind(1) for sequence in (decay, increment, hidden)]
    for decay_t, increment_t, out in zip(*(reversed(s) if backwards else s for s in steps), strict=True):
        h = torch.addcmul(increment_t, decay_t, h, out=out)
    return hidden


def _scan_by_doubling(decay: Tensor, increment: Tensor, start: Tensor, backwards: bool) -> Tensor:
    """Return the states as `_scan` does, in log2(T) steps that each double the tokens summed up (Hillis & Steele 1986).

    It takes log2(T) times the arithmetic, but few kernels, whose start is what takes time on a GPU.
    """
    if backwards:
        decay, increment = decay.flip(1), increment.flip(1)
    increment = torch.cat([torch.addcmul(increment[:, :1], decay[:, :1], start.unsqueeze(1)), increment[:, 1:]], dim=1)
    span = 1
    while span < increment.size(1):
        later = torch.addcmul(increment[:, span:], decay[:, span:], increment[:, :-span])
        increment = torch.cat([increment[:, :span], later], dim=1)
        decay = torch.cat([decay[:, :span], decay[:, span:] * decay[:, :-span]], dim=1)
        span *= 2
    return increment.flip(1) if backwards else increment
