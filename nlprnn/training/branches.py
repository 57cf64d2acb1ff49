"""Branches: trainings from the same weights, one after another, whose weights are averaged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from nlprnn.training.ema import moving_average


class BranchAverage:
    """Average of the weights of branches, a "model soup" (Wortsman et al. 2022, "Model soups: averaging weights").

    Fine-tunings of one trained model that differ in the order of the data and in what dropout hides end in one basin of
    the loss, so that the mean of their weights predicts like an ensemble of them, at the cost of one model. This does
    not hold of trainings from random weights. Each branch is a part of the training of equal length, has a schedule of
    its own, and ends with the moving average of its weights.

    Args:
        model: its weights are those that each branch starts from; its buffers are not set back.
        branches: number of them.
        decay: of the moving average within a branch, in [0, 1); 0 = the weights themselves.

    Raises:
        ValueError: the decay is out of range.
    """

    def __init__(self, model: nn.Module, branches: int, decay: float) -> None:
        self._branches = branches
        self._current = moving_average(model, decay)
        self._soup = moving_average(model, 0.0)
        self._initial = [parameter.detach().clone() for parameter in model.parameters()]
        self._mean = [torch.zeros_like(parameter) for parameter in self._initial]
        self._finished = 0
        self._branch = 0

    @property
    def module(self) -> nn.Module:
        """The model with the mean weights of the branches so far, the current one included."""
        if not self._finished:
            return self._current.module
        with torch.no_grad():
            weights = self._mean_with_current()
            torch._foreach_copy_(list(self._soup.module.parameters()), weights)
        return self._soup.module

    def update_parameters(self, model: nn.Module) -> None:
        """Update the average of the current branch with the weights of a model."""
        self._current.update_parameters(model)

    def enter_branch(self, progress: float, model: nn.Module, optimizer: Optimizer) -> None:
        """Begin the branch of a progress, if the current one is another: model and optimizer are set back.

        Args:
            progress: of the whole training, 0 to 1.
            model: gets the weights that each branch starts from.
            optimizer: its state is cleared.
        """
        branch = self._branch_of(progress)
        if branch == self._branch:
            return
        with torch.no_grad():
            self._mean = self._mean_with_current()
            torch._foreach_copy_(list(model.parameters()), self._initial)
        self._finished += 1
        self._branch = branch
        self._current.restart()
        optimizer.state.clear()

    def progress(self, progress: float) -> float:
        """Return the progress of the current branch, 0 to 1, from that of the whole training."""
        return min(1.0, max(0.0, self._branches * progress - self._branch_of(progress)))

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {
            "current": self._current.state_dict(),
            "initial": self._initial,
            "mean": self._mean,
            "place": (self._branch, self._finished),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take what `state_dict` returned.

        Raises:
            RuntimeError, KeyError, ValueError: it is of another model.
        """
        self._current.load_state_dict(state["current"])
        for tensors, saved in ((self._initial, state["initial"]), (self._mean, state["mean"])):
            for tensor, value in zip(tensors, saved, strict=True):
                tensor.copy_(value)
        self._branch, self._finished = state["place"]

    def _branch_of(self, progress: float) -> int:
        return max(0, math.ceil(self._branches * progress) - 1)  # the last update of a branch belongs to it

    def _mean_with_current(self) -> list[torch.Tensor]:
        current = [parameter.detach() for parameter in self._current.module.parameters()]
        return list(torch._foreach_lerp(self._mean, current, 1 / (self._finished + 1)))
