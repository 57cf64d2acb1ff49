"""What the processes of one training agree on, where there are several, as one for each GPU: clock, end and scores.

Accelerate gives all of them the same gradients; whatever else decides how training goes on must be the same as well, or
their weights come apart, and one waits for ever for another that has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast

from nlprnn.devices import resolve_device
from nlprnn.errors import DeviceError
from nlprnn.training.options import TrainingOptions


class DistributedContext:
    """The processes of one training, seen from one of them.

    What each draws, dropout above all, is its own.

    Args:
        options: of the training; its device and precision count.

    Raises:
        DeviceError: the device is not there, or the process has trained on another or in another precision before.
    """

    def __init__(self, options: TrainingOptions) -> None:
        self.accelerator = _accelerator(options)
        self.index, self.count = self.accelerator.process_index, self.accelerator.num_processes
        self.is_first = self.index == 0
        if self.index:
            torch.manual_seed(torch.initial_seed() + self.index)

    def clock(self, seconds: float) -> float:
        """Return the seconds of the first process."""
        return self.broadcast_from_rank0({"seconds": seconds})["seconds"]

    def any_of(self, stop: bool) -> bool:
        """Return whether any process has been asked to stop."""
        if self.count == 1:
            return stop
        asked = torch.tensor([float(stop)], device=self.accelerator.device)
        return bool(self.accelerator.reduce(asked, "sum") > 0.0)

    def broadcast_from_rank0(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Return the scores of the first process: from one to another, rounding may differ."""
        if self.count == 1:
            return dict(scores)
        own = torch.tensor(list(scores.values()), dtype=torch.float64, device=self.accelerator.device)
        return dict(zip(scores, broadcast(own).tolist(), strict=True))

    def own_file(self, checkpoint: Path) -> Path | None:
        """Where a process keeps what is its own beside the checkpoint, which holds it for the first; None for that."""
        return None if self.is_first else checkpoint.with_name(f"process-{self.index}{checkpoint.suffix}")


def _accelerator(options: TrainingOptions) -> Accelerator:
    """The device and precision asked for; Accelerate knows one of each in a process, the first that is taken."""
    device = resolve_device(options.device)
    told = f"training on {device.type} in precision {options.precision!r} needs a process of its own: restart Python"
    try:
        accelerator = Accelerator(cpu=device.type == "cpu", mixed_precision=options.precision)
    except ValueError as error:
        if "already been initialized" not in str(error):
            raise
        raise DeviceError(told) from error
    if accelerator.device.type != device.type:
        raise DeviceError(told)
    return accelerator
