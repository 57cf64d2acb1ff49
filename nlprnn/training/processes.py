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


class Processes:
    """The processes of one training, seen from one of them.

    What each draws, dropout above all, is its own.

    Args:
        accelerator: which knows them.
    """

    def __init__(self, accelerator: Accelerator) -> None:
        self.index, self.count = accelerator.process_index, accelerator.num_processes
        self.is_first = self.index == 0
        self._accelerator = accelerator
        if self.index:
            torch.manual_seed(torch.initial_seed() + self.index)

    def agree(self, seconds: float, stop: bool) -> tuple[float, bool]:
        """Return the seconds of the first process, and whether any has been asked to stop."""
        if self.count == 1:
            return seconds, stop
        own = torch.tensor([seconds if self.is_first else 0.0, float(stop)], device=self._accelerator.device)
        agreed, stops = self._accelerator.reduce(own, "sum").tolist()
        return agreed, stops > 0.0

    def scores_of_first(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Return the scores of the first process: from one to another, rounding may differ."""
        if self.count == 1:
            return dict(scores)
        own = torch.tensor(list(scores.values()), dtype=torch.float64, device=self._accelerator.device)
        return dict(zip(scores, broadcast(own).tolist(), strict=True))

    def own_file(self, checkpoint: Path) -> Path | None:
        """Where a process keeps what is its own beside the checkpoint, which holds it for the first; None for that."""
        return None if self.is_first else checkpoint.with_name(f"process-{self.index}{checkpoint.suffix}")
