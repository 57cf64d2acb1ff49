"""Plain RNN with a sigmoid, which PyTorch does not have, by PyTorch's kernels of the hyperbolic tangent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

_RNN_TANH: Callable[..., tuple[Tensor, Tensor]] = torch.rnn_tanh


class SigmoidRNN(nn.RNN):
    """Weights of one layer of a plain RNN with a sigmoid, with the names of `nn.RNN`'s; `rnn_sigmoid` runs it.

    Args:
        input_size: E.
        hidden_size: H, in each direction.
        bidirectional: D = 2 directions instead of 1.
    """

    def __init__(self, input_size: int, hidden_size: int, *, bidirectional: bool) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        self.mode = "RNN_SIGMOID"

    def flatten_parameters(self) -> None:
        """Do nothing: cuDNN does not know the mode, and reads other weights than these."""


def rnn_sigmoid(x: Tensor, *arguments: Any) -> Sequence[Tensor]:
    """Run a layer with h_t = sigma(W x_t + b + U h_{t-1} + d).

    From sigma(a) = (1 + tanh(a / 2)) / 2 follows h_t = (1 + u_t) / 2 with
    u_t = tanh(W / 2 x_t + b / 2 + U / 4 u_{t-1} + (d + U 1 / 2) / 2), which is a layer of the hyperbolic tangent.

    Args:
        x: (B, T, E) float, or the data of a packed sequence.
        arguments: those of `torch.rnn_tanh`: batch sizes if packed, state (D, B, H), weights, and its options.

    Returns:
        outputs and final state, in the shapes of `torch.rnn_tanh`.
    """
    position = next(index for index, argument in enumerate(arguments) if not isinstance(argument, Tensor))
    *batch_sizes, start = arguments[:position]
    weights: list[Tensor] = []
    for index in range(0, len(arguments[position]), 4):
        input_weight, recurrent_weight, input_bias, recurrent_bias = arguments[position][index : index + 4]
        shift = 0.5 * recurrent_bias + 0.25 * recurrent_weight.sum(dim=1)
        weights += [0.5 * input_weight, 0.25 * recurrent_weight, 0.5 * input_bias, shift]
    outputs, final = _RNN_TANH(x, *batch_sizes, 2.0 * start - 1.0, weights, *arguments[position + 1 :])
    return 0.5 * (1.0 + outputs), 0.5 * (1.0 + final)
