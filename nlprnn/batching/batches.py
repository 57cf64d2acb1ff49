"""Batches of an epoch in an order that depends on the seed, with a position to resume from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching.length_buckets import length_buckets

Batch = TypeVar("Batch")


class LabelledBatch(NamedTuple):
    """A batch of sequences with their labels.

    Attributes:
        inputs: (B, T) int64, token ids; or (B, T, *F) float32, features.
        mask: (B, T) bool, True = real element.
        labels: (B,) int64, one class each; (B, C) float32, 1 = has the label; or (B,) float32, numbers.
    """

    inputs: Tensor
    mask: Tensor
    labels: Tensor


class PairBatch(NamedTuple):
    """A batch of source and target sequences.

    Attributes:
        source: (B, S) int64.
        source_mask: (B, S) bool, True = real token.
        target: (B, T) int64, from the begin to the end of sentence.
        target_mask: (B, T) bool, True = real token.
    """

    source: Tensor
    source_mask: Tensor
    target: Tensor
    target_mask: Tensor


class StreamBatch(NamedTuple):
    """A window of running text.

    Attributes:
        ids: (B, T) int64.
        targets: (B, T) int64, the token after each of `ids`.
    """

    ids: Tensor
    targets: Tensor


class ResumableEpochs(Generic[Batch]):
    """Epoch, position in it, and shard of it: what all kinds of batches have.

    Args:
        seed: of the order.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.epoch = 0
        self.position = 0
        self._index, self._count = 0, 1

    def shard(self, index: int, count: int) -> None:
        """Keep every `count`-th batch from `index` on, one shard per process."""
        check_shard(index, count)
        self._index, self._count = index, count

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.epoch])

    def _run(self, total: int, make: Callable[[int], Batch]) -> Iterator[Batch]:
        """Yield this shard of `total` batches. Shards are equally long: the last one may wrap around."""
        size = -(-total // self._count)
        while self.position < size:
            number = (self.position * self._count + self._index) % total
            self.position += 1
            yield make(number)
        self.epoch, self.position = self.epoch + 1, 0


class BucketBatches(ResumableEpochs[Batch]):
    """Batches of sequences of similar length, shuffled in each epoch.

    Args:
        lengths: (rows,) int64, elements of each row, or (rows, sides) as `length_buckets` takes them.
        collate: row indices (B,) int64 to a batch.
        max_tokens: elements of a batch, padding included, at most.
        max_rows: rows of a batch, at most.
        seed: of the order.

    Raises:
        ValueError: there are no rows.
    """

    def __init__(
        self,
        lengths: np.ndarray,
        collate: Callable[[np.ndarray], Batch],
        *,
        max_tokens: int = 16_384,
        max_rows: int = 64,
        seed: int = 0,
    ) -> None:
        super().__init__(seed)
        if len(lengths) == 0:
            raise ValueError("there are no rows to make batches of")
        self.lengths = lengths
        self.collate = collate
        self.max_tokens = max_tokens
        self.max_rows = max_rows
        self._planned: tuple[int, list[np.ndarray]] | None = None

    def _plan(self) -> list[np.ndarray]:
        if self._planned is None or self._planned[0] != self.epoch:
            plan = length_buckets(self.lengths, max_tokens=self.max_tokens, max_rows=self.max_rows, rng=self._rng())
            self._planned = (self.epoch, plan)
        return self._planned[1]

    def __len__(self) -> int:
        return -(-len(self._plan()) // self._count)

    def __iter__(self) -> Iterator[Batch]:
        plan = self._plan()
        return self._run(len(plan), lambda number: self.collate(plan[number]))


class StreamBatches(ResumableEpochs[StreamBatch]):
    """Windows of one long text, split into B streams that continue from batch to batch.

    The state after a batch is the state before the next, so back-propagation through time is truncated but the
    memory is not (Mikolov et al. 2010). Each epoch starts the text at another token, so that windows and the targets
    at their ends differ.

    Args:
        ids: (total,) integer, the token ids of the whole text.
        batch_size: B, streams read in parallel.
        length: T, tokens of a window.
        seed: of the starting tokens.

    Raises:
        ValueError: the text is too short for one token in each stream.
    """

    def __init__(self, ids: np.ndarray, *, batch_size: int = 64, length: int = 128, seed: int = 0) -> None:
        super().__init__(seed)
        if len(ids) < 2 * batch_size:
            raise ValueError(f"{len(ids)} tokens are too few for {batch_size} streams")
        self.ids = torch.from_numpy(np.asarray(ids, dtype=np.int64))
        self.batch_size = batch_size
        self.length = length
        self._columns = (len(ids) - 1) // batch_size
        self._streams = slice(None)

    def shard(self, index: int, count: int) -> None:
        """Keep the streams of one process: as many batches, of fewer rows."""
        self._streams = shard_of_streams(self.batch_size, index, count)

    def describe_size(self) -> str:
        """Return the number of tokens for messages."""
        return f"{len(self.ids):,}"

    def __len__(self) -> int:
        return -(-self._columns // self.length)

    def __iter__(self) -> Iterator[StreamBatch]:
        rotated = torch.roll(self.ids, -int(self._rng().integers(len(self.ids))))
        used = self.batch_size * self._columns
        inputs = rotated[:used].view(self.batch_size, self._columns)[self._streams]
        targets = rotated[1 : used + 1].view(self.batch_size, self._columns)[self._streams]

        def window(number: int) -> StreamBatch:
            columns = slice(number * self.length, (number + 1) * self.length)
            return StreamBatch(inputs[:, columns], targets[:, columns])

        return self._run(len(self), window)


def shard_of_streams(batch_size: int, index: int, count: int) -> slice:
    """Return the streams of process `index` of `count`.

    Raises:
        ValueError: the streams cannot be shared out evenly.
    """
    check_shard(index, count)
    if batch_size % count:
        raise ValueError(f"{batch_size} streams cannot be shared by {count} processes: make it a multiple")
    return slice(index * batch_size // count, (index + 1) * batch_size // count)


def check_shard(index: int, count: int) -> None:
    """Check that a share is one of `count`.

    Raises:
        ValueError: it is not.
    """
    if not 0 <= index < count:
        raise ValueError(f"share {index} of {count}")
