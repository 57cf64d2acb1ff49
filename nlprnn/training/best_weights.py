"""The best weights of a training, in memory and in the folder of the run."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from nlprnn.serialization.atomic_files import write_weights
from nlprnn.serialization.checksums import copy_files, replacing_files
from nlprnn.training.files import INITIAL_MODEL, WEIGHTS_FILE


class BestWeights:
    """The weights with the best validation score so far, each time written to `model.safetensors`.

    Args:
        folder: of the run.
        writes: this process writes the files, as the first of several does.

    Attributes:
        tensors: name -> tensor on the CPU; None before the first validation.
    """

    def __init__(self, folder: Path, *, writes: bool) -> None:
        self.tensors: dict[str, Tensor] | None = None
        self._folder = folder
        self._writes = writes

    def keep(self, model: nn.Module) -> None:
        """Copy the weights of a model, which are the best so far, and write them.

        Raises:
            OSError: the disk is full; the last file is intact.
        """
        self.tensors = {name: tensor.to("cpu", copy=True) for name, tensor in model.state_dict().items()}
        if self._writes:
            with replacing_files(self._folder) as new:
                write_weights(new / WEIGHTS_FILE, self.tensors)

    def write_whole_model(self, model: nn.Module) -> None:
        """Write all files of the model again: some may be damaged, or of weights after the checkpoint.

        Args:
            model: whose weights are written where none have been validated.

        Raises:
            OSError: the disk is full; the last files are intact.
        """
        if self._writes:
            with replacing_files(self._folder) as new:
                if (self._folder / INITIAL_MODEL).exists():
                    copy_files(self._folder / INITIAL_MODEL, new)
                write_weights(new / WEIGHTS_FILE, self.tensors or model.state_dict())

    def load_into(self, model: nn.Module) -> None:
        """Give a model the best weights, if there are any."""
        if self.tensors is not None:
            model.load_state_dict(self.tensors)
