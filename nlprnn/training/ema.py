"""The average of a model's weights over its training."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
    """Return an exponential moving average of a model's weights (Polyak & Juditsky 1992).

    Early on the average follows closely, so that it does not drag the random start along: after n updates the
    decay is at most (1 + n) / (10 + n).

    Args:
        model: what is averaged; `update_parameters(model)` after each step takes its weights in.
        decay: how much of the average stays at a step, in [0, 1).

    Raises:
        ValueError: the decay is out of range.
    """
    if not 0.0 <= decay < 1.0:
        raise ValueError(f"the decay of an average must be at least 0 and below 1, got {decay}")

    @torch.no_grad()
    def update(averaged: list[Tensor], current: list[Tensor], count: Tensor) -> None:
        taken = float(count)
        warmed = min(decay, (1.0 + taken) / (10.0 + taken))
        torch._foreach_lerp_(averaged, current, 1.0 - warmed)

    average = AveragedModel(model, multi_avg_fn=update)
    for module in average.modules():
        if isinstance(module, nn.RNNBase):
            module.flatten_parameters()  # the copy's lie apart, which cuDNN would mend, and warn of, at each call
    return average
