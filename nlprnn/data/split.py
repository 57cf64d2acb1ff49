"""Held-out splits: rows for validation and test out of the rows to train on, or pieces of one text.

The same seed gives the same splits on every machine.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, Self, TypeVar

from nlprnn.errors import DataError

SPLITS = ("train", "validation", "test")

_MIN_TEXT_LENGTH = 1_000
_ROW_SHARE = 0.1
_MAX_VALIDATION_ROWS = 5_000


class Rows(Protocol):
    """Rows of any kind that can be held out."""

    def __len__(self) -> int: ...

    def select(self, rows: Sequence[int]) -> Self:
        """Return the rows of these numbers, from 0."""

    def texts(self) -> Iterable[str]:
        """Return the text by which rows count as identical."""


_Any = TypeVar("_Any")
_Rows = TypeVar("_Rows", bound=Rows)


def complete_splits(
    splits: Mapping[str, _Any], hold_out: Callable[[_Any, int], Sequence[_Any]], *, origin: str
) -> dict[str, _Any]:
    """Return train, validation and test in this order; without validation, it (and test, if missing) is held out.

    Args:
        splits: split name -> split; train among them.
        hold_out: train and a number of splits -> what is left of train, and the held-out splits.
        origin: the data set, for messages.

    Raises:
        DataError: there is too little to hold out.
    """
    missing = [] if "validation" in splits else [name for name in SPLITS if name not in splits]
    if missing:
        try:
            pieces = hold_out(splits["train"], len(missing))
        except DataError as error:
            raise DataError(f"{origin}: {error}") from None
        splits = {**splits, **dict(zip(["train", *missing], pieces, strict=True))}
    return {split: splits[split] for split in SPLITS if split in splits}


def pick_split(splits: Mapping[str, _Any], split: str, dataset: str) -> _Any:
    """Return one split.

    Raises:
        DataError: the data set has none of that name.
    """
    if split not in splits:
        raise DataError(f"{dataset} has no {split} split (splits: {', '.join(splits)}); choose with --split")
    return splits[split]


def choose_split(
    splits: Mapping[str, _Any],
    split: str | None,
    dataset: str,
    *,
    origin: str,
    complete: Callable[[], Mapping[str, _Any]],
) -> _Any:
    """Return the split to score a model on.

    Args:
        splits: those that the data set has.
        split: name of one; None = all rows of a file or of the line-aligned texts of one stem, else "test".
        dataset: as the user names it.
        origin: of train.
        complete: holds out the splits that are missing.

    Raises:
        DataError: there is no such split, or too little to hold it out.
    """
    path = Path(dataset).expanduser()
    if split is None and (path.is_file() or origin == f"{path}.*"):
        return splits["train"]
    name = split or "test"
    return pick_split(splits if name == "test" and name in splits else complete(), name, dataset)


def hold_out_rows(rows: _Rows, number: int, *, labels: Sequence[str] | None = None, seed: int = 0) -> list[_Rows]:
    """Hold out a tenth of the rows for each of some splits, for one alone at most 5,000; see `hold_out`.

    Returns:
        The rest, and the held-out splits.

    Raises:
        DataError: there are too few rows.
    """
    share = _ROW_SHARE if number > 1 else min(_ROW_SHARE, _MAX_VALIDATION_ROWS / len(rows))
    chosen = hold_out(rows.texts(), labels, fractions=[share] * number, seed=seed)
    return [rows.select(numbers) for numbers in chosen]


def hold_out(
    texts: Iterable[str],
    labels: Sequence[str] | None,
    *,
    fractions: Sequence[float],
    seed: int = 0,
) -> list[list[int]]:
    """Split rows at random, each label in the same proportion, identical texts never in two splits.

    Rows are sorted by label, shuffled inside each label, and then taken at even distances (systematic
    sampling): every held-out split has its share of each label to within one row, and has some of the
    labels with few rows. Texts that differ in case or white space only count as one row, with the label
    of the first. A label with a single text stays in train.

    Args:
        texts: the text of each row.
        labels: the label of each row; None takes all rows for one label.
        fractions: the shares of the held-out splits, equal to each other.
        seed: chooses the rows.

    Returns:
        Row numbers of train and then of each held-out split, each in ascending order.

    Raises:
        DataError: a split would be empty.
    """
    by_label: dict[str, list[list[int]]] = defaultdict(list)
    for group in _groups_of_equal(texts):
        by_label["" if labels is None else labels[group[0]]].append(group)
    generator = random.Random(seed)
    splits: list[list[int]] = [[] for _ in range(len(fractions) + 1)]
    share = sum(fractions)
    position, taken = 0, 0
    for label in sorted(by_label):
        members = by_label[label]
        generator.shuffle(members)
        if len(members) == 1:
            splits[0].extend(members[0])
            continue
        for group in members:
            position += 1
            # The small constant keeps 10 * 0.1 from falling below 1.
            if int(position * share + 1e-9) > taken:
                splits[1 + taken % len(fractions)].extend(group)
                taken += 1
            else:
                splits[0].extend(group)
    if not all(splits):
        number = sum(map(len, by_label.values()))
        raise DataError(
            f"{number} different rows are too few to split off {len(fractions)} x {fractions[0]:.0%}; "
            "add rows, or give a folder with train and validation files"
        )
    return [sorted(split) for split in splits]


def cut_text(text: str, fractions: Sequence[float]) -> list[str]:
    """Cut one text into consecutive pieces that together are the text again.

    Each cut is after a blank line near its place, else after a line end, else after a space, else in that place.

    Args:
        text: the text.
        fractions: the shares of the pieces after the first.

    Raises:
        DataError: the text is shorter than 1,000 characters.
    """
    if len(text) < _MIN_TEXT_LENGTH:
        raise DataError(
            f"{len(text)} characters are too few to split into train and validation; "
            f"give at least {_MIN_TEXT_LENGTH:,}, or a folder with train.txt and validation.txt"
        )
    pieces = []
    start, share = 0, 1.0 - sum(fractions)
    for fraction in fractions:
        end = _near_boundary(text, round(share * len(text)), reach=round(min(fractions) * len(text) / 3))
        pieces.append(text[start:end])
        start, share = end, share + fraction
    return [*pieces, text[start:]]


def _near_boundary(text: str, place: int, reach: int) -> int:
    """The place just after the nearest boundary within `reach` characters, of the best kind there is."""
    low, high = max(place - reach, 0), min(place + reach, len(text))
    for boundary in ("\n\n", "\n", " "):
        before = text.rfind(boundary, low, place)
        after = text.find(boundary, place, high)
        ends = [at + len(boundary) for at in (before, after) if at >= 0]
        if ends:
            end = min(ends, key=lambda at: abs(at - place))
            # All blank lines of the gap stay with the text before it.
            while boundary == "\n\n" and end < high and text.startswith("\n", end):
                end += 1
            return end
    return place


def _groups_of_equal(texts: Iterable[str]) -> list[list[int]]:
    """Row numbers of texts that are equal but for case and white space, in the order of the first of each."""
    groups: dict[bytes, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        # A digest keeps the memory small and the same for every text.
        groups[blake2b(" ".join(text.lower().split()).encode("utf-8"), digest_size=12).digest()].append(row)
    return list(groups.values())
