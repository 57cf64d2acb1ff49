"""Training log: `metrics.jsonl` and TensorBoard."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlprnn.errors import TrainingError
from nlprnn.serialization.atomic_files import write_text
from nlprnn.training.files import METRICS_FILE


class MetricsLog:
    """Training log in `metrics.jsonl`: one JSON object a line, each with its `step`.

    Args:
        folder: of the file.
        step: records of later steps are dropped: training resumes from here and will write them again.
        tensorboard: also write TensorBoard's files to the folder's `tensorboard/`.

    Raises:
        TrainingError: TensorBoard is not installed (extra `tensorboard`).
    """

    def __init__(self, folder: Path, *, step: int = 0, tensorboard: bool = False) -> None:
        self.path = Path(folder) / METRICS_FILE
        kept = [record for record in read_metrics(folder) if record["step"] <= step] if step else []
        write_text(self.path, "".join(json.dumps(record) + "\n" for record in kept))
        self._writer = None
        if tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                raise TrainingError('TensorBoard is not installed: pip install "nlprnn[tensorboard]"') from None
            self._writer = SummaryWriter(str(Path(folder) / "tensorboard"), purge_step=step)

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record, synced to the disk."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if self._writer is not None:
            for name, value in _flat(record).items():
                self._writer.add_scalar(name, value, record["step"])
            self._writer.flush()

    def close(self) -> None:
        """Close TensorBoard's files."""
        if self._writer is not None:
            self._writer.close()


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the records of `metrics.jsonl`, without a last line that a crash truncated; [] if there is no file."""
    path = Path(folder) / METRICS_FILE
    records = []
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                records.append(json.loads(line))
            except ValueError:
                break
    return records


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}/"))
        elif name != "step":
            flat[prefix + name] = value
    return flat
