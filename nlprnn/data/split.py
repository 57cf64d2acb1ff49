"""Parts for training, validation and test from one set of rows or from one text.

The same seed gives the same parts on every machine.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from nlprnn.errors import DataError

_MIN_TEXT_LENGTH = 1_000
_ROW_SHARE = 0.1
_MAX_VALIDATION_ROWS = 5_000


def held_out_shares(rows: int, parts: Sequence[str]) -> list[float]:
    """The share of so many rows that each part gets that is split off: a tenth, and of validation alone 5,000 at most.

    Args:
        rows: of which there are.
        parts: names of the parts.
    """
    share = _ROW_SHARE if len(parts) > 1 else min(_ROW_SHARE, _MAX_VALIDATION_ROWS / rows)
    return [share] * len(parts)


def hold_out(
    texts: Iterable[str],
    labels: Sequence[str] | None,
    *,
    fractions: Sequence[float],
    seed: int = 0,
) -> list[list[int]]:
    """Split rows at random, each label in the same proportion, identical texts never in two parts.

    Rows are sorted by label, shuffled inside each label, and then taken at even distances (systematic
    sampling): every held-out part has its share of each label to within one row, and has some of the
    labels with few rows. Texts that differ in case or white space only count as one row, with the label
    of the first. A label with a single text stays in training.

    Args:
        texts: the text of each row.
        labels: the label of each row; None treats all alike.
        fractions: the shares of the held-out parts, equal to each other.
        seed: chooses the rows.

    Returns:
        Row numbers of the training part and then of each held-out part, each in rising order.

    Raises:
        DataError: a part would be empty.
    """
    by_label: dict[str, list[list[int]]] = defaultdict(list)
    for group in _groups_of_equal(texts):
        by_label["" if labels is None else labels[group[0]]].append(group)
    generator = random.Random(seed)
    parts: list[list[int]] = [[] for _ in range(len(fractions) + 1)]
    share = sum(fractions)
    position, taken = 0, 0
    for label in sorted(by_label):
        members = by_label[label]
        generator.shuffle(members)
        if len(members) == 1:
            parts[0].extend(members[0])
            continue
        for group in members:
            position += 1
            # The small constant keeps 10 * 0.1 from falling below 1.
            if int(position * share + 1e-9) > taken:
                parts[1 + taken % len(fractions)].extend(group)
                taken += 1
            else:
                parts[0].extend(group)
    if not all(parts):
        number = sum(map(len, by_label.values()))
        raise DataError(
            f"{number} different rows are too few to split off {len(fractions)} x {fractions[0]:.0%}; "
            "add rows, or give a folder with train and validation files"
        )
    return [sorted(part) for part in parts]


def cut_text(text: str, fractions: Sequence[float]) -> list[str]:
    """Cut one text into consecutive parts; joined, they are the text again.

    Each cut falls after a blank line near its place, else after a line end, else after a space, else there.

    Args:
        text: the text.
        fractions: the shares of the parts after the first.

    Raises:
        DataError: the text is shorter than 1,000 characters.
    """
    if len(text) < _MIN_TEXT_LENGTH:
        raise DataError(
            f"{len(text)} characters are too few to split into parts for training and validation; "
            f"give at least {_MIN_TEXT_LENGTH:,}, or a folder with train.txt and validation.txt"
        )
    parts = []
    start, share = 0, 1.0 - sum(fractions)
    for fraction in fractions:
        end = _near_boundary(text, round(share * len(text)), reach=round(min(fractions) * len(text) / 3))
        parts.append(text[start:end])
        start, share = end, share + fraction
    return [*parts, text[start:]]


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
