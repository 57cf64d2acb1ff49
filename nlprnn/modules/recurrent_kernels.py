"""PyTorch's kernels of recurrent layers, in a precision that the device has a kernel for."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from nlprnn.devices import autocast_dtype
from nlprnn.modules.sigmoid_rnn import rnn_sigmoid

_KERNELS: dict[str, Callable[..., Any]] = {
    "LSTM": torch.lstm,
    "GRU": torch.gru,
    "RNN_TANH": torch.rnn_tanh,
    "RNN_RELU": torch.rnn_relu,
    "RNN_SIGMOID": rnn_sigmoid,
}


def run_kernel(mode: str, inputs: Sequence[Any], weights: Sequence[Tensor], options: Sequence[Any]) -> Sequence[Tensor]:
    """Run a kernel over whole sequences; under autocast in half precision, or float32 where there is no such kernel.

    Args:
        mode: "LSTM", "GRU", "RNN_TANH", "RNN_RELU" or "RNN_SIGMOID", as `nn.RNNBase` has it.
        inputs: the sequences and the initial states; with the sizes of the time steps between them, if packed.
        weights: of all directions, in PyTorch's order.
        options: the others of the kernel's arguments.

    Returns:
        outputs and final states, as PyTorch orders them.
    """
    kernel, device, dtype = _KERNELS[mode], inputs[0].device.type, autocast_dtype(inputs[0].device)
    if device not in ("cpu", "cuda") or dtype is None:
        return kernel(*inputs, weights, *options)
    if device == "cpu":
        if mode != "LSTM" or _has_cpu_kernel(dtype):
            return kernel(*inputs, weights, *options)
        name = str(dtype).removeprefix("torch.")
        warnings.warn(f"this processor cannot compute an LSTM in {name}: it is computed in float32", stacklevel=2)
        dtype = torch.float32
    elif not torch.cudnn_is_acceptable(inputs[0].new_empty(1, dtype=dtype)):  # bfloat16 needs cuDNN 9.13
        dtype = torch.float32
    # Autocast itself would take float16 in place of bfloat16 on CUDA, where gradients are lost without loss scaling.
    with torch.autocast(device, enabled=False):
        narrow = weights if weights[0].dtype == dtype else _flat_weights(weights, dtype)
        return kernel(*(_converted(item, dtype) for item in inputs), narrow, *options)


def _has_cpu_kernel(dtype: torch.dtype) -> bool:
    """Return whether this processor computes an LSTM in a precision; PyTorch's own kernel, without oneDNN, does so."""
    if not torch.backends.mkldnn.is_available():
        return True
    return dtype == torch.bfloat16 and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def _converted(item: Any, dtype: torch.dtype) -> Any:
    """Return floating-point tensors, or a tuple with such, in another precision."""
    if isinstance(item, tuple):
        return tuple(_converted(one, dtype) for one in item)
    return item.to(dtype) if item.is_floating_point() else item


def _flat_weights(weights: Sequence[Tensor], dtype: torch.dtype) -> list[Tensor]:
    """Return weights in another precision in one piece of memory, matrices first, as cuDNN wants them."""
    order = sorted(range(len(weights)), key=lambda index: weights[index].dim() < 2)
    flat = torch.cat([weights[index].flatten() for index in order]).to(dtype)
    pieces = dict(zip(order, flat.split([weights[index].numel() for index in order]), strict=True))
    return [pieces[index].view_as(weight) for index, weight in enumerate(weights)]
