"""TensorBoard's files of a training, written by a callback."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlprnn.errors import TrainingError
from nlprnn.training.callbacks import Callback, StoppableTrainer, flat_scores
from nlprnn.training.files import TENSORBOARD_FOLDER


class TensorBoardWriter(Callback):
    """Writer of all log records for TensorBoard; the option `tensorboard` adds one.

    Args:
        folder: of the files; None = `tensorboard/` in the folder of the training.

    Raises:
        TrainingError: TensorBoard is not installed (extra `tensorboard`).
    """

    def __init__(self, folder: Path | None = None) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise TrainingError('TensorBoard is not installed: pip install "nlprnn[tensorboard]"') from None
        self.folder = folder
        self._make_writer = SummaryWriter
        self._writer: Any = None

    def on_log(self, trainer: StoppableTrainer, record: Mapping[str, Any]) -> None:
        """Write the numbers of a record; those that a stopped training wrote of later steps are hidden."""
        if self._writer is None:
            folder = self.folder or trainer.folder / TENSORBOARD_FOLDER
            self._writer = self._make_writer(str(folder), purge_step=record["step"])
        for name, value in flat_scores(record).items():
            self._writer.add_scalar(name, value, record["step"])
        self._writer.flush()

    def on_end(self, trainer: StoppableTrainer, summary: Mapping[str, Any]) -> None:
        """Close the files."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
