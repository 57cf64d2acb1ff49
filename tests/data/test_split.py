"""Splitting rows and texts: nothing is lost, nothing leaks, labels keep their shares."""

from __future__ import annotations

import random
from collections import Counter
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.split import cut_text, hold_out
from nlprnn.errors import DataError

SHARES = [0.1, 0.1]

labels_of_rows = st.lists(st.sampled_from("abcdefg"), min_size=60, max_size=300)


@given(labels=labels_of_rows, seed=st.integers(0, 5))
def test_parts_are_disjoint_sorted_and_complete(labels, seed):
    parts = hold_out(map(str, range(len(labels))), labels, fractions=SHARES, seed=seed)
    assert sorted(chain.from_iterable(parts)) == list(range(len(labels)))
    assert all(part == sorted(part) for part in parts)


@given(labels=labels_of_rows, seed=st.integers(0, 5))
def test_each_label_keeps_its_share_to_within_one_row(labels, seed):
    parts = hold_out(map(str, range(len(labels))), labels, fractions=SHARES, seed=seed)
    totals = Counter(labels)
    for part, share in zip(parts, [0.8, 0.1, 0.1], strict=True):
        counts = Counter(labels[row] for row in part)
        for label, total in totals.items():
            if total > 1:
                assert abs(counts[label] - share * total) < 1 + 1e-6


@given(repeats=st.lists(st.integers(1, 6), min_size=30, max_size=60), seed=st.integers(0, 5))
def test_texts_equal_but_for_case_and_space_stay_in_one_part(repeats, seed):
    texts = [f"text {n}" for n, number in enumerate(repeats) for _ in range(number)]
    random.Random(seed).shuffle(texts)
    written = [text.upper() if row % 2 else f" {text}  " for row, text in enumerate(texts)]
    parts = hold_out(written, None, fractions=SHARES, seed=seed)
    homes = [{texts[row] for row in part} for part in parts]
    assert not homes[0] & homes[1]
    assert not homes[0] & homes[2]
    assert not homes[1] & homes[2]


def test_same_seed_same_parts_and_another_seed_other_parts():
    texts = [str(n) for n in range(500)]
    assert hold_out(texts, None, fractions=SHARES, seed=3) == hold_out(texts, None, fractions=SHARES, seed=3)
    assert hold_out(texts, None, fractions=SHARES, seed=3) != hold_out(texts, None, fractions=SHARES, seed=4)


def test_a_fixed_seed_gives_these_rows_for_ever():
    parts = hold_out([str(n) for n in range(20)], None, fractions=SHARES, seed=0)
    assert parts[1:] == [[0, 6], [9, 12]]


def test_labels_with_one_row_stay_in_train_and_small_labels_reach_the_other_parts():
    labels = ["only"] + [f"small {n % 40}" for n in range(160)]
    train, validation, test = hold_out(map(str, range(161)), labels, fractions=SHARES)
    assert 0 in train
    assert len(validation) == len(test) == 16
    assert {labels[row] for row in train} == set(labels)


@pytest.mark.parametrize("number", [0, 1, 9])
def test_too_few_rows_are_an_error(number):
    with pytest.raises(DataError, match=f"{number} different rows are too few"):
        hold_out(map(str, range(number)), None, fractions=SHARES)


@given(
    seed=st.integers(0, 1_000),
    length=st.integers(1_000, 4_000),
    alphabet=st.sampled_from(["\n", "a", "ab \n", "a\n\n", "abcdefghijk "]),
)
def test_cut_parts_joined_are_the_text(seed, length, alphabet):
    text = "".join(random.Random(seed).choices(alphabet, k=length))
    parts = cut_text(text, [0.05, 0.05])
    assert "".join(parts) == text
    assert all(parts)
    for part, share in zip(parts, [0.9, 0.05, 0.05], strict=True):
        assert abs(len(part) - share * len(text)) <= 2 * len(text) * 0.05 / 3 + 2


@pytest.mark.parametrize(("unit", "end"), [("one two.\nthree\n\n", "\n\n"), ("one two.\n", "\n"), ("one ", " ")])
def test_cuts_fall_at_the_best_boundary(unit, end):
    parts = cut_text(unit * 500, [0.05, 0.05])
    assert all(part.endswith(end) for part in parts)
    assert all(part.startswith("one") for part in parts)


def test_a_short_text_cannot_be_cut():
    with pytest.raises(DataError, match="999 characters are too few"):
        cut_text("a" * 999, [0.05, 0.05])
