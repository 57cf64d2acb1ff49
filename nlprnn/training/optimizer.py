"""Optimizer construction: AdamW, with one learning rate or with those of ULMFiT."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import nn
from torch.optim import AdamW, Optimizer


def adamw(
    parameters: Iterable[nn.Parameter] | Iterable[Mapping[str, Any]],
    learning_rate: float,
    *,
    weight_decay: float = 0.01,
) -> AdamW:
    """Return AdamW (Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization") in its fused form.

    The fused form updates all parameters in one call, four times as fast on a CPU.

    Args:
        parameters: of a model, or groups such as `discriminative_groups` makes, whose learning rates count.
        learning_rate: peak of the schedule.
        weight_decay: fraction of a weight that is subtracted at each step, times the learning rate.
    """
    spare_compiler()
    return _EagerAdamW(parameters, lr=learning_rate, weight_decay=weight_decay, fused=True)  # type: ignore[arg-type]


def spare_compiler() -> None:
    """Let optimizers be made without the import of `torch._dynamo`, which takes 2.4 s of a slow CPU.

    Some of their methods are kept out of `torch.compile`, and the first call of each imports the compiler in order to
    mark it so. Where no compiler is loaded there is nothing to be kept out of, and the method is marked as it is. A
    version of PyTorch that marks them otherwise imports the compiler as before.
    """
    if "torch._dynamo" in sys.modules:
        return
    for method in vars(Optimizer).values():
        if getattr(method, "__code__", None) is Optimizer.add_param_group.__code__:
            method.__wrapped__.__dict__.setdefault("__dynamo_disable", method.__wrapped__)


class _EagerAdamW(AdamW):
    """AdamW whose step is the plain function: the decorator of PyTorch imports the compiler, to break its graphs."""

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters by their gradients."""
        return _STEP(self, closure)


_STEP = inspect.unwrap(AdamW.step)
