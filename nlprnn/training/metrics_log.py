"""Training log: `metrics.jsonl`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlprnn.serialization.atomic_files import naming, write_text
from nlprnn.training.files import METRICS_FILE


class MetricsLog:
    """Training log in `metrics.jsonl`: one JSON object a line, each with its `step`.

    Args:
        folder: of the file.
        step: records of later steps are dropped: training resumes from here and will write them again.
    """

    def __init__(self, folder: Path, *, step: int = 0) -> None:
        self.path = Path(folder) / METRICS_FILE
        kept = [record for record in read_metrics(folder) if record["step"] <= step] if step else []
        write_text(self.path, "".join(json.dumps(record) + "\n" for record in kept))

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record, synced to the disk."""
        with naming(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the records of `metrics.jsonl`, without a last line that a crash truncated; [] if there is no file.

    Lines that are JSON, but no records of a training, are left out.
    """
    path = Path(folder) / METRICS_FILE
    records = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                break
            if _is_record(record):
                records.append(record)
    return records


def _is_record(value: Any) -> bool:
    """Return whether a value has a step, and numbers where a record has them."""
    if not isinstance(value, dict) or type(value.get("step")) is not int:
        return False
    scores = value.get("validation", {})
    numbers = [value.get("loss", 0.0), *(scores.values() if isinstance(scores, dict) else [None])]
    return all(isinstance(number, int | float) for number in numbers)
