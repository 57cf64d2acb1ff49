"""Exponential moving average (EMA) of a model's weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel


class MovingAverage(AveragedModel):
    """Average of PyTorch, whose state it has, which counts updates on the CPU and waits for no device.

    Args:
        model: its weights are averaged.
        decay: weight of the old average in the new one, after the first updates.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        super().__init__(model)
        self._decay = decay
        self._updates: int | None = None  # None = those of `n_averaged`

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Update the average with the weights of a model; the first one copies them."""
        updates = int(self.n_averaged) if self._updates is None else self._updates
        averaged = [parameter.detach() for parameter in self.module.parameters()]
        current = [parameter.detach() for parameter in model.parameters()]
        weight = 1.0 - min(self._decay, (1.0 + updates) / (10.0 + updates)) if updates else 1.0
        torch._foreach_lerp_(averaged, current, weight)
        self.n_averaged += 1
        self._updates = updates + 1

    def restart(self) -> None:
        """Let the next update copy the weights, as the first one did."""
        self.n_averaged.zero_()
        self._updates = 0

    def _load_from_state_dict(self, *args: Any) -> None:
        super()._load_from_state_dict(*args)
        self._updates = None


def moving_average(model: nn.Module, decay: float) -> MovingAverage:
    """Return an exponential moving average of a model's weights (Polyak & Juditsky 1992).

    At first the average follows the weights closely, so that it soon forgets the random start: after n updates the
    decay is at most (1 + n) / (10 + n).

    Args:
        model: its weights are averaged; call `update_parameters(model)` after each step.
        decay: weight of the old average in the new one, in [0, 1).

    Raises:
        ValueError: the decay is out of range.
    """
    if not 0.0 <= decay < 1.0:
        raise ValueError(f"the decay of an average must be at least 0 and below 1, got {decay}")

    average = MovingAverage(model, decay)
    for copied, original in zip(average.module.modules(), model.modules(), strict=True):
        copied._buffers.update(original._buffers)  # shared: a copy of large ones, as of vectors, would cost each update
    for module in average.modules():
        if isinstance(module, nn.RNNBase):
            module.flatten_parameters()  # the copy's weights lie apart, which cuDNN would warn of at each call
    return average
