"""Held-out splits: rows for validation and test out of the rows to train on, or pieces of one text.

The same seed gives the same splits on every machine.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Protocol, Self, TypeVar

from nlprnn.errors import DataError

SPLITS = ("train", "validation", "test")

_MIN_TEXT_LENGTH = 1_000
_ROW_SHARE = 0.1
_FEWEST_GROUPS = 10
_MAX_VALIDATION_ROWS = 5_000


class Rows(Protocol):
    """Rows of any kind, of which some can be held out."""

    @property
    def origin(self) -> str:
        """The file or dataset, for messages."""

    def __len__(self) -> int: ...

    def select(self, rows: Sequence[int]) -> Self:
        """Return the rows of these numbers, from 0."""

    def texts(self) -> Iterable[str]:
        """Return the text by which rows count as identical."""


_AnySplit = TypeVar("_AnySplit")
_Rows = TypeVar("_Rows", bound=Rows)


def complete_splits(
    splits: Mapping[str, _AnySplit], make: Callable[[_AnySplit, int], Sequence[_AnySplit]], *, origin: str
) -> dict[str, _AnySplit]:
    """Return train, validation and test in this order; without validation, it (and test, if missing) is held out.

    Args:
        splits: split name -> split; train among them.
        make: function of train and a number of splits that returns the rest of train and the held-out splits.
        origin: the dataset, for messages.

    Raises:
        DataError: there is too little to hold out.
    """
    missing = [] if "validation" in splits else [name for name in SPLITS if name not in splits]
    if missing:
        try:
            pieces = make(splits["train"], len(missing))
        except DataError as error:
            raise DataError(f"{origin}: {error}") from None
        splits = {**splits, **dict(zip(["train", *missing], pieces, strict=True))}
    return {split: splits[split] for split in SPLITS if split in splits}


def pick_split(splits: Mapping[str, _AnySplit], split: str, dataset: str) -> _AnySplit:
    """Return one split.

    Raises:
        DataError: the dataset has none of this name.
    """
    if split not in splits:
        raise DataError(f"{dataset} has no {split} split (splits: {', '.join(splits)}); choose with --split")
    return splits[split]


def choose_split(
    dataset: str,
    splits: Mapping[str, _Rows],
    split: str | None,
    complete: Callable[[], Mapping[str, _Rows]],
    *,
    default: str = "test",
) -> _Rows:
    """Return the split to score a model on.

    Args:
        dataset: name that the user gives.
        splits: the splits that the dataset has.
        split: name of one; None = all rows of a file without splits or of the line-aligned texts of one stem, else
            the default one.
        complete: function that returns the splits with the missing ones held out.
        default: name of the split that is scored by default.

    Raises:
        DataError: there is no such split, or too little to hold it out.
    """
    path = Path(dataset).expanduser()
    if split is None and len(splits) == 1 and (path.is_file() or splits["train"].origin in (f"{path}.*", str(path))):
        return splits["train"]
    name = split or default
    return pick_split(splits if name == "test" and name in splits else complete(), name, dataset)


def hold_out_rows(
    rows: _Rows, number: int, *, labels: Sequence[str | Collection[str]] | None = None, seed: int = 0
) -> list[_Rows]:
    """Return the rest of the rows, and held-out splits of a tenth each (only one: at most 5,000 rows); see `hold_out`.

    Raises:
        DataError: there are too few rows.
    """
    share = _ROW_SHARE if number > 1 else min(_ROW_SHARE, _MAX_VALIDATION_ROWS / len(rows))
    chosen = hold_out(rows.texts(), labels, number=number, share=share, seed=seed)
    return [rows.select(numbers) for numbers in chosen]


def hold_out(
    texts: Iterable[str], labels: Sequence[str | Collection[str]] | None, *, number: int, share: float, seed: int = 0
) -> list[list[int]]:
    """Split rows at random, each label in the same proportion, identical texts never in two splits.

    Rows are sorted by label, shuffled inside each label, and then taken at even distances (systematic
    sampling): every held-out split has its share of each label to within one row, and has some of the
    labels with few rows. A row with several labels counts for its rarest (Sechidis et al. 2011, "On the
    Stratification of Multi-label Data"). Texts that differ in case or white space only go together, and one
    that is repeated far more often than others stays in train, so that it does not fill a held-out split.
    Train has every label.

    Args:
        texts: the text of each row.
        labels: the label of each row, or its labels; None takes all rows for one label.
        number: number of held-out splits.
        share: share of the rows in each of them.
        seed: seed of the choice of rows.

    Returns:
        Row numbers of train and then of each held-out split, each in ascending order.

    Raises:
        DataError: a split would be empty.
    """
    groups = _groups_of_equal(texts)
    labels_of = _labels_of(groups, labels)
    by_label = _strata(labels_of)
    largest = _largest_group(groups, share)
    eligible = sum(len(group) for group in groups if len(group) <= largest)
    total = sum(map(len, groups))
    # What stays in train is made up for by other rows, of which train keeps two thirds.
    rate = number * share if eligible == total else min(number * share * total / max(1, eligible), 1 / 3)
    generator = random.Random(seed)
    splits: list[list[int]] = [[] for _ in range(number + 1)]  # of groups, then of rows
    sizes = [0] * number
    position = 0
    for label in sorted(by_label):
        members = by_label[label]
        generator.shuffle(members)
        if len(members) == 1:
            splits[0].extend(members)
            continue
        for group in members:
            size = len(groups[group])
            if size > largest:
                splits[0].append(group)
                continue
            position += size
            # The small constant keeps 10 * 0.1 from falling below 1.
            if int(position * rate + 1e-9) > sum(sizes):
                smallest = sizes.index(min(sizes))
                splits[1 + smallest].append(group)
                sizes[smallest] += size
            else:
                splits[0].append(group)
    _complete_labels(splits, labels_of)
    if not all(splits):
        raise DataError(
            f"{len(groups)} different rows are too few to hold out {number} x {share:.0%}; "
            "add rows, or give a folder with train and validation files"
        )
    return [sorted(row for group in split for row in groups[group]) for split in splits]


def split_text(text: str, *, number: int, share: float) -> list[str]:
    """Split one text into consecutive pieces that together are the text again.

    Each piece ends after a blank line near its share, else after a line end, else after a space, else at its share.

    Args:
        text: the text.
        number: number of pieces after the first.
        share: share of the text in each of them.

    Raises:
        DataError: the text is shorter than 1,000 characters.
    """
    if len(text) < _MIN_TEXT_LENGTH:
        raise DataError(
            f"{len(text)} characters are too few to split into train and validation; "
            f"give at least {_MIN_TEXT_LENGTH:,}, or a folder with train.txt and validation.txt"
        )
    pieces = []
    start, end_share = 0, 1.0 - number * share
    for _ in range(number):
        end = _near_boundary(text, round(end_share * len(text)), reach=round(share * len(text) / 3))
        pieces.append(text[start:end])
        start, end_share = end, end_share + share
    return [*pieces, text[start:]]


def _near_boundary(text: str, target: int, reach: int) -> int:
    """The position just after the nearest boundary within `reach` characters, of the best kind."""
    low, high = max(target - reach, 0), min(target + reach, len(text))
    for boundary in ("\n\n", "\n", " "):
        before = text.rfind(boundary, low, target)
        after = text.find(boundary, target, high)
        ends = [at + len(boundary) for at in (before, after) if at >= 0]
        if ends:
            end = min(ends, key=lambda at: abs(at - target))
            # All blank lines of a gap belong to the text before it.
            while end < high and text.startswith("\n", end):
                end += 1
            return end
    return target


def _groups_of_equal(texts: Iterable[str]) -> list[list[int]]:
    """Row numbers of texts that are equal but for case and white space, in the order of the first of each."""
    groups: dict[bytes, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        # A digest needs little memory, the same for every text.
        groups[blake2b(" ".join(text.lower().split()).encode("utf-8"), digest_size=12).digest()].append(row)
    return list(groups.values())


def _labels_of(groups: Sequence[Sequence[int]], labels: Sequence[str | Collection[str]] | None) -> list[frozenset[str]]:
    """All labels of the rows of each group."""
    if labels is None:
        return [frozenset()] * len(groups)
    known: dict[tuple[str, ...], frozenset[str]] = {}  # millions of rows share a few sets
    sets = []
    for group in groups:
        rows = [labels[number] for number in group]
        key = tuple(chain.from_iterable((row,) if isinstance(row, str) else row for row in rows))
        if key not in known:
            known[key] = frozenset(key)
        sets.append(known[key])
    return sets


def _strata(labels_of: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    """The groups by their rarest label."""
    frequency = Counter(chain.from_iterable(labels_of))
    rarest = {labels: min(labels, key=lambda label: (frequency[label], label), default="") for labels in set(labels_of)}
    strata: dict[str, list[int]] = defaultdict(list)
    for group, labels in enumerate(labels_of):
        strata[rarest[labels]].append(group)
    return strata


def _largest_group(groups: Sequence[Sequence[int]], share: float) -> float:
    """Size above which a group of equal texts stays in train: a twentieth of a split, or the usual size up to half.

    Where hardly any text is as rare as that, it is the usual size.
    """
    sizes = sorted(map(len, groups))
    if not sizes:
        return 0.0
    usual, held_out = sizes[len(sizes) // 2], share * sum(sizes)
    largest = max(held_out / 20, min(usual, max(3, held_out / 2)))
    return largest if bisect_right(sizes, largest) >= _FEWEST_GROUPS else max(largest, usual)


def _complete_labels(splits: list[list[int]], labels_of: Sequence[frozenset[str]]) -> None:
    """Move a group of each label that train lacks into it."""
    known = set(chain.from_iterable(labels_of[group] for group in splits[0]))
    for split in splits[1:]:
        for group in list(split):
            if not labels_of[group] <= known:
                split.remove(group)
                splits[0].append(group)
                known |= labels_of[group]
