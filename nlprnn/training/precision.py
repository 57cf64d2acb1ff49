"""Precision of a training: what it is chosen by, and what a device can compute in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nlprnn.errors import DeviceError

if TYPE_CHECKING:
    import torch

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
    import torch

    if device.type == "cpu" and precision == "fp16":
        raise DeviceError("a CPU cannot train in fp16: take --precision fp32, or bf16 where the processor has it")
    if device.type == "cpu" and precision == "bf16" and not _cpu_has_bf16():
        raise DeviceError("this processor cannot compute in bf16: take --precision fp32")
    if device.type == "cuda" and precision == "bf16" and not torch.cuda.is_bf16_supported(including_emulation=False):
        raise DeviceError("this GPU cannot compute in bf16: take --precision fp16 or fp32")


def _cpu_has_bf16() -> bool:
    import torch

    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
