from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.batching import BucketBatches, StreamBatches


def rows_of(batches):
    return [rows.tolist() for rows in batches]


def buckets(seed=1, *, epoch=0, position=0):
    lengths = np.random.default_rng(0).integers(1, 40, size=300)
    batches = BucketBatches(lengths, lambda rows: rows, max_rows=16, max_tokens=400, seed=seed)
    batches.epoch, batches.position = epoch, position
    return batches


def test_bucket_batches_depend_on_seed_and_epoch_alone():
    batches = buckets()
    first, second = rows_of(batches), rows_of(batches)
    assert (batches.epoch, batches.position) == (2, 0)
    again = buckets()
    assert [rows_of(again), rows_of(again)] == [first, second]
    assert rows_of(buckets(epoch=1)) == second
    assert first != second
    assert {frozenset(rows) for rows in first} != {frozenset(rows) for rows in second}  # not merely in another order
    assert rows_of(buckets(seed=2)) != first


@pytest.mark.parametrize("make", [buckets, lambda **place: streams(**place)], ids=["buckets", "streams"])
@pytest.mark.parametrize("epoch", [0, 3])
def test_batches_resume_from_epoch_and_position(make, epoch):
    whole, after = list(make(epoch=epoch)), list(make(epoch=epoch + 1))
    for stop in (0, 1, len(whole) // 2, len(whole)):
        stopped = make(epoch=epoch)
        before = list(itertools.islice(stopped, stop))
        assert stopped.position == stop
        resumed = make(epoch=stopped.epoch, position=stopped.position)
        assert len(resumed) == len(whole)
        rest = list(resumed)
        assert (resumed.epoch, resumed.position) == (epoch + 1, 0)
        for parts, expected in (([*before, *rest], whole), (list(resumed), after)):
            assert len(parts) == len(expected)
            for one, other in zip(parts, expected, strict=True):
                np.testing.assert_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_of_bucket_batches_partition_them(count):
    whole, shares = rows_of(buckets()), []
    for index in range(count):
        batches = buckets()
        batches.shard(index, count)
        shares.append(rows_of(batches))
        assert len(shares[-1]) == len(buckets()) / count or len(shares[-1]) == len(buckets()) // count + 1
    dealt = [share[turn] for turn in range(len(shares[0])) for share in shares]
    assert dealt[: len(whole)] == whole
    assert dealt[len(whole) :] == whole[: len(dealt) - len(whole)]  # what fills up the last round
    assert len(dealt) - len(whole) < count


@pytest.mark.parametrize("share", [(2, 2), (-1, 2), (0, 0)])
def test_unknown_shards_are_errors(share):
    for batches in (buckets(), streams()):
        with pytest.raises(ValueError, match="share"):
            batches.shard(*share)


def test_batches_of_no_rows_are_errors():
    with pytest.raises(ValueError, match="no rows"):
        BucketBatches(np.array([], dtype=np.int64), lambda rows: rows)


def streams(total=203, batch_size=6, length=5, *, epoch=0, position=0, seed=1):
    """Each token is its own place in the text."""
    batches = StreamBatches(np.arange(total, dtype=np.int32), batch_size=batch_size, length=length, seed=seed)
    batches.epoch, batches.position = epoch, position
    return batches


SIZES = st.tuples(st.integers(1, 5), st.integers(1, 7), st.integers(0, 90)).map(lambda s: (2 * s[0] + s[2], s[0], s[1]))


@given(sizes=SIZES, epoch=st.integers(0, 3))
def test_streams_continue_across_batches(sizes, epoch):
    total, batch_size, length = sizes
    batches = streams(total, batch_size, length, epoch=epoch)
    windows = list(batches)
    assert len(windows) == len(streams(total, batch_size, length)) > 0
    for batch in windows:
        assert batch.ids.dtype == batch.targets.dtype == torch.int64
        assert batch.ids.shape == batch.targets.shape
        assert batch.ids.shape[0] == batch_size
        assert 1 <= batch.ids.shape[1] <= length
        assert torch.equal(batch.targets, (batch.ids + 1) % total)  # the text is a ring
    for before, after in itertools.pairwise(windows):
        assert before.ids.shape[1] == length
        assert torch.equal(after.ids[:, 0], before.targets[:, -1])
    targets = torch.cat([batch.targets.flatten() for batch in windows])
    assert len(targets.unique()) == len(targets)
    assert total - batch_size <= len(targets) < total


def test_each_epoch_starts_the_text_elsewhere():
    batches = streams()
    begins = [next(iter(streams(epoch=epoch))).ids[0, 0].item() for epoch in range(8)]
    assert len(set(begins)) > 6
    assert [list(batches)[0].ids[0, 0].item() for _ in range(8)] == begins  # noqa: RUF015 - to the end of the epoch
    assert next(iter(streams(seed=2))).ids[0, 0].item() != begins[0]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_shards_of_streams_are_rows_of_the_batch(count):
    shares = []
    for index in range(count):
        batches = streams()
        batches.shard(index, count)
        assert len(batches) == len(streams())
        shares.append(list(batches))
    for whole, *parts in zip(streams(), *shares, strict=True):
        assert all(len(part.ids) == 6 // count for part in parts)
        assert torch.equal(torch.cat([part.ids for part in parts]), whole.ids)
        assert torch.equal(torch.cat([part.targets for part in parts]), whole.targets)


def test_unequal_shards_of_streams_are_errors():
    with pytest.raises(ValueError, match="6 streams cannot be shared by 4 processes"):
        streams().shard(0, 4)


def test_texts_too_short_for_streams_are_errors():
    with pytest.raises(ValueError, match="11 tokens are too few for 6 streams"):
        streams(11)
    assert len(list(streams(12))) == 1
