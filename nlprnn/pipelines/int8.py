"""Steps of models with int8 weights, where the machine has kernels for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from nlprnn.errors import DeviceError

Made = TypeVar("Made")


def make_int8(make: Callable[..., Made], device: torch.device) -> Made:
    """Return `make(int8=True)`, a step of a model with int8 weights.

    Args:
        make: such as `model.compiled_step`.
        device: of the model.

    Raises:
        DeviceError: the device is not the CPU, or this PyTorch has no int8 kernels for it.
    """
    if device.type != "cpu":
        raise DeviceError("int8 runs on the CPU alone: choose the device cpu, or leave int8 out")
    try:
        return make(int8=True)
    except RuntimeError as error:
        raise DeviceError(str(error)) from error
