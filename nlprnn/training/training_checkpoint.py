"""The checkpoint of a training: everything from which it resumes as if it had not stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accelerate.utils import send_to_device
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from nlprnn.errors import TrainingError
from nlprnn.training.checkpoint import load_checkpoint, random_state, save_checkpoint, set_random_state
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.protocols import ResumableBatches
from nlprnn.training.state import TrainingState


class TrainingCheckpoint:
    """The checkpoint of a training, written from its objects and loaded into them.

    Args:
        path: of the file.
        distributed: the processes of the training; each further one has a file of its own beside this one.
        network: the model.
        average: moving average of its weights, if there is one.
        optimizer: of its parameters.
        batches: with their position.
        state: counters, clocks and best scores.
    """

    def __init__(
        self,
        path: Path,
        distributed: DistributedContext,
        *,
        network: nn.Module,
        average: AveragedModel | None,
        optimizer: Optimizer,
        batches: ResumableBatches,
        state: TrainingState,
    ) -> None:
        self.path = path
        self._rank_file = distributed.rank_file(path)
        self._accelerator = distributed.accelerator
        self._network = network
        self._average = average
        self._optimizer = optimizer
        self._batches = batches
        self._state = state

    def save(self, *, best: dict[str, Tensor] | None, carried: Any) -> None:
        """Write the checkpoint.

        Args:
            best: weights with the best validation score so far.
            carried: state that the loss function carries to the next batch.
        """
        rank_state = {"step": self._state.step, "random": random_state(), "carried": carried}
        if self._rank_file is not None:
            save_checkpoint(self._rank_file, rank_state)
            return
        scaler = self._accelerator.scaler
        checkpoint = {
            "model": self._network.state_dict(),
            "gradients": [parameter.grad for parameter in self._network.parameters()],  # None, or half accumulated
            "average": None if self._average is None else self._average.state_dict(),
            "best": best,
            "optimizer": self._optimizer.state_dict(),
            "scaler": None if scaler is None else scaler.state_dict(),
            "batches": (self._batches.epoch, self._batches.position, len(self._batches)),
            "state": vars(self._state),
        }
        save_checkpoint(self.path, checkpoint | rank_state)

    def restore(self) -> tuple[dict[str, Tensor] | None, Any]:
        """Load the checkpoint into all objects, and return the best weights and the carried state.

        Raises:
            TrainingError: the file is missing, damaged, or of another model or data set.
        """
        checkpoint = load_checkpoint(self.path)
        rank_state = checkpoint if self._rank_file is None else load_checkpoint(self._rank_file)
        try:
            self._network.load_state_dict(checkpoint["model"])
            for parameter, gradient in zip(self._network.parameters(), checkpoint["gradients"], strict=True):
                parameter.grad = None if gradient is None else gradient.to(parameter.device)
            if self._average is not None:
                self._average.load_state_dict(checkpoint["average"])
            self._optimizer.load_state_dict(checkpoint["optimizer"])
            if self._accelerator.scaler is not None:
                self._accelerator.scaler.load_state_dict(checkpoint["scaler"])
            self._batches.epoch, self._batches.position, count = checkpoint["batches"]
            if len(self._batches) != count:
                raise ValueError(f"{len(self._batches)} batches an epoch, not {count}")
            self._state.restore(checkpoint["state"])
            if rank_state["step"] != self._state.step:
                raise ValueError(f"{self._rank_file} is of another step")
            carried = send_to_device(rank_state["carried"], self._accelerator.device)
            set_random_state(rank_state["random"])
            return checkpoint["best"], carried
        except (AttributeError, KeyError, RuntimeError, ValueError, TypeError) as error:
            message = f"{self.path} is of another model or data set: resume with the same options"
            raise TrainingError(message) from error
