"""The checkpoint of a training: everything from which it resumes as if it had not stopped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import send_to_device
from torch import Tensor, nn
from torch.optim import Optimizer

from nlprnn.errors import TrainingError
from nlprnn.training.branches import BranchAverage
from nlprnn.training.checkpoint import random_state, set_random_state
from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint, write_checkpoint
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.ema import MovingAverage
from nlprnn.training.protocols import ResumableBatches
from nlprnn.training.resharding import reshard_batches, reshard_state
from nlprnn.training.state import TrainingState

logger = logging.getLogger(__name__)


class TrainingCheckpoint:
    """The checkpoint of a training, written from its objects and loaded into them.

    It is one file, which the first process writes: that holds the random states and the carried state of all processes.

    Args:
        folder: of the checkpoints, see `nlprnn.training.checkpoint_folder`.
        distributed: the processes of the training.
        network: the model.
        average: of its weights, if there is one.
        optimizer: of its parameters.
        batches: with their position.
        state: counters, clocks and best scores.
        keep: number of checkpoints that stay in the folder.
        run_id: identity of the training.
    """

    def __init__(
        self,
        folder: Path,
        distributed: DistributedContext,
        *,
        network: nn.Module,
        average: MovingAverage | BranchAverage | None,
        optimizer: Optimizer,
        batches: ResumableBatches,
        state: TrainingState,
        keep: int = 2,
        run_id: str = "",
    ) -> None:
        self.folder = folder
        self._distributed = distributed
        self._accelerator = distributed.accelerator
        self._network = network
        self._average = average
        self._optimizer = optimizer
        self._batches = batches
        self._state = state
        self._keep = keep
        self._run_id = run_id

    @property
    def kept(self) -> Path | None:
        """The newest checkpoint after the first step; None before it is written."""
        return next((path for step, path in checkpoint_files(self.folder).items() if step), None)

    def save(self, *, best: dict[str, Tensor] | None, carried: Any) -> None:
        """Write the checkpoint; all processes call this at the same step.

        Args:
            best: weights with the best validation score so far.
            carried: state that the loss function carries to the next batch.

        Raises:
            OSError: the disk is full or the folder cannot be written; in the further processes, a TrainingError.
        """
        scaler = self._accelerator.scaler
        gradients = [parameter.grad for parameter in self._network.parameters()]  # None, or half accumulated
        state = {"random": random_state(), "carried": carried, "gradients": gradients}
        processes = self._distributed.gather(send_to_device(state, "cpu"))
        checkpoint = {
            "run_id": self._run_id,
            "step": self._state.step,
            "model": self._network.state_dict(),
            "average": None if self._average is None else self._average.state_dict(),
            "best": best,
            "optimizer": self._optimizer.state_dict(),
            "scaler": None if scaler is None else scaler.state_dict(),
            "batches": (self._batches.epoch, self._batches.position, len(self._batches)),
            "state": vars(self._state),
            "processes": processes,
        }
        self._distributed.from_rank0(
            lambda: write_checkpoint(self.folder, self._state.step, checkpoint, keep=self._keep)
        )

    def restore(self) -> tuple[dict[str, Tensor] | None, Any]:
        """Load the newest sound checkpoint into all objects, and return the best weights and the carried state.

        Raises:
            TrainingError: there is none, or it is of another model or data set.
        """
        path, checkpoint = self._distributed.from_rank0(lambda: read_newest_checkpoint(self.folder, self._run_id))
        try:
            self._network.load_state_dict(checkpoint["model"])
            self._restore_gradients(checkpoint)
            if self._average is not None:
                self._average.load_state_dict(checkpoint["average"])
            self._optimizer.load_state_dict(checkpoint["optimizer"])
            if self._accelerator.scaler is not None:
                self._accelerator.scaler.load_state_dict(checkpoint["scaler"])
            self._state.restore(checkpoint["state"])
            carried = self._restore_processes(checkpoint)
            return checkpoint["best"], carried
        except (AttributeError, KeyError, RuntimeError, ValueError, TypeError) as error:
            message = f"{path} is of another model or data set: resume with the same options"
            raise TrainingError(message) from error

    def _restore_gradients(self, checkpoint: Mapping[str, Any]) -> None:
        """Set the half-accumulated gradients of this process; of another number of processes than before, their mean.

        The processes average their gradients only before an update. An older checkpoint has those of the first.
        """
        rank, count = self._distributed.rank, self._distributed.world_size
        saved = [process.get("gradients", checkpoint.get("gradients")) for process in checkpoint["processes"]]
        taken = zip(*(saved if len(saved) != count else [saved[rank]]), strict=True)
        for parameter, tensors in zip(self._network.parameters(), taken, strict=True):
            known = [tensor.to(parameter.device) for tensor in tensors if tensor is not None]
            parameter.grad = torch.stack(known).sum(dim=0) / len(tensors) if known else None

    def _restore_processes(self, checkpoint: Mapping[str, Any]) -> Any:
        """Set the random states and the position of this process, and return its carried state."""
        processes, rank, count = checkpoint["processes"], self._distributed.rank, self._distributed.world_size
        change = reshard_batches(self._batches, checkpoint["batches"], before=len(processes), rank=rank, count=count)
        carried = reshard_state([process["carried"] for process in processes], rank=rank, count=count)
        if rank < len(processes):
            set_random_state(processes[rank]["random"])
        if count != len(processes) and rank == 0:
            logger.warning("%s", change)
        return send_to_device(carried, self._accelerator.device)
