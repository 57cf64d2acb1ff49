"""Exponential moving average (EMA) of a model's weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
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

    @torch.no_grad()
    def update(
        averaged: tuple[Tensor, ...] | list[Tensor], current: tuple[Tensor, ...] | list[Tensor], count: Tensor | int
    ) -> None:
        updates = float(count)
        warmed = min(decay, (1.0 + updates) / (10.0 + updates))
        torch._foreach_lerp_(averaged, current, 1.0 - warmed)

    average = AveragedModel(model, multi_avg_fn=update)
    for copied, original in zip(average.module.modules(), model.modules(), strict=True):
        copied._buffers.update(original._buffers)  # shared: a copy of large ones, as of vectors, would cost each update
    for module in average.modules():
        if isinstance(module, nn.RNNBase):
            module.flatten_parameters()  # the copy's weights lie apart, which cuDNN would warn of at each call
    return average
