from __future__ import annotations

import threading

import numpy as np
import pytest

from nlprnn.batching import BucketBatches
from nlprnn.training.prefetch import PrefetchedBatches


def make(prepare=None):
    batches = BucketBatches(np.arange(1, 12), lambda rows: rows.tolist(), max_rows=3, seed=1)
    return batches if prepare is None else PrefetchedBatches(batches, prepare)


def same(batch):
    return batch


def epochs(batches, count=3):
    return [[(batch, batches.epoch, batches.position) for batch in batches] for _ in range(count)]


def test_prefetched_batches_are_the_batches():
    assert epochs(make(same)) == epochs(make())
    prefetched = make(lambda batch: [10 * row for row in batch])
    assert next(iter(prefetched)) == [10 * row for row in next(iter(make()))]
    assert len(prefetched) == len(make())


@pytest.mark.parametrize("taken", [0, 1, 3, 4])
def test_prefetched_batches_resume_after_those_yielded(taken):
    stopped = make(same)
    before = [batch for _, batch in zip(range(taken), stopped, strict=False)]
    resumed = make(same)
    resumed.epoch, resumed.position = 0, len(before)
    for batches in (stopped, resumed):
        batches.position = len(before)
        assert before + list(batches) == list(make())
        assert (batches.epoch, batches.position) == (1, 0)


def test_shards_and_lengths_are_those_of_the_batches():
    shards = [make(same), make(same)]
    for index, batches in enumerate(shards):
        batches.shard(index, 2)
    rows = sorted(row for batches in shards for batch in batches for row in batch)
    assert rows == list(range(11))


def test_batches_are_made_ahead_in_a_thread_whose_errors_arrive():
    names, made = set(), []

    def prepare(batch):
        names.add(threading.current_thread().name)
        made.append(batch)
        if len(made) == 3:
            raise ValueError("no more memory")
        return batch

    batches = iter(make(prepare))
    next(batches)
    next(batches)
    with pytest.raises(ValueError, match="no more memory"):
        next(batches)
    assert all(name.startswith("prefetch") for name in names)
