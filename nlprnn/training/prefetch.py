"""Batches that a thread makes ahead, while a GPU computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nlprnn.training.protocols import ResumableBatches


class PrefetchedBatches:
    """Batches of which a thread makes the next one while the last is trained on.

    Epoch and position are of the batches yielded, not of the one made ahead, so that training resumes exactly.

    Args:
        batches: whose order does not depend on random states of the training.
        prepare: called by the thread with each batch, such as to move it to page-locked memory.
    """

    def __init__(self, batches: ResumableBatches, prepare: Callable[[Any], Any]) -> None:
        self.epoch = batches.epoch
        self.position = batches.position
        self._batches = batches
        self._prepare = prepare

    def __len__(self) -> int:
        self._batches.epoch = self.epoch
        return len(self._batches)

    def shard(self, index: int, count: int) -> None:
        """Keep the share of process `index` of `count`."""
        self._batches.shard(index, count)

    def __iter__(self) -> Iterator[Any]:
        """Yield the rest of the epoch from `position` on, then move to the start of the next epoch."""
        self._batches.epoch, self._batches.position = self.epoch, self.position
        batches, end = iter(self._batches), object()

        def following() -> Any:
            batch = next(batches, end)
            return batch if batch is end else self._prepare(batch)

        with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as thread:
            left = len(self._batches) - self.position
            ahead = thread.submit(following)
            while (batch := ahead.result()) is not end:
                left -= 1
                if left > 0:  # after the last batch, the epoch counts on: that waits until it has been trained on
                    ahead = thread.submit(following)
                self.position += 1
                yield batch
                if left <= 0:
                    ahead = thread.submit(following)
        self.epoch, self.position = self._batches.epoch, self._batches.position
