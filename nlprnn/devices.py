"""Names of devices -> devices, and how much they may keep."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nlprnn.errors import DeviceError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


_KERNELS = "64"


def limit_kernel_cache() -> None:
    """Let oneDNN, on a CPU, keep the kernels of the last 64 shapes of batches rather than of 1,024, a megabyte each.

    Batches of like length come in hundreds of shapes, and a training would grow by gigabytes; making a kernel anew
    takes no time that can be measured. To be called before the first batch. What the user has set stays.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS)


def resolve_device(name: str = "auto") -> torch.device:
    """Return the device of that name; "auto" is cuda where there is one, then mps, then cpu.

    Raises:
        DeviceError: the name is unknown, or the machine has no such device.
    """
    import torch

    if name not in DEVICES:
        raise DeviceError(f"unknown device {name!r}: choose one of {', '.join(DEVICES)}")
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there[name]:
        raise DeviceError(f"this machine, or this build of torch, has no device {name}: take cpu or auto")
    return torch.device(name)
