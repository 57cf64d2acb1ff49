"""Batches from rows that are read block by block: the same rows, positions and order of batches as from memory."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.batching import StreamedBucketBatches, StreamedTextBatches
from nlprnn.batching.row_blocks import RowSource, estimate_lengths

LENGTHS = np.random.default_rng(0).integers(1, 40, size=130).astype(np.int32)


def source(lengths=LENGTHS, read=None):
    """Each row is its number, as often as its length, and `read` collects where a reading begins."""

    def rows(start):
        if read is not None:
            read.append(start)
        return iter(range(start, len(lengths)))

    return RowSource(rows, lambda numbers: [np.full(lengths[number], number) for number in numbers])


def buckets(*, epoch=0, position=0, seed=1, buffer=40, read=None):
    def collate(items):
        return [int(item[0]) for item in items]

    batches = StreamedBucketBatches(
        source(read=read), LENGTHS, collate, buffer=buffer, max_rows=8, max_tokens=200, seed=seed
    )
    batches.epoch, batches.position = epoch, position
    return batches


def streams(lengths=LENGTHS, *, epoch=0, position=0, seed=1, buffer=40, shuffle=True, batch_size=6, length=5):
    batches = StreamedTextBatches(
        source(lengths), lengths, buffer=buffer, shuffle=shuffle, batch_size=batch_size, length=length, seed=seed
    )
    batches.epoch, batches.position = epoch, position
    return batches


def test_each_epoch_has_each_row_once_within_the_budget():
    epochs, batches = [], buckets()
    for _ in range(3):
        epochs.append(list(batches))
        assert sorted(itertools.chain(*epochs[-1])) == list(range(130))
        for rows in epochs[-1]:
            assert len(rows) <= 8
            assert len(rows) * max(LENGTHS[rows]) <= 200
    assert {frozenset(rows) for rows in epochs[0]} != {
        frozenset(rows) for rows in epochs[1]
    }  # not merely in another order
    assert list(buckets()) == epochs[0] != list(buckets(seed=2))


def test_blocks_are_shuffled_and_hold_consecutive_rows():
    rows = list(itertools.chain(*buckets()))
    first = rows[: len(rows) - len(rows) % 40]
    assert first != sorted(first)
    place = {row: index for index, row in enumerate(rows)}
    assert max(abs(place[row] - row) for row in rows) < 40  # no row leaves its block


@pytest.mark.parametrize("make", [buckets, streams], ids=["buckets", "streams"])
@settings(max_examples=10)
@given(epoch=st.integers(0, 3), share=st.floats(0, 1))
def test_resumed_epochs_equal_uninterrupted_ones(make, epoch, share):
    whole, after = list(make(epoch=epoch)), list(make(epoch=epoch + 1))
    stopped = make(epoch=epoch)
    before = list(itertools.islice(stopped, round(share * len(whole))))
    resumed = make(epoch=stopped.epoch, position=stopped.position)
    assert len(resumed) == len(whole)
    for parts, expected in (([*before, *resumed], whole), (list(resumed), after)):
        assert len(parts) == len(expected)
        for one, other in zip(parts, expected, strict=True):
            np.testing.assert_equal(np.asarray(one), np.asarray(other))


def test_resumption_reads_from_the_block_of_the_position():
    read: list[int] = []
    batches = list(buckets())
    assert next(iter(buckets(position=len(batches) - 1, read=read))) == batches[-1]
    assert len(read) == 1
    assert read[0] > 60


@settings(max_examples=10)
@given(count=st.integers(1, 9), buffer=st.integers(2, 200))
def test_shards_have_each_row_once(count, buffer):
    whole = list(buckets(buffer=buffer))
    shares = []
    for index in range(count):
        batches = buckets(buffer=buffer)
        batches.shard(index, count)
        assert len(batches) == -(-len(whole) // count)
        shares.append(list(batches))
        assert len(shares[-1]) == -(-len(whole) // count)
    dealt = [share[turn] for turn in range(len(shares[0])) for share in shares]
    assert dealt[: len(whole)] == whole
    assert dealt[len(whole) :] == whole[: len(dealt) - len(whole)]  # what fills up the last round
    assert set(Counter(itertools.chain(*dealt[: len(whole)])).values()) == {1}


def test_processes_tokenise_their_share_alone():
    encoded: list[int] = []

    def encode(numbers):
        encoded.extend(numbers)
        return [np.full(1, number) for number in numbers]

    rows = RowSource(lambda start: iter(range(start, 130)), encode)
    batches = StreamedBucketBatches(rows, LENGTHS, lambda items: len(items), buffer=40, max_rows=8, max_tokens=200)
    batches.shard(1, 2)
    assert sum(batches) == len(encoded) == len(set(encoded))
    assert len(encoded) < 90


@settings(max_examples=10)
@given(seed=st.integers(0, 20), length=st.integers(1, 7), shuffle=st.booleans())
def test_streams_continue_within_a_block(seed, length, shuffle):
    whole = streams(seed=seed, length=length, shuffle=shuffle, buffer=1000)  # two blocks at most
    windows = list(whole)
    for batch in windows:
        assert batch.ids.dtype == torch.int64
        assert batch.ids.shape == batch.targets.shape
        assert batch.ids.shape[0] == 6
    broken = [not torch.equal(after.ids[:, 0], before.targets[:, -1]) for before, after in itertools.pairwise(windows)]
    assert sum(broken) <= 1
    read = sum(batch.ids.numel() for batch in windows)
    assert LENGTHS.sum() - 2 * (6 + 1) < read < LENGTHS.sum()  # all tokens but those that fill no column
    documents = torch.cat([batch.ids.flatten() for batch in windows]).unique()
    assert len(documents) >= 125


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_shards_of_streams_are_rows_of_the_batch(count):
    shares = []
    for index in range(count):
        batches = streams()
        batches.shard(index, count)
        shares.append(list(batches))
    for whole, *parts in zip(streams(), *shares, strict=True):
        assert torch.equal(torch.cat([part.ids for part in parts]), whole.ids)
        assert torch.equal(torch.cat([part.targets for part in parts]), whole.targets)


def test_short_last_blocks_belong_to_the_one_before():
    lengths = np.array([50] * 10 + [1], dtype=np.int32)
    for seed in range(20):
        assert all(batch.ids.shape[0] == 6 for batch in streams(lengths, buffer=5, seed=seed))
    with pytest.raises(ValueError, match="11 tokens are too few for 6 streams"):
        streams(np.array([11]))


def test_data_that_lose_rows_are_errors():
    rows = RowSource(lambda start: iter(range(start, 100)), lambda numbers: [np.full(1, n) for n in numbers])
    batches = StreamedBucketBatches(rows, LENGTHS, len, buffer=40)
    with pytest.raises(ValueError, match=r"row 101 .* changed"):
        list(batches)


@pytest.mark.parametrize("factor", [0.05, 0.5, 1.3, 4.0])
def test_streams_of_estimated_lengths_have_the_planned_windows(factor):
    estimates = np.maximum(1, LENGTHS * factor).astype(np.int32)
    batches = StreamedTextBatches(source(), estimates, buffer=40, batch_size=6, length=5, seed=1)
    planned = len(batches)
    windows = list(batches)
    assert len(windows) == planned
    assert all(batch.ids.shape == batch.targets.shape for batch in windows)
    assert min(batch.ids.shape[1] for batch in windows) > 0
    documents = torch.cat([batch.ids.flatten() for batch in windows]).unique()
    assert len(documents) >= 115


@settings(max_examples=20)
@given(sizes=st.lists(st.tuples(st.integers(1, 300), st.integers(1, 60)), min_size=1, max_size=30))
def test_lengths_are_estimated_by_sizes(sizes):
    sizes = np.array(sizes)[:, None]  # (rows, 1, 2)
    tokens = sizes @ [1, 2]
    np.testing.assert_equal(estimate_lengths(sizes, sizes, tokens), tokens)
    most = int(np.median(tokens)) + 1
    estimates = estimate_lengths(sizes, sizes, np.minimum(tokens, most), most=most)
    assert estimates.max() <= most
    if len(np.unique(sizes[tokens < most], axis=0)) > 5:  # truncated rows do not change the rates
        np.testing.assert_allclose(estimates, np.minimum(tokens, most), atol=1)
