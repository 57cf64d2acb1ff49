"""Batches of a data set that is larger than memory: its rows are read, tokenised and shuffled block by block.

They have the interface and the positions of the batches in memory, so that training resumes from them exactly. A block
holds `buffer` consecutive rows, which are shuffled; a thread reads the next one ahead. Each process reads all rows, but
tokenises its own alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import torch

from nlprnn.batching.batches import ResumableEpochs, StreamBatch, shard_of_streams
from nlprnn.batching.length_buckets import length_buckets
from nlprnn.batching.read_ahead import ReadAhead
from nlprnn.batching.row_blocks import RowBlocks, RowSource

Batch = TypeVar("Batch")
Item = TypeVar("Item")

_MOST_TOKENS = 16_000_000
"""Tokens of a block of rows: 64 MB."""

_MOST_TEXT_TOKENS = 4_000_000
"""Tokens of a block of running text: 32 MB."""


class Block(NamedTuple):
    """Consecutive rows that are shuffled together.

    Attributes:
        epoch: in which they are.
        number: of the block in the epoch.
        start: its first row.
        stop: the first row after it.
    """

    epoch: int
    number: int
    start: int
    stop: int


class _Share(NamedTuple):
    """Batches of a block that one process reads.

    Attributes:
        block: the block.
        first: number of the first of them in the block.
        most: their number, at most.
    """

    block: Block
    first: int
    most: int


class _EpochPlan:
    """The blocks of one epoch, and the batches of each.

    Args:
        epoch: its number.
        bounds: (blocks + 1,) int64, first row of each block and, last, the number of rows.
        count: function of a block that returns its number of batches.
    """

    def __init__(self, epoch: int, bounds: np.ndarray, count: Callable[[Block], int]) -> None:
        self.epoch = epoch
        self._bounds = bounds.tolist()
        counts = [count(self.block(number)) for number in range(len(bounds) - 1)]
        self._before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])

    @property
    def total(self) -> int:
        """Number of batches."""
        return int(self._before[-1])

    def block(self, number: int) -> Block:
        """Return a block by its number."""
        return Block(self.epoch, number, self._bounds[number], self._bounds[number + 1])

    def following(self, block: Block) -> Block | None:
        """Return the next block; None after the last one."""
        return self.block(block.number + 1) if block.number + 2 < len(self._bounds) else None

    def first_batch(self, block: Block) -> int:
        """Return the number of the first batch of a block."""
        return int(self._before[block.number])

    def locate(self, batch: int) -> tuple[Block, int]:
        """Return the block of a batch, and the number of the batch in it."""
        number = int(np.searchsorted(self._before, batch, side="right")) - 1
        return self.block(number), batch - int(self._before[number])


class _StreamedEpochs(ResumableEpochs[Batch]):
    """Epochs of batches of blocks.

    Args:
        blocks: partition of the rows.
        seed: of the order.
    """

    _least_tokens = 0
    """Fewest tokens of a block that batches can be made of."""

    def __init__(self, blocks: RowBlocks, seed: int) -> None:
        super().__init__(seed)
        self._blocks = blocks
        self._plan: _EpochPlan | None = None

    def _num_batches(self, block: Block) -> int:
        raise NotImplementedError

    def _planned(self) -> _EpochPlan:
        """The plan of the current epoch."""
        if self._plan is None or self._plan.epoch != self.epoch:
            bounds = self._blocks.bounds(self._rng(), least_tokens=self._least_tokens)
            self._plan = _EpochPlan(self.epoch, bounds, self._num_batches)
        return self._plan

    def _block_rng(self, block: Block) -> np.random.Generator:
        return np.random.default_rng([self.seed, block.epoch, block.number])


class StreamedBucketBatches(_StreamedEpochs[Batch], Generic[Item, Batch]):
    """Batches of sequences of similar length from rows that are read as they are needed.

    Args:
        source: of the rows.
        lengths: (rows,) integer, elements of each row, or (rows, sides) as `length_buckets` takes them; estimates will
            do, of which batches are made in the same way, but with more padding.
        collate: function of the items of a batch that returns it.
        buffer: rows that are shuffled together.
        max_tokens: elements of a batch, padding included, at most, by these lengths.
        max_rows: rows of a batch, at most.
        seed: of the order.

    Raises:
        ValueError: there are no rows.
    """

    def __init__(
        self,
        source: RowSource[Item],
        lengths: np.ndarray,
        collate: Callable[[Sequence[Item]], Batch],
        *,
        buffer: int,
        max_tokens: int = 16_384,
        max_rows: int = 64,
        seed: int = 0,
    ) -> None:
        if len(lengths) == 0:
            raise ValueError("there are no rows to make batches of")
        tokens = lengths.reshape(len(lengths), -1).sum(axis=1, dtype=np.int32)
        super().__init__(RowBlocks(tokens, rows=buffer, tokens=_MOST_TOKENS), seed)
        self._lengths = lengths
        self._source = source
        self._collate = collate
        self._max_tokens = max_tokens
        self._max_rows = max_rows

    def __len__(self) -> int:
        return -(-self._planned().total // self._count)

    def __iter__(self) -> Iterator[Batch]:
        plan, size = self._planned(), len(self)
        current, buckets, items = -1, list[np.ndarray](), dict[int, Item]()

        def make(number: int) -> Batch:
            nonlocal current, buckets, items
            block, place = plan.locate(number)
            if block.number != current or buckets[place][0] not in items:
                share = _Share(block, place, size - self.position + 1)
                buckets, items = ahead.get(share, self._following(plan, share))
                current = block.number
            return self._collate([items.pop(row) for row in buckets[place].tolist()])

        with ReadAhead(self._read) as ahead:
            yield from self._run(plan.total, make)

    def _read(self, share: _Share) -> tuple[list[np.ndarray], dict[int, Item]]:
        """Return the batches of a block, and the items of those that are read."""
        buckets = self._buckets(share.block)
        rows = np.concatenate(buckets[share.first :: self._count][: share.most])
        return buckets, self._source.items(share.block.start, np.sort(rows))

    def _following(self, plan: _EpochPlan, share: _Share) -> _Share | None:
        """Return what this process reads of the next block; None = nothing."""
        block = plan.following(share.block)
        if block is None:
            return None
        begin, end = plan.first_batch(share.block), plan.first_batch(block)
        most = share.most - len(range(begin + share.first, end, self._count))
        first = (self._index - end) % self._count
        return _Share(block, first, most) if most > 0 and first < self._num_batches(block) else None

    def _num_batches(self, block: Block) -> int:
        return len(self._buckets(block))

    def _buckets(self, block: Block) -> list[np.ndarray]:
        """The batches of a block, each (B,) int64, rows counted from its first."""
        return length_buckets(
            self._lengths[block.start : block.stop],
            max_tokens=self._max_tokens,
            max_rows=self._max_rows,
            rng=self._block_rng(block),
        )


class StreamedTextBatches(_StreamedEpochs[StreamBatch]):
    """Windows of running text from documents that are read as they are needed.

    A block of documents is split into B streams, as `StreamBatches` splits a whole text, and each stream continues from
    batch to batch; at the end of a block it continues with another text.

    Args:
        source: of the documents, whose items are token ids (T,) integer.
        lengths: (documents,) integer, tokens of each, which may be estimates.
        buffer: documents that are shuffled together; of a block, too, where they are not.
        shuffle: whether documents are shuffled, rather than read in their order.
        batch_size: B, streams read in parallel.
        length: T, tokens of a window, as far as the lengths are right: a block has as many windows as they say.
        seed: of the order.

    Raises:
        ValueError: the text is too short for one token in each stream.
    """

    def __init__(
        self,
        source: RowSource[np.ndarray],
        lengths: np.ndarray,
        *,
        buffer: int,
        shuffle: bool = True,
        batch_size: int = 64,
        length: int = 128,
        seed: int = 0,
    ) -> None:
        self._num_tokens = int(lengths.sum())
        if self._num_tokens < 2 * batch_size:
            raise ValueError(f"{self._num_tokens} tokens are too few for {batch_size} streams")
        tokens = max(_MOST_TEXT_TOKENS, 2 * batch_size * length)
        super().__init__(RowBlocks(lengths, rows=buffer, tokens=tokens), seed)
        self.batch_size = batch_size
        self.length = length
        self._least_tokens = 2 * batch_size
        self._source = source
        self._shuffle = shuffle
        self._streams = slice(None)

    def shard(self, index: int, count: int) -> None:
        """Keep the streams of one process: as many batches, of fewer rows."""
        self._streams = shard_of_streams(self.batch_size, index, count)

    def __len__(self) -> int:
        return self._planned().total

    def describe_size(self) -> str:
        """Return the number of tokens for messages."""
        return f"about {self._num_tokens:,}"

    def __iter__(self) -> Iterator[StreamBatch]:
        plan = self._planned()
        current, inputs, targets = -1, torch.empty(0), torch.empty(0)

        def window(number: int) -> StreamBatch:
            nonlocal current, inputs, targets
            block, place = plan.locate(number)
            windows = self._num_batches(block)
            if block.number != current:
                inputs = targets = torch.empty(0)  # there is one block more in memory, that which is read ahead
                ids = ahead.get(block, plan.following(block))
                used = self.batch_size * ((len(ids) - 1) // self.batch_size)
                inputs, targets = (side[:used].view(self.batch_size, -1)[self._streams] for side in (ids, ids[1:]))
                current = block.number
            # Of equal sizes to within a token, which also differ from T where the lengths are estimates.
            columns = slice(*(inputs.size(1) * edge // windows for edge in (place, place + 1)))
            return StreamBatch(inputs[:, columns], targets[:, columns])

        with ReadAhead(self._ids) as ahead:
            yield from self._run(plan.total, window)

    def _num_batches(self, block: Block) -> int:
        columns = max(0, self._blocks.tokens(block.start, block.stop) - 1) // self.batch_size
        return max(1, -(-columns // self.length))

    def _ids(self, block: Block) -> torch.Tensor:
        """The token ids of a block, (total,) int64, repeated where they are too few for a token in each window."""
        least = self._num_batches(block) * self.batch_size + 1
        order = np.arange(block.stop - block.start)
        items = self._source.items(block.start, order)
        if self._shuffle:
            order = self._block_rng(block).permutation(order)
        ids = np.concatenate([items[row] for row in order.tolist()]).astype(np.int64)
        return torch.from_numpy(np.resize(ids, max(len(ids), least)))
