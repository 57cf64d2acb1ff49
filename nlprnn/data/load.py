"""Tables as splits of one form, from a sample's name, a Hub id, a folder, a file or the stem of line-aligned texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from nlprnn.data.labels import (
    all_labels,
    case_note,
    check_classes,
    distinct,
    label_names,
)
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.repeats import with_repeats_noted
from nlprnn.data.report import DataReport
from nlprnn.data.split import choose_split, complete_splits, hold_out_rows
from nlprnn.data.table import Split, column_values, quiet_datasets
from nlprnn.data.table_splits import read_splits
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import DatasetDict

logger = logging.getLogger(__name__)


def load_table(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    required: bool = True,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> DatasetDict:
    """Load a table as splits with one column for each role; the rows of `load_splits`, which takes the same arguments.

    Rows that are left out are logged as a warning.

    Raises:
        DataError: as `load_splits`.
    """
    from datasets import DatasetDict

    splits = load_splits(dataset, fields, required=required, split_seed=split_seed, options=options)
    for omission in DataReport.of(splits).left_out:
        logger.warning("left out: %s", omission)
    return DatasetDict({name: split.rows for name, split in splits.items()})


def load_splits(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    required: bool = True,
    split_seed: int = 0,
    options: ReadOptions | None = None,
) -> dict[str, Split]:
    """Load a table as splits with one column for each role, which know what was read.

    A source without splits is split 80/10/10; if only validation is missing, a tenth of train is held out for
    it, at most 5,000 rows. Both keep the labels' proportions, and identical texts together. Rows of train
    without text are left out before; in files of validation and test their text is "". A split without labels or
    targets is left out with a warning.

    Source and target may also be line-aligned texts: a folder with `train.en`, `train.de`, `valid.en` and so
    on, or the stem of two files ("corpus/train"). The columns then are the suffixes, here "en" and "de".

    Args:
        dataset: an existing file or folder, else the name of a sample, else the stem of line-aligned texts,
            else a Hub id ("owner/name:config").
        fields: role ("text", "label", "labels", "number", "source", "target" or any other) -> column name, or
            None to guess it. "title,body" as the text concatenates columns, with line ends between.
        required: False leaves out a role that is to be guessed and cannot be.
        split_seed: seed of the choice of held-out rows.
        options: options for reading, such as the types of columns; None = defaults.

    Returns:
        "train", "validation" and mostly "test", as memory-mapped tables.

    Raises:
        DataError: the source, a column, a row or a label is missing, damaged or odd; names the place and the mend.
    """
    splits = read_splits(dataset, fields, required=required, options=options)
    labelled = "label" in splits["train"].columns
    splits["train"] = _without_empty_texts(_checked_labels(splits["train"]))
    splits = {name: split if name == "train" else with_empty_texts(split) for name, split in splits.items()}
    splits = _complete(splits, split_seed)
    if labelled:
        label_names({name: split.rows for name, split in splits.items()})  # raises for labels that train has not
    return with_repeats_noted(splits)


def _checked_labels(train: Split) -> Split:
    """The split with what is odd about its labels noted.

    Raises:
        DataError: they are so many that they look like text.
    """
    labels: Sequence[str] = ()
    if "label" in train.columns:
        check_classes(train)
        labels = distinct(train.rows, "label")
    elif "labels" in train.columns:
        labels = all_labels(column_values(train.rows, "labels"), train.origin)
    note = case_note(labels)
    return train.noted(note) if note else train


def load_split(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    split: str | None = None,
    default: str = "test",
    options: ReadOptions | None = None,
) -> Split:
    """Load the rows of one split as `load_table` does, with their locations, to score a model.

    Args:
        dataset: a file, folder, sample, stem of line-aligned texts or Hub id, see `load_table`.
        fields: role -> column name, or None to guess it.
        split: "train", "validation" or "test"; None = all rows of a file or of the line-aligned texts of one stem,
            else the default one.
        default: "validation" or "test".
        options: options for reading; None = defaults.

    Raises:
        DataError: the data are missing, damaged or odd, see `load_table`, or the dataset has no such split.
    """
    splits = read_splits(dataset, fields, options=options)
    rows = choose_split(
        dataset,
        splits,
        split,
        lambda: _complete({**splits, "train": _without_empty_texts(splits["train"])}, seed=0),
        default=default,
    )
    for role in _text_roles(rows):
        if empty := rows.empty_rows(role):
            message = "no %s, and counted as empty text: %d of %d rows; the first is %s"
            logger.warning(message, role, len(empty), len(rows), rows.location(empty[0]))
    return with_empty_texts(rows)


def _complete(splits: Mapping[str, Split], seed: int) -> dict[str, Split]:
    def hold_out(train: Split, number: int) -> list[Split]:
        role = next((role for role in ("label", "labels") if role in train.columns), None)
        labels = column_values(train.rows, role) if role else None
        return hold_out_rows(train, number, labels=labels, seed=seed)

    return complete_splits(splits, hold_out, origin=splits["train"].origin)


def _text_roles(split: Split) -> list[str]:
    """The roles whose cells are texts, rather than labels or typed values."""
    features = split.rows.features
    return [role for role in split.columns if role != "label" and getattr(features[role], "dtype", "") == "string"]


def _without_empty_texts(split: Split) -> Split:
    """Leave out the rows in which a text is missing or blank.

    Raises:
        DataError: all rows are.
    """
    empty_of = {role: split.empty_rows(role) for role in _text_roles(split)}
    empty = set(chain.from_iterable(empty_of.values()))
    if len(empty) == len(split):
        raise DataError(f"{split.origin}: no row has any text")
    return split.without(empty, f"without {' or '.join(role for role, rows in empty_of.items() if rows)}")


def with_empty_texts(split: Split) -> Split:
    """Make missing and blank texts "", so that there is a score for each row."""
    roles = _text_roles(split)
    if not any(split.empty_rows(role) for role in roles):
        return split
    with quiet_datasets():
        rows = split.rows.map(lambda row: {role: _blank_to_empty(row[role]) for role in roles})
    return replace(split, rows=rows)


def _blank_to_empty(text: str | None) -> str:
    return text if text and not text.isspace() else ""
