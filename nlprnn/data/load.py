"""Data sets as splits of one form, of tables and of running text: a sample's name, a Hub id, a folder or a file."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn.data.cells import ReadOptions
from nlprnn.data.formats.lines import read_text, suffix
from nlprnn.data.labels import check_classes, label_names
from nlprnn.data.sources import find_texts, local_path
from nlprnn.data.split import choose_split, complete_splits, cut_text, hold_out, hold_out_rows, pick_split
from nlprnn.data.table import Split, column_values, quiet_datasets
from nlprnn.data.tables import read_splits
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger(__name__)

_TEXT_SHARE = 0.05
_MIN_DOCUMENTS = 20


def load_table(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    required: bool = True,
    split_seed: int = 0,
    types: Mapping[str, str] | None = None,
    label_separator: str = ";",
) -> DatasetDict:
    """Load a table as splits with one column for each role.

    A source without splits is split 80/10/10; one without a validation split gives up a tenth of train for
    it, at most 5,000 rows. Both keep the labels' proportions, and identical texts together. Rows of train
    without text are dropped with a warning; elsewhere their text is "". A split without labels or targets is
    left out with a warning.

    Source and target may also be line-aligned texts: a folder with `train.en`, `train.de`, `valid.en` and so
    on, or the stem of two files ("corpus/train"). The columns then are the suffixes, here "en" and "de".

    Args:
        dataset: an existing file or folder, else the name of a sample, else the stem of line-aligned texts,
            else a Hub id ("owner/name:config").
        fields: role ("text", "label", "labels", "number", "source", "target" or any other) -> column name, or
            None to guess it. "title,body" as the text concatenates columns, with line ends between.
        required: False leaves out a role that is to be guessed and is not there.
        split_seed: chooses the rows that are held out.
        types: role -> type of its column, where it is not the role's usual one ("string"; of labels a list of
            strings, of numbers "float64"): "string", "float64", "int64", "bool", "timestamp[us]" or a list of
            these such as "list[float64]". Missing values are null.
        label_separator: between the labels of a string; lists need none.

    Returns:
        "train", "validation" and mostly "test", as memory-mapped tables.

    Raises:
        DataError: the source, a column, a row or a label is missing, damaged or odd; names the place and the mend.
    """
    from datasets import DatasetDict

    options = ReadOptions(types or {}, label_separator)
    splits = read_splits(dataset, fields, required=required, options=options)
    labelled = "label" in splits["train"].columns
    if labelled:
        check_classes(splits["train"])
    splits = _complete(splits, split_seed)
    table = DatasetDict({name: _without_empty_texts(rows, train=name == "train").rows for name, rows in splits.items()})
    if labelled:
        label_names(table)  # raises for labels that train has not
    return table


def load_split(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    split: str | None = None,
    types: Mapping[str, str] | None = None,
    label_separator: str = ";",
) -> Split:
    """Load the rows of one split as `load_table` does, with their places, to score a model on.

    Args:
        dataset: as for `load_table`.
        fields: role -> column name, or None to guess it.
        split: "train", "validation" or "test"; None = all rows of a file or of the line-aligned texts of one stem,
            else "test".
        types: role -> type of its column, as for `load_table`.
        label_separator: between the labels of a string; lists need none.

    Raises:
        DataError: as `load_table`, or there is no such split.
    """
    splits = read_splits(dataset, fields, options=ReadOptions(types or {}, label_separator))
    rows = choose_split(
        splits, split, dataset, origin=splits["train"].origin, complete=lambda: _complete(splits, seed=0)
    )
    for role in _text_roles(rows):
        if empty := rows.empty_rows(role):
            message = "no %s, and counted as empty text: %d of %d rows; the first is %s"
            logger.warning(message, role, len(empty), len(rows), rows.location(empty[0]))
    return _without_empty_texts(rows, train=False)


def load_text(dataset: str, *, text_field: str | None = None, split_seed: int = 0) -> dict[str, list[str]]:
    """Load running text for language models as documents: line ends become `\\n`, all else stays as written.

    A text file, or `train.txt` without a companion, is one document and is cut 90/5/5 at a paragraph. A
    folder of other text files holds one document a file: from 20 on, whole files are held out, else the
    last ones are cut. A table holds one document a row.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        text_field: the column of a table with the text; None guesses.
        split_seed: chooses the documents that are held out.

    Returns:
        "train", "validation" and mostly "test" -> documents.

    Raises:
        DataError: the source is missing, damaged or too short to split.
    """
    files = find_texts(dataset)
    if not files:
        table = load_table(dataset, {"text": text_field}, split_seed=split_seed)
        return {split: _documents(rows) for split, rows in table.items()}
    documents = {split: [read_text(path) for path in files[split]] for split in files}
    return complete_splits(
        documents,
        lambda train, number: _hold_out_documents(train, [_TEXT_SHARE] * number, split_seed),
        origin=str(local_path(dataset)),
    )


def load_text_split(dataset: str, *, text_field: str | None = None, split: str | None = None) -> list[str]:
    """Load the documents of one split as `load_text` does, to score a model on.

    Args:
        dataset: as for `load_text`.
        text_field: the column of a table with the text; None guesses.
        split: "train", "validation" or "test"; None = all of a file, else "test".

    Raises:
        DataError: as `load_text`, or there is no such split.
    """
    path = Path(dataset).expanduser()
    if split is not None or not path.is_file():
        return pick_split(load_text(dataset, text_field=text_field), split or "test", dataset)
    if suffix(path) == ".txt":
        return [read_text(path)]
    return _documents(load_split(dataset, {"text": text_field}).rows)


def _complete(splits: Mapping[str, Split], seed: int) -> dict[str, Split]:
    def split_off(train: Split, number: int) -> list[Split]:
        labels = column_values(train.rows, "label") if "label" in train.columns else None
        return hold_out_rows(train, number, labels=labels, seed=seed)

    return complete_splits(splits, split_off, origin=splits["train"].origin)


def _text_roles(split: Split) -> list[str]:
    """The roles whose cells are texts, rather than labels or typed values."""
    return [
        role
        for role in split.columns
        if role != "label" and getattr(split.rows.features[role], "dtype", "") == "string"
    ]


def _without_empty_texts(split: Split, *, train: bool) -> Split:
    """Drop rows without text from train, with a warning; elsewhere make their text ""."""
    roles = _text_roles(split)
    empty_of = {role: split.empty_rows(role) for role in roles}
    empty = set(chain.from_iterable(empty_of.values()))
    if empty and train:
        missing = " or ".join(role for role in roles if empty_of[role])
        first = split.location(min(empty))
        logger.warning("%d rows without %s are left out of train; the first is %s", len(empty), missing, first)
        if len(empty) == len(split):
            raise DataError(f"{split.origin}: no row has any text")
        return split.select([row for row in range(len(split)) if row not in empty])
    if empty:
        with quiet_datasets():
            rows = split.rows.map(lambda row: {role: _blank_to_empty(row[role]) for role in roles})
        return replace(split, rows=rows)
    return split


def _blank_to_empty(text: str | None) -> str:
    return text if text and not text.isspace() else ""


def _documents(rows: Dataset) -> list[str]:
    return [text.replace("\r\n", "\n") for text in column_values(rows, "text")]


def _hold_out_documents(documents: Sequence[str], shares: Sequence[float], seed: int) -> list[list[str]]:
    """The documents of train and of each held-out split; a few documents are cut as one text."""
    if len(documents) >= _MIN_DOCUMENTS:
        chosen = hold_out(documents, None, fractions=shares, seed=seed)
        return [[documents[row] for row in rows] for rows in chosen]
    splits: list[list[str]] = []
    rest = list(documents)
    for piece in cut_text("".join(documents), shares):
        splits.append([])
        missing = len(piece)
        while missing:
            text, rest[0] = rest[0][:missing], rest[0][missing:]
            splits[-1].append(text)
            missing -= len(text)
            if not rest[0]:
                rest.pop(0)
    return splits
