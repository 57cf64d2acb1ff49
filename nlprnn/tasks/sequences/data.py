"""Data of models of feature sequences: the sequences of each split, and their labels or numbers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.data.cells import as_float, as_label, as_named_label
from nlprnn.data.column_roles import counted
from nlprnn.data.group_split import hold_out_groups
from nlprnn.data.labels import in_order, refuse_text
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import DataReport
from nlprnn.data.split import complete_splits, hold_out_rows
from nlprnn.errors import DataError, list_names
from nlprnn.tasks.sequences.columns import ColumnRequest
from nlprnn.tasks.sequences.feature_sequences import FeatureSequences
from nlprnn.tasks.sequences.sources import find_sequences

logger = logging.getLogger(__name__)

_FEW_CLASSES = 50
"""Different whole numbers up to which they are classes rather than numbers."""


@dataclass(frozen=True)
class SequenceData:
    """Feature sequences of each split with their targets.

    Attributes:
        splits: split -> its sequences.
        targets: split -> (rows,) int64, the index of each label in `labels`; or (rows,) float64, the numbers.
        labels: names of the classes, in the order of a classifier's logits; empty for numbers.
    """

    splits: Mapping[str, FeatureSequences]
    targets: Mapping[str, NDArray[Any]]
    labels: list[str]

    @classmethod
    def load(
        cls, dataset: str, request: ColumnRequest, *, reading: ReadOptions | None = None, regression: bool | None = None
    ) -> SequenceData:
        """Load the sequences of a data set; validation and test are held out where they are missing.

        Args:
            dataset: as `find_sequences` takes it.
            request: the columns that a user names.
            reading: options for reading; None = defaults.
            regression: whether targets are numbers; None = they are if they are no classes.

        Raises:
            DataError: the data set is missing, damaged or too small, a target is missing or odd, or all are equal.
        """
        reading = reading or ReadOptions()
        splits = with_targets(find_sequences(dataset, request, reading), dataset)
        if regression is None and (regression := _are_numbers(splits["train"].targets, reading)):
            splits["train"] = splits["train"].noted("the targets are numbers (--no-regression: classes)")
        if regression:
            typed = {name: replace(split, targets=numbers_of(split)) for name, split in splits.items()}
        else:
            typed = {name: replace(split, targets=labels_of(split, reading)) for name, split in splits.items()}
            refuse_text(len(set(typed["train"].targets)), len(typed["train"]), typed["train"].origin)
        typed = complete(typed, stratify=not regression, named=request.subject is not None)
        if regression:
            _check_spread(typed["train"])
            return cls(typed, {name: np.array(split.targets, np.float64) for name, split in typed.items()}, [])
        labels = _checked_labels(typed)
        index = {label: place for place, label in enumerate(labels)}
        targets = {name: np.array([index[label] for label in split.targets]) for name, split in typed.items()}
        return cls(typed, targets, labels)

    @property
    def report(self) -> DataReport:
        """What was read."""
        if not self.labels:
            every = np.concatenate(list(self.targets.values()))
            return DataReport.of(self.splits, numbers=(float(every.min()), float(every.max())))
        counts = Counter(chain.from_iterable(split.targets for split in self.splits.values()))
        return DataReport.of(self.splits, labels={label: counts[label] for label in self.labels})

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.splits if split != "train"]

    def sizes(self, splits: Sequence[str]) -> dict[str, int]:
        """Return the number of sequences of each of some splits."""
        return {split: len(self.splits[split]) for split in splits}


def with_targets(splits: Mapping[str, FeatureSequences], dataset: str) -> dict[str, FeatureSequences]:
    """Return the splits that have targets; others are left out with a warning.

    Raises:
        DataError: train is missing, or has no targets.
    """
    if "train" not in splits:
        raise DataError(f"{dataset} has no train split to learn from (splits: {', '.join(splits)})")
    kept = {}
    for name, split in splits.items():
        if any(target is not None for target in split.targets):
            kept[name] = split
        else:
            logger.warning("%s has no labels or numbers: %s left out", split.origin, counted(len(split), "sequence"))
    if "train" not in kept:
        column = splits["train"].feature_columns.target
        fault = f"no sequence has a value in {column!r}" if column else "no column looks like the label or number"
        raise DataError(f"{splits['train'].origin}: {fault}: choose the column with --label-field")
    return kept


def labels_of(sequences: FeatureSequences, reading: ReadOptions) -> list[str]:
    """Return the labels of sequences as text.

    Raises:
        DataError: one is missing, or is a number without a name where names are given; names the place.
    """
    labels = []
    for place, cell in zip(sequences.locations, sequences.targets, strict=True):
        try:
            label = as_named_label(cell, reading.label_names) if reading.label_names else as_label(cell)
        except ValueError as error:
            raise DataError(f"{place}: {error}; correct it, or choose another column with --label-field") from None
        if not label:
            raise DataError(f"{place}: the label is missing; fill it in or remove the row")
        labels.append(label)
    return labels


def numbers_of(sequences: FeatureSequences) -> list[float]:
    """Return the numbers of sequences.

    Raises:
        DataError: one is missing or no finite number; names the place.
    """
    numbers = []
    for place, cell in zip(sequences.locations, sequences.targets, strict=True):
        try:
            number = as_float(cell)
        except ValueError as error:
            raise DataError(f"{place}: {error}; correct it, or choose another column with --label-field") from None
        if number is None:
            raise DataError(f"{place}: the number is missing; fill it in or remove the row")
        numbers.append(number)
    return numbers


def complete(splits: Mapping[str, FeatureSequences], *, stratify: bool, named: bool) -> dict[str, FeatureSequences]:
    """Return the splits with validation and test held out where they are missing, by subject where these are known.

    Args:
        splits: split -> its sequences, with targets.
        stratify: hold out each label in the same proportion.
        named: whether the user names the column of the subjects.

    Raises:
        DataError: there is too little to hold out, or a subject is in two splits though the user names their column.
    """
    completed = complete_splits(
        splits, lambda train, number: _held_out(train, number, stratify, named), origin=splits["train"].origin
    )
    _check_subjects(completed, named)
    return completed


def _held_out(train: FeatureSequences, number: int, stratify: bool, named: bool) -> list[FeatureSequences]:
    subjects = sorted(set(train.subjects))
    column = train.feature_columns.subject
    if len(subjects) > number:
        chosen, held_out = hold_out_groups(train.subjects, number=number)
        note = f"held out by {column!r}: {', '.join(map(' '.join, held_out))}"
        rest, *splits = (train.select(rows) for rows in chosen)
        return [rest.noted(note), *splits]
    if named and column:
        raise DataError(f"{counted(len(subjects), 'value')} of {column!r} are too few to hold out {number} of them")
    return hold_out_rows(train, number, labels=list(train.targets) if stratify else None)


def _check_subjects(splits: Mapping[str, FeatureSequences], named: bool) -> None:
    """Check that no subject is in two splits; where their column was guessed, warn."""
    known = set(splits["train"].subjects)
    for name, split in splits.items():
        if name == "train" or not (both := sorted(known & set(split.subjects))):
            continue
        column = split.feature_columns.subject
        fault = f"{list_names(both, limit=5)} of {column!r} are in train and in {name}"
        if named and column is not None and len(splits["train"].subjects):
            raise DataError(f"{split.origin}: {fault}: move their rows into one of them, or give --split-by none")
        logger.warning("%s, whose scores may flatter", fault)


def _are_numbers(targets: Sequence[Any], reading: ReadOptions) -> bool:
    """Return whether targets are measured values: fractions, or too many different numbers for classes."""
    if reading.label_names:
        return False
    try:
        numbers = [number for cell in targets if not isinstance(cell, bool) and (number := as_float(cell)) is not None]
    except ValueError:
        return False
    different = set(numbers)
    many = len(different) > _FEW_CLASSES and len(different) > len(targets) / 2
    return bool(numbers) and (many or any(number != round(number) for number in different))


def _check_spread(train: FeatureSequences) -> None:
    numbers = np.array(train.targets)
    with np.errstate(over="ignore"):
        spread = float(numbers.std())
    if numbers.min() == numbers.max():
        raise DataError(f"all numbers of {train.origin} are {numbers[0]:g}: check --label-field")
    if not 0 < spread < np.inf:
        raise DataError(f"the numbers of {train.origin} are too large or too near zero: give them in another unit")


def _checked_labels(splits: Mapping[str, FeatureSequences]) -> list[str]:
    """Return the labels of train in order.

    Raises:
        DataError: there is one alone, or another split has a label that train has not.
    """
    known = set(splits["train"].targets)
    if len(known) == 1:
        raise DataError(
            f"all sequences have the label {min(known)!r}, so there is nothing to tell apart: check --label-field"
        )
    for name, split in splits.items():
        if unknown := sorted(set(split.targets) - known):
            names = list_names(unknown, limit=5)
            mend = "add rows, or give --split-by none" if split.subjects else "correct them or add rows"
            raise DataError(f"the {name} split has labels that train has not: {names}; {mend}")
    return in_order(known)
