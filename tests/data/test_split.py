"""Splitting rows and texts: nothing is lost, nothing leaks, labels keep their shares."""

from __future__ import annotations

import random
from collections import Counter
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.split import complete_splits, hold_out, pick_split, split_text
from nlprnn.errors import DataError

TENTHS = {"number": 2, "share": 0.1}

labels_of_rows = st.lists(st.sampled_from("abcdefg"), min_size=60, max_size=300)


@given(labels=labels_of_rows, seed=st.integers(0, 5))
def test_splits_are_disjoint_sorted_and_complete(labels, seed):
    splits = hold_out(map(str, range(len(labels))), labels, **TENTHS, seed=seed)
    assert sorted(chain.from_iterable(splits)) == list(range(len(labels)))
    assert all(split == sorted(split) for split in splits)


@given(labels=labels_of_rows, seed=st.integers(0, 5))
def test_each_label_keeps_its_share_to_within_one_row(labels, seed):
    splits = hold_out(map(str, range(len(labels))), labels, **TENTHS, seed=seed)
    totals = Counter(labels)
    for split, share in zip(splits, [0.8, 0.1, 0.1], strict=True):
        counts = Counter(labels[row] for row in split)
        for label, total in totals.items():
            if total > 1:
                assert abs(counts[label] - share * total) < 1 + 1e-6


@given(repeats=st.lists(st.integers(1, 6), min_size=30, max_size=60), seed=st.integers(0, 5))
def test_texts_equal_but_for_case_stay_in_one_split(repeats, seed):
    texts = [f"text {n}" for n, number in enumerate(repeats) for _ in range(number)]
    random.Random(seed).shuffle(texts)
    written = [text.upper() if row % 2 else f" {text}  " for row, text in enumerate(texts)]
    splits = hold_out(written, None, **TENTHS, seed=seed)
    homes = [{texts[row] for row in split} for split in splits]
    assert not homes[0] & homes[1]
    assert not homes[0] & homes[2]
    assert not homes[1] & homes[2]


def test_seed_decides_the_rows():
    texts = [str(n) for n in range(500)]
    assert hold_out(texts, None, **TENTHS, seed=3) == hold_out(texts, None, **TENTHS, seed=3)
    assert hold_out(texts, None, **TENTHS, seed=3) != hold_out(texts, None, **TENTHS, seed=4)


def test_rows_of_a_seed_never_change():
    splits = hold_out([str(n) for n in range(20)], None, **TENTHS, seed=0)
    assert splits[1:] == [[0, 6], [9, 12]]


def test_rare_labels():
    labels = ["only"] + [f"small {n % 40}" for n in range(160)]
    train, validation, test = hold_out(map(str, range(161)), labels, **TENTHS)
    assert 0 in train
    assert len(validation) == len(test) == 16
    assert {labels[row] for row in train} == set(labels)


@pytest.mark.parametrize("number", [0, 1, 9])
def test_too_few_rows_are_an_error(number):
    with pytest.raises(DataError, match=f"{number} different rows are too few"):
        hold_out(map(str, range(number)), None, **TENTHS)


@given(
    seed=st.integers(0, 1_000),
    length=st.integers(1_000, 4_000),
    alphabet=st.sampled_from(["\n", "a", "ab \n", "a\n\n", "abcdefghijk "]),
)
def test_cut_pieces_make_up_the_text(seed, length, alphabet):
    text = "".join(random.Random(seed).choices(alphabet, k=length))
    splits = split_text(text, number=2, share=0.05)
    assert "".join(splits) == text
    assert all(splits)
    for split, share in zip(splits, [0.9, 0.05, 0.05], strict=True):
        assert abs(len(split) - share * len(text)) <= 2 * len(text) * 0.05 / 3 + 2


@pytest.mark.parametrize(("unit", "end"), [("one two.\nthree\n\n", "\n\n"), ("one two.\n", "\n"), ("one ", " ")])
def test_cuts_are_at_the_best_boundary(unit, end):
    splits = split_text(unit * 500, number=2, share=0.05)
    assert all(split.endswith(end) for split in splits)
    assert all(split.startswith("one") for split in splits)


def test_short_text_cannot_be_cut():
    with pytest.raises(DataError, match="999 characters are too few"):
        split_text("a" * 999, number=2, share=0.05)


def halves(rows, number):
    size = len(rows) // (number + 1)
    return [rows[start * size : (start + 1) * size] for start in range(number + 1)]


@pytest.mark.parametrize(
    ("splits", "complete"),
    [
        ({"train": "abc"}, {"train": "a", "validation": "b", "test": "c"}),
        ({"test": "x", "train": "ab"}, {"train": "a", "validation": "b", "test": "x"}),
        ({"validation": "x", "train": "abc"}, {"train": "abc", "validation": "x"}),
    ],
)
def test_missing_splits_are_held_out(splits, complete):
    result = complete_splits(splits, halves, origin="a.csv")
    assert result == complete
    assert list(result) == list(complete)


def test_too_little_to_hold_out_names_the_data():
    def refuse(rows, number):
        raise DataError("too few")

    with pytest.raises(DataError, match=r"^a\.csv: too few$"):
        complete_splits({"train": []}, refuse, origin="a.csv")


def test_missing_split_lists_the_others():
    with pytest.raises(DataError, match=r"a has no test split \(splits: train\); choose with --split"):
        pick_split({"train": 1}, "test", "a")


@given(number=st.integers(60, 300), different=st.integers(20, 300), seed=st.integers(0, 9))
def test_repeated_texts_do_not_change_the_sizes(number, different, seed):
    generator = random.Random(seed)
    rows = [(generator.randrange(different), generator.choice("abcde")) for _ in range(number)]
    texts, labels = [str(text) for text, _ in rows], [label for _, label in rows]
    largest = max(Counter(texts).values())
    train, validation, test = hold_out(texts, labels, **TENTHS, seed=seed)
    assert sorted([*train, *validation, *test]) == list(range(len(rows)))
    assert {labels[row] for row in train} == set(labels)
    assert not {texts[row] for row in train} & {texts[row] for row in (*validation, *test)}
    for part in (validation, test):
        assert len(part) <= len(rows) / 10 + largest


def test_text_that_fills_a_quarter_of_the_rows_stays_in_train():
    texts = ["[removed]"] * 100 + [f"text {n}" for n in range(300)]
    train, validation, test = hold_out(texts, ["a", "b"] * 200, **TENTHS)
    assert set(range(100)) < set(train)
    assert (len(validation), len(test)) == (40, 40)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("repeats", "others"), [((240,), 160), ((600,), 400), ((100, 100), 100), ((135, 135), 30), ((80, 80, 80), 80)]
)
def test_texts_that_fill_most_rows_stay_in_train(repeats, others, seed):
    texts = [f"[{text}]" for text, count in enumerate(repeats) for _ in range(count)]
    texts += [f"text {n}" for n in range(others)]
    train, validation, test = hold_out(texts, ["a", "b"] * (len(texts) // 2), **TENTHS, seed=seed)
    assert set(range(sum(repeats))) < set(train)
    assert abs(len(validation) - len(test)) <= 1
    assert others / 10 - 1 <= len(test) <= len(texts) / 10
    assert len(train) - sum(repeats) >= 2 * others / 3 - 1


@pytest.mark.parametrize(("different", "repeats"), [(100, 3), (15, 4), (14, 6), (20, 15)])
def test_texts_that_are_all_repeated_can_be_held_out(different, repeats):
    texts = [f"text {n % different}" for n in range(different * repeats)]
    train, validation, test = hold_out(texts, None, **TENTHS)
    assert len(train) >= 0.7 * len(texts)
    for part in (validation, test):
        assert abs(len(part) - len(texts) / 10) <= repeats


@pytest.mark.parametrize("seed", range(8))
def test_label_of_one_repeated_text_is_in_train(seed):
    texts, labels = [f"text {n}" for n in range(120)], ["a", "b"] * 60
    train, *_ = hold_out([*texts, "text 20"], [*labels, "lost"], **TENTHS, seed=seed)
    assert {20, 120} < set(train)


@pytest.mark.parametrize("seed", range(8))
def test_sets_of_labels_are_held_out_by_the_rarest(seed):
    sets = [{"common", "rare"} if n % 10 == 0 else {"common"} for n in range(200)]
    train, validation, test = hold_out(map(str, range(200)), sets, **TENTHS, seed=seed)
    assert [sum("rare" in sets[row] for row in part) for part in (train, validation, test)] == [16, 2, 2]
