"""A run that continues in another number of processes: no batch is left out, states stay with their streams."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.batching import BucketBatches, StreamBatches
from nlprnn.training.resharding import reshard_batches, reshard_state


def taken(batches, number):
    """Take the next batches of an iterator, and return what is in them."""
    return [tuple(batch) for batch, _ in zip(batches, range(number), strict=False)]


def bucket_batches(rows):
    return BucketBatches(np.arange(1, rows + 1), lambda chosen: chosen.tolist(), max_rows=1, seed=3)


@pytest.mark.parametrize(("rows", "before", "count"), [(12, 2, 1), (12, 1, 2), (12, 3, 2), (11, 2, 3), (1, 2, 1)])
@pytest.mark.parametrize("position", [0, 1, 3])
def test_no_batch_is_left_out(rows, before, count, position):
    whole = bucket_batches(rows)
    order = taken(whole, rows)
    former = bucket_batches(rows)
    former.shard(0, before)
    position = min(position, len(former))
    seen = set(order[: position * before])
    repeated = 0
    for rank in range(count):
        batches = bucket_batches(rows)
        batches.shard(rank, count)
        told = reshard_batches(batches, (0, position, len(former)), before=before, rank=rank, count=count)
        assert f"continues in {count}" in told
        rest = taken(batches, len(batches) - batches.position)
        repeated += len(seen & set(rest))
        seen |= set(rest)
    assert seen == set(order)
    assert repeated < 2 * count  # those that do not fill a step of all processes, and those at the end


def test_streams_stay_at_their_place_with_their_states():
    ids, states, order = np.arange(100), [], []
    for rank in range(2):
        batches = StreamBatches(ids, batch_size=4, length=5, seed=1)
        batches.shard(rank, 2)
        order.append([batch.ids for batch in batches])
        states.append(([torch.full((2, 3), rank)], {"cell": torch.arange(2)[:, None] + 2 * rank}, None, 7))
    batches = StreamBatches(ids, batch_size=4, length=5, seed=1)
    told = reshard_batches(batches, (0, 2, len(batches)), before=2, rank=0, count=1)
    assert "update" not in told
    assert next(iter(batches)).ids.tolist() == torch.cat([one[2] for one in order]).tolist()
    hidden, cell, nothing, number = reshard_state(states, rank=0, count=1)
    assert hidden[0].tolist() == [[0] * 3] * 2 + [[1] * 3] * 2
    assert cell["cell"].tolist() == [[0], [1], [2], [3]]
    assert (nothing, number) == (None, 7)
    assert reshard_state([cell], rank=1, count=2)["cell"].tolist() == [[2], [3]]


def test_other_data_are_refused():
    with pytest.raises(ValueError, match="6 batches an epoch, not 5"):
        reshard_batches(bucket_batches(12), (0, 1, 5), before=2, rank=0, count=2)
