"""One layer of a minimal recurrent cell, whose gates do not look at the state.

So the products of all tokens are one product, and what is left of the recurrence is h_t = keep_t * h_{t-1} + new_t,
element by element. Feng et al. 2024 ("Were RNNs All We Needed?") read it as a parallel scan in logarithms. One sweep
over time in place needs a fraction of that arithmetic, and is faster wherever a layer fits a processor.

Padding shuts the gates, as in `recurrent_layer`: keep is 1, new is 0, and the state stands still, backwards too.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from nlprnn.modules.cpu.linear import linear
from nlprnn.modules.state import RecurrentState

MINIMAL = ("MINGRU", "MINLSTM")
"""The modes of a minimal layer."""

# Rows of weights a hidden unit has: minGRU (update gate, candidate), minLSTM (forget gate, input gate, candidate).
_PARTS = {"MINGRU": 2, "MINLSTM": 3}
_LONGEST_MEMORY = 128
"""Tokens over which the slowest units of a new layer remember."""


class MinimalLayer(nn.Module):
    """The weights of one minGRU or minLSTM layer, under the names that `nn.LSTM` gives those of the input.

    Input weights keep the variance of the input; the biases of the gates are spread so that a new layer remembers
    from one token to some hundred (Tallec & Ollivier 2018, "Can recurrent neural networks warp time?").

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
        rows = _PARTS[mode] * hidden_size
        for suffix in self._suffixes:
            self.register_parameter(
                f"weight_ih_{suffix}", nn.Parameter(torch.randn(rows, input_size) / input_size**0.5)
            )
            self.register_parameter(f"bias_ih_{suffix}", nn.Parameter(self._biases()))

    @property
    def _suffixes(self) -> list[str]:
        return ["l0", "l0_reverse"] if self.bidirectional else ["l0"]

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """Weight and bias of each direction."""
        return [[getattr(self, f"{kind}_ih_{suffix}") for kind in ("weight", "bias")] for suffix in self._suffixes]

    def _biases(self) -> Tensor:
        """Zero for candidates; gates open so that a unit forgets within 2 to `_LONGEST_MEMORY` tokens."""
        memory = torch.empty(self.hidden_size).uniform_(0.0, math.log(_LONGEST_MEMORY - 1))
        gates = [-memory] if self.mode == "MINGRU" else [memory, -memory]
        return torch.cat([*gates, torch.zeros(self.hidden_size)])


def run_minimal(
    mode: str, weights: list[Tensor], x: Tensor, mask: Tensor | None, start: RecurrentState
) -> tuple[Tensor, RecurrentState]:
    """Read whole sequences; see `run_layer`.

    Args:
        mode: "MINGRU" or "MINLSTM".
        weights: weight and bias of each direction, one after the other.
        x: (B, T, E) float, T > 0.
        mask: (B, T) bool, True = real token, real tokens first; None = all real.
        start: (B, D, H) states to start from.

    Returns:
        outputs (B, T, D * H), zero on padding, and the states (B, D, H) after the last real token.
    """
    outputs, final = [], []
    for direction in range(len(weights) // 2):
        keep, new = _gates(mode, functional.linear(x, *weights[2 * direction : 2 * direction + 2]))
        if mask is not None:
            padding = ~mask.unsqueeze(2)
            keep, new = keep.masked_fill(padding, 1.0), new.masked_fill(padding, 0.0)
        hidden = _Scan.apply(keep, new, start.hidden[:, direction], direction == 1)
        final.append(hidden[:, 0 if direction else -1])
        outputs.append(hidden)
    joined = torch.cat(outputs, dim=2)
    if mask is not None:
        joined = joined * mask.unsqueeze(2)
    return joined, RecurrentState(torch.stack(final, dim=1))


def step_minimal(mode: str, weights: list[Tensor], x: Tensor, hidden: Tensor) -> Tensor:
    """Read one token of each row: (N, E) and the hidden state (N, H) before -> the hidden state (N, H) after."""
    return update_minimal(mode, linear(x, *weights), hidden)


def update_minimal(mode: str, from_input: Tensor, hidden: Tensor) -> Tensor:
    """Apply the gates of one token: (N, parts * H), the product with the input, and (N, H) before -> (N, H) after."""
    keep, new = _gates(mode, from_input)
    return torch.addcmul(new, keep, hidden)


def _gates(mode: str, from_input: Tensor) -> tuple[Tensor, Tensor]:
    """(..., parts * H) -> what is kept of the state and what is added to it, (..., H) each, at least float32."""
    if from_input.dtype in (torch.float16, torch.bfloat16):  # a long sum of small steps
        from_input = from_input.float()
    *gates, candidate = from_input.chunk(_PARTS[mode], dim=-1)
    if mode == "MINGRU":
        take = gates[0].sigmoid()
        return 1.0 - take, take * candidate
    # forget / (forget + input), as a difference of logarithms: both gates may be all but shut.
    keep = (functional.logsigmoid(gates[0]) - functional.logsigmoid(gates[1])).sigmoid()
    return keep, (1.0 - keep) * candidate


class _Scan(torch.autograd.Function):
    """h_t = keep_t * h_{t-1} + new_t over (B, T, H) from (B, H), or from the last token to the first."""

    @staticmethod
    def forward(ctx: Any, keep: Tensor, new: Tensor, start: Tensor, backwards: bool) -> Tensor:
        hidden, state = torch.empty_like(new), start.to(new.dtype)
        for kept, added, out in _in_order(backwards, keep, new, hidden):
            state = torch.addcmul(added, kept, state, out=out)
        ctx.save_for_backward(keep, hidden, start)
        ctx.backwards = backwards
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        keep, hidden, start = ctx.saved_tensors
        gradient, on_new = outer[0], torch.empty_like(hidden)
        carried = torch.zeros_like(hidden[:, 0])
        for kept, given, out in _in_order(not ctx.backwards, keep, gradient, on_new):
            torch.add(given, carried, out=out)
            carried = out * kept
        edge = start.to(hidden.dtype).unsqueeze(1)
        before = [hidden[:, 1:], edge] if ctx.backwards else [edge, hidden[:, :-1]]
        return on_new * torch.cat(before, dim=1), on_new, carried.to(start.dtype), None


def _in_order(backwards: bool, *sequences: Tensor) -> Any:
    """The time steps (B, H) of each sequence (B, T, H), first to last or last to first, side by side."""
    steps = [sequence.unbind(1) for sequence in sequences]
    return zip(*(reversed(step) for step in steps), strict=True) if backwards else zip(*steps, strict=True)
