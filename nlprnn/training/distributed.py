"""Distributed training: what all processes must agree on, such as clock, early stop and scores.

Accelerate gives all processes the same gradients. Everything else that decides how training continues must be the
same as well, or their weights diverge and one process waits forever for another that has ended.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, broadcast_object_list, gather_object
from torch import nn
from torch.optim import Optimizer

from nlprnn.batching.row_lengths import pin
from nlprnn.devices import resolve_device
from nlprnn.errors import DeviceError, TrainingError
from nlprnn.training.options import TrainingOptions
from nlprnn.training.precision import check_precision, chosen_precision
from nlprnn.training.prefetch import PrefetchedBatches
from nlprnn.training.protocols import ResumableBatches

ModelT = TypeVar("ModelT", bound=nn.Module)
Value = TypeVar("Value")


class DistributedContext:
    """The processes of one training run, seen from one of them; a single process is rank 0 of 1.

    Each process gets a random seed of its own, so that their dropout masks differ.

    Args:
        options: of the training; device and precision are used.

    Attributes:
        accelerator: of the `accelerate` library.
        rank: number of this process.
        world_size: number of processes.

    Raises:
        DeviceError: the device is not available or cannot compute in the precision, or the process has trained on
            another or in another precision before.
    """

    def __init__(self, options: TrainingOptions) -> None:
        self.accelerator = _accelerator(options)
        self.rank: int = self.accelerator.process_index
        self.world_size: int = self.accelerator.num_processes
        # Small numbers are exchanged at each step, over the CPU: a GPU would have to be waited for.
        self._cpu_group = None
        if self.world_size > 1 and self.accelerator.device.type == "cuda":
            self._cpu_group = torch.distributed.new_group(backend="gloo")
        if self.rank:
            torch.manual_seed(torch.initial_seed() + self.rank)

    def broadcast_from_rank0(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the values of rank 0: rounding, and all the more the clock, may differ between processes."""
        if self.world_size == 1:
            return dict(values)
        tensor = torch.tensor(list(values.values()), dtype=torch.float64)
        torch.distributed.broadcast(tensor, src=0, group=self._cpu_group)
        return dict(zip(values, tensor.tolist(), strict=True))

    def agreed_options(self, options: TrainingOptions) -> TrainingOptions:
        """Return options with the time limit of rank 0: what is left of a run's limit differs between processes.

        Number and size of the trials of a validation follow from it, and the end of training.
        """
        if options.max_minutes is None:
            return options
        limit = self.broadcast_from_rank0({"minutes": options.max_minutes})
        return replace(options, max_minutes=limit["minutes"])

    def seconds_since(self, moment: float) -> float:
        """Return the seconds since a moment of `time.monotonic()`, the same in all processes."""
        return self.broadcast_from_rank0({"seconds": time.monotonic() - moment})["seconds"]

    def any_rank(self, condition: bool) -> bool:
        """Return whether the condition holds in any process."""
        if self.world_size == 1:
            return condition
        count = torch.tensor([float(condition)])
        torch.distributed.all_reduce(count, group=self._cpu_group)
        return bool(count > 0.0)

    def prepare(self, model: nn.Module, optimizer: Optimizer) -> tuple[nn.Module, Optimizer]:
        """Return model and optimizer for this process; backward passes then average the gradients of all."""
        prepared: nn.Module
        prepared, optimizer = self.accelerator.prepare(model, optimizer)
        if self.world_size > 1 and self.accelerator.device.type == "cpu":
            from nlprnn.training.shared_gradients import share_gradients  # one process has no need of it

            share_gradients(cast(nn.parallel.DistributedDataParallel, prepared))
        return prepared, optimizer

    def network(self, model: ModelT, prepared: nn.Module) -> ModelT:
        """Return the network itself of a model that Accelerate has prepared.

        Without the autocast of Accelerate: it widens outputs, and the loss has products of half precision as well. A
        model that was left as it was is not asked what it is, which imports a compiler in seconds.
        """
        if prepared is model and self.accelerator.mixed_precision == "no":
            return model
        network: ModelT = self.accelerator.unwrap_model(prepared, keep_fp32_wrapper=False)
        return network

    def prefetched(self, batches: ResumableBatches) -> ResumableBatches:
        """Return batches that a thread makes ahead in page-locked memory, for a GPU; as they are for a CPU."""
        device = self.accelerator.device
        if device.type != "cuda":
            return batches

        def prepare(batch: Any) -> Any:
            if device.index is not None:
                torch.cuda.set_device(device)  # of the thread
            return pin(batch)

        return PrefetchedBatches(batches, prepare)

    def gather(self, value: Value) -> list[Value]:
        """Return the values of all ranks, in their order; all processes call this."""
        return [value] if self.world_size == 1 else [_unpacked(one) for one in gather_object([_packed(value)])]

    def from_rank0(self, function: Callable[[], Value]) -> Value:
        """Call a function in rank 0 alone, and return its value in all processes.

        Raises:
            Exception: that of the function; in the further processes, a TrainingError of the same words.
        """
        if self.world_size == 1:
            return function()
        outcome: list[Any] = [None, None]  # the value, and the words of an error
        error: Exception | None = None
        if self.rank == 0:
            try:
                outcome[0] = _packed(function())
            except Exception as raised:  # raised again below, once all processes know of it
                error, outcome[1] = raised, str(raised)
        broadcast_object_list(outcome)
        if outcome[1] is not None:
            raise error or TrainingError(f"the first process failed: {outcome[1]}")
        return cast(Value, _unpacked(outcome[0]))


def _packed(value: Any) -> bytes:
    """Return a value as bytes; pickled alone, as `torch.distributed` does, a tensor of uint32 cannot be read again."""
    content = io.BytesIO()
    torch.save(value, content)
    return content.getvalue()


def _unpacked(content: bytes) -> Any:
    """Return the value of bytes that another process of the same training has sent."""
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=False)


def wait_for_all_processes() -> None:
    """Wait until each process of a distributed training has come here; in a single process, do nothing."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()


def is_lost_process(error: RuntimeError) -> bool:
    """Return whether an error is that of a process whose neighbour has ended in the midst of their training."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return False
    return any(word in str(error) for word in ("gloo", "Gloo", "NCCL", "Connection closed by peer"))


def _join_restarted_group(backend: str) -> None:
    """Join the group of processes that `torchrun --max-restarts` has started again, under a name of its own.

    torchrun keeps one store for all its restarts, in which a process may still find the address of one that has died.
    """
    environment = os.environ
    restarts, size = environment.get("TORCHELASTIC_RESTART_COUNT", "0"), int(environment.get("WORLD_SIZE", "1"))
    if restarts == "0" or size == 1 or torch.distributed.is_initialized():
        return
    address, port = environment["MASTER_ADDR"], int(environment["MASTER_PORT"])
    store = torch.distributed.TCPStore(address, port, is_master=False)
    named = torch.distributed.PrefixStore(f"restart-{restarts}", store)
    torch.distributed.init_process_group(backend, store=named, rank=int(environment["RANK"]), world_size=size)


def _accelerator(options: TrainingOptions) -> Accelerator:
    """Return an accelerator of the device and precision; those of the first one in a process are final."""
    device, precision = resolve_device(options.device), chosen_precision(options.precision)
    check_precision(precision, device)
    _join_restarted_group("nccl" if device.type == "cuda" else "gloo")
    message = f"training on {device.type} in precision {precision!r} needs a process of its own: restart Python"
    try:
        accelerator = Accelerator(
            cpu=device.type == "cpu",
            mixed_precision="no" if precision == "fp32" else precision,
            # No copy of the gradients; and no buffer, such as a table of fixed vectors, is sent with each batch.
            kwargs_handlers=[DistributedDataParallelKwargs(gradient_as_bucket_view=True, broadcast_buffers=False)],
        )
    except ValueError as error:
        if "already been initialized" not in str(error):
            raise
        raise DeviceError(message) from error
    if accelerator.device.type != device.type:
        raise DeviceError(message)
    return accelerator
