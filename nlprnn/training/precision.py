"""Precision of a training: what it is chosen by, what a device can compute in, and sums that need at least float32."""

from __future__ import annotations

import os

import torch
from torch import Tensor

from nlprnn.errors import DeviceError

PRECISIONS = ("fp32", "bf16", "fp16")


def chosen_precision(precision: str | None) -> str:
    """Return the name of a precision, one of `PRECISIONS`.

    Args:
        precision: its name, or "no" for fp32; None = what `accelerate launch` was given with `--mixed_precision` or
            `accelerate config`, else fp32.

    Raises:
        ValueError: the name is unknown.
    """
    name = precision or os.environ.get("ACCELERATE_MIXED_PRECISION", "fp32")
    name = "fp32" if name == "no" else name
    if name not in PRECISIONS:
        raise ValueError(f"unknown precision {name!r}: choose {', '.join(PRECISIONS[:-1])} or {PRECISIONS[-1]}")
    return name


def check_precision(precision: str, device: torch.device) -> None:
    """Check that a device computes in a precision.

    Args:
        precision: one of `PRECISIONS`.
        device: that training is on.

    Raises:
        DeviceError: it does not, or so slowly that float32 is faster.
    """
    if device.type == "cpu" and precision == "fp16":
        raise DeviceError("a CPU cannot train in fp16: take --precision fp32, or bf16 where the processor has it")
    if device.type == "cpu" and precision == "bf16" and not _cpu_has_bf16():
        raise DeviceError("this processor cannot compute in bf16: take --precision fp32")
    if device.type == "cuda" and precision == "bf16" and not torch.cuda.is_bf16_supported(including_emulation=False):
        raise DeviceError("this GPU cannot compute in bf16: take --precision fp16 or fp32")


def _cpu_has_bf16() -> bool:
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def widened(tensor: Tensor) -> Tensor:
    """Return a floating-point tensor in at least float32, for a loss sums over many small terms."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
