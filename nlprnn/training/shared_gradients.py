"""Gradients averaged over the processes of one machine through memory that they share.

Over sockets, even those of one machine, all gradients go twice through the kernel in each update. Here each process
copies its own into shared memory, adds up one share of those of all, and copies the means of all shares back.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, distributed
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook
from torch.futures import Future
from torch.nn.parallel import DistributedDataParallel

_FOLDER = Path("/dev/shm")  # files in memory, on Linux
_PIECE = 1 << 24
"""Bytes of gradients at a time, of each process: few enough for the cache of a processor, and for the memory that a
container shares at least."""


def share_gradients(model: DistributedDataParallel) -> bool:
    """Let gradients be averaged in shared memory, where all processes are on this machine and have enough of it.

    All processes call this, before the first step.

    Args:
        model: on the CPU.

    Returns:
        whether they are; gradients are exchanged over sockets as before where they are not.
    """
    rank, count = distributed.get_rank(), distributed.get_world_size()
    if int(os.environ.get("LOCAL_WORLD_SIZE", "1")) < count:
        return False
    path = [_new_file((count + 1) * _PIECE) if rank == 0 else None]
    distributed.broadcast_object_list(path)
    memory = None if path[0] is None else _mapped(path[0])
    failures = torch.tensor([float(memory is None)])
    distributed.all_reduce(failures)  # all have opened the file, or failed to
    if path[0] is not None and rank == 0:
        Path(path[0]).unlink()  # its memory is given back when the last process ends, however that ends
    if memory is None or failures > 0.0:
        return False
    mean = _SharedMean(memory, rank, count)
    model.register_comm_hook(None, lambda _, bucket: mean.of_bucket(bucket))
    return True


class _SharedMean:
    """Mean of a tensor over processes, in shared memory.

    Args:
        memory: ((processes + 1) * `_PIECE`,) uint8, shared: a piece of each process, and one of the means.
        rank: number of this process.
        count: number of processes.
    """

    def __init__(self, memory: Tensor, rank: int, count: int) -> None:
        self._memory = memory.view(count + 1, _PIECE)
        self._rank, self._count = rank, count
        self._arrived = torch.zeros(1)

    def of_bucket(self, bucket: distributed.GradBucket) -> Future[Tensor]:
        """Average the gradients of a bucket in place: a communication hook of `DistributedDataParallel`."""
        gradients = bucket.buffer()
        if gradients.layout is not torch.strided:
            return allreduce_hook(cast(distributed.ProcessGroup, distributed.group.WORLD), bucket)
        for piece in gradients.split(_PIECE // gradients.element_size()):
            self._average(piece)
        future: Future[Tensor] = Future()
        future.set_result(gradients)
        return future

    def _average(self, values: Tensor) -> None:
        """Replace values (n,) by their means, which are the same bytes in all processes."""
        *of_processes, means = self._memory.view(values.dtype)[:, : len(values)]
        of_processes[self._rank].copy_(values)
        self._wait_for_all()
        share = slice(*(len(values) * (self._rank + step) // self._count for step in (0, 1)))
        total = torch.add(of_processes[0][share], of_processes[1][share], out=means[share])
        for others in of_processes[2:]:
            total.add_(others[share])
        total.div_(self._count)
        # No process writes its next values, or means, before all have read these: both follow the next meeting.
        self._wait_for_all()
        values.copy_(means)

    def _wait_for_all(self) -> None:
        """Wait until all processes have come here; RuntimeError where one has ended, as in all their exchanges."""
        distributed.all_reduce(self._arrived)


def _new_file(size: int) -> str | None:
    """Return the path of a new file in memory; None where there is no room."""
    if not hasattr(os, "posix_fallocate"):  # as on Windows and macOS
        return None
    try:
        handle, path = tempfile.mkstemp(prefix="nlprnn-", dir=_FOLDER)
    except OSError:
        return None
    try:
        os.posix_fallocate(handle, 0, size)  # a mapped file without its memory would end the process at a write
    except OSError:
        with suppress(OSError):
            Path(path).unlink()
        return None
    finally:
        os.close(handle)
    return path


def _mapped(path: str) -> Tensor | None:
    """Return the content of a file, (bytes,) uint8, shared with the other processes; None where there is none."""
    try:
        with Path(path).open("r+b") as file:
            return torch.frombuffer(mmap.mmap(file.fileno(), 0), dtype=torch.uint8)
    except OSError:
        return None
