from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.batching import BucketBatches, length_buckets

LENGTHS = st.lists(st.integers(0, 60), max_size=80).map(lambda values: np.array(values, dtype=np.int64))
SIDES = LENGTHS | st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=80).map(np.array)


@given(lengths=SIDES, max_tokens=st.integers(1, 200), max_rows=st.integers(1, 9), seed=st.none() | st.integers(0, 99))
def test_buckets_partition_rows_within_the_budget(lengths, max_tokens, max_rows, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    buckets = length_buckets(lengths, max_tokens=max_tokens, max_rows=max_rows, rng=rng)
    assert sorted(itertools.chain.from_iterable(b.tolist() for b in buckets)) == list(range(len(lengths)))
    for rows in buckets:
        assert rows.dtype == np.int64
        assert 1 <= len(rows) <= max_rows
        assert len(rows) == 1 or tokens_of(lengths, rows) <= max_tokens
    if rng is None:
        for rows, after in itertools.pairwise(buckets):  # the next row would not have fitted
            more = np.append(rows, after[0])
            assert len(rows) == max_rows or tokens_of(lengths, more) > max_tokens


def tokens_of(lengths, rows):
    """Tokens of a batch with its padding: of all sides, where there are several."""
    return len(rows) * int(lengths[rows].max(axis=0).sum())


def test_one_side_equals_plain_lengths():
    lengths = np.random.default_rng(0).integers(0, 60, size=300)
    for seed in (None, 1):
        one, other = (
            length_buckets(
                given, max_tokens=500, max_rows=20, rng=None if seed is None else np.random.default_rng(seed)
            )
            for given in (lengths, lengths[:, None])
        )
        assert [rows.tolist() for rows in one] == [rows.tolist() for rows in other]


def test_buckets_without_shuffling_go_longest_first():
    lengths = np.random.default_rng(0).integers(0, 100, size=500)
    order = np.concatenate(length_buckets(lengths, max_tokens=1000, max_rows=30))
    assert (np.diff(lengths[order]) <= 0).all()


def test_buckets_of_pairs_sort_by_both_lengths():
    lengths = np.random.default_rng(0).integers(0, 9, size=(500, 2))
    order = np.concatenate(length_buckets(lengths, max_tokens=200, max_rows=30))
    assert [tuple(pair) for pair in lengths[order]] == sorted(map(tuple, lengths.tolist()), reverse=True)


@pytest.mark.parametrize("room", [{"max_tokens": 0, "max_rows": 5}, {"max_tokens": 5, "max_rows": 0}])
def test_empty_budgets_are_errors(room):
    with pytest.raises(ValueError, match="needs room"):
        length_buckets(np.array([1, 2]), **room)


@pytest.mark.parametrize(("mean", "spread"), [(2.5, 0.35), (5.3, 0.66)], ids=["sentences", "reviews"])
def test_shuffled_buckets_waste_under_two_percent(mean, spread):
    lengths = np.random.default_rng(0).lognormal(mean, spread, size=20_000).astype(np.int64) + 1
    groups = list(BucketBatches(lengths, lambda rows: rows, max_rows=64, seed=1))
    padded = sum(len(rows) * lengths[rows].max() for rows in groups)
    assert 1 - lengths.sum() / padded < 0.02
    longest = [lengths[rows].max() for rows in groups]
    assert abs(np.corrcoef(longest[:-1], longest[1:])[0, 1]) < 0.2


def test_buckets_of_pairs_waste_little_padding():
    """Lengths as of sentences and their translations: alike, not equal."""
    rng = np.random.default_rng(0)
    source = rng.lognormal(2.5, 0.35, size=20_000).astype(np.int64) + 2
    target = np.maximum(2, source + rng.normal(0, 0.15 * source).astype(np.int64))
    lengths = np.stack([target, source], axis=1)
    groups = list(BucketBatches(lengths, lambda rows: rows, max_rows=512, max_tokens=4096, seed=1))
    padded = sum(len(rows) * lengths[rows].max(axis=0) for rows in groups)
    waste = 1 - lengths.sum(axis=0) / padded
    assert waste[0] < 0.01
    assert waste[1] < 0.1
    sizes = [tokens_of(lengths, rows) for rows in groups]
    assert np.mean(sizes) > 0.97 * 4096
    longest = [lengths[rows, 0].max() for rows in groups]
    assert abs(np.corrcoef(longest[:-1], longest[1:])[0, 1]) < 0.2
