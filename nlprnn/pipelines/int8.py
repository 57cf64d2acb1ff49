"""Models and steps of models with int8 weights, where the machine has kernels for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from nlprnn.errors import DeviceError
from nlprnn.modules.cpu.int8_network import with_int8_weights

Made = TypeVar("Made")
Model = TypeVar("Model", bound=nn.Module)


def make_int8(make: Callable[..., Made], device: torch.device) -> Made:
    """Return `make(int8=True)`, a model or a step of a model with int8 weights.

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


def int8_model(model: Model) -> Model:
    """Return a model of whole sequences with int8 weights, for inference alone (`with_int8_weights`).

    Raises:
        DeviceError: the device is not the CPU, or this PyTorch has no int8 kernels for it.
    """
    device = next(model.parameters()).device
    return make_int8(lambda *, int8: with_int8_weights(model.eval()), device)
