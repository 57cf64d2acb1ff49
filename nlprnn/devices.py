"""Devices by name, their precision, and the memory of oneDNN's kernel cache."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nlprnn.errors import DeviceError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")

_KERNELS = "64"


def limit_kernel_cache() -> None:
    """Limit oneDNN's cache on a CPU to the kernels of the last 64 batch shapes instead of 1,024, a megabyte each.

    Length buckets have hundreds of batch shapes, so that memory would grow by gigabytes; creating a kernel again takes
    no measurable time. Call it before the first batch. A value that the user has set is kept.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS)


def autocast_dtype(device: torch.device) -> torch.dtype | None:
    """Return the precision that automatic mixed precision computes in on a device; None = it is off."""
    import torch

    if not torch.amp.is_autocast_available(device.type) or not torch.is_autocast_enabled(device.type):
        return None
    return torch.get_autocast_dtype(device.type)


def resolve_device(name: str = "auto") -> torch.device:
    """Return the device of a name; "auto" is the first available of cuda, mps and cpu.

    Raises:
        DeviceError: the name is unknown, or the machine has no such device.
    """
    import torch

    if name not in DEVICES:
        raise DeviceError(f"unknown device {name!r}: choose one of {', '.join(DEVICES)}")
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if available[kind])
    if not available[name]:
        raise DeviceError(f"this machine, or this build of torch, has no device {name}: take cpu or auto")
    return torch.device(name)
