"""Data sets from anywhere: a sample's name, a Hub id, a folder or a file -> splits of one form."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nlprnn.data.labels import arrow_column, check_classes, label_names
from nlprnn.data.readers import file_format, read_text
from nlprnn.data.split import cut_text, held_out_shares, hold_out
from nlprnn.data.split_files import SPLITS, data_files, find_splits, split_of_name
from nlprnn.data.table_split import Split, local_path, read_splits
from nlprnn.data.tables import LINE, quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger(__name__)
_Split = TypeVar("_Split")

_TEXT_SHARES = (0.05, 0.05)
_MIN_DOCUMENTS = 20


def load_table(
    dataset: str, fields: Mapping[str, str | None], *, required: bool = True, split_seed: int = 0
) -> DatasetDict:
    """Load a table as splits whose columns are the roles asked for, all of them strings.

    A source without splits is split 80/10/10; one without a validation part gives up a tenth of train for
    it, at most 5,000 rows. Both keep the labels' proportions, and identical texts together. Rows of train
    without text are dropped with a warning; elsewhere their text is "". A part without labels or targets is
    left out with a warning.

    Source and target may also be line-aligned texts: a folder with `train.en`, `train.de`, `valid.en` and so
    on, or the stem of two files ("corpus/train"). The columns then are the suffixes, here "en" and "de".

    Args:
        dataset: an existing file or folder, else the name of a sample, else the stem of line-aligned texts,
            else a Hub id ("owner/name:config").
        fields: role ("text", "label", "source", "target") -> column name, or None to guess it. "title,body" as the
            text joins columns, with line ends between.
        required: False leaves out a role that is to be guessed and is not there.
        split_seed: chooses the rows of parts that are split off.

    Returns:
        "train", "validation" and mostly "test", as memory-mapped tables.

    Raises:
        DataError: the source, a field, a row or a label is missing, damaged or odd; says where, and the mend.
    """
    from datasets import DatasetDict

    parts = read_splits(dataset, fields, required=required)
    if "label" in parts["train"].rows.column_names:
        check_classes(parts["train"].rows, parts["train"].origin)
    parts = _complete(parts, split_seed)
    rows = {split: _without_empty_texts(parts[split], split) for split in SPLITS if split in parts}
    table = DatasetDict({split: own.remove_columns(set(own.column_names) & {LINE}) for split, own in rows.items()})
    if "label" in table["train"].column_names:
        label_names(table)  # raises for labels that train has not
    return table


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
    path = local_path(dataset)
    files = _text_files(path) if path else {}
    if not files:
        table = load_table(dataset, {"text": text_field}, split_seed=split_seed)
        return {split: [text.replace("\r\n", "\n") for text in rows["text"]] for split, rows in table.items()}
    documents = {split: [read_text(file) for file in files[split]] for split in files}
    if "validation" in documents:
        return documents
    train, shares = documents["train"], _TEXT_SHARES[: len(SPLITS) - len(documents)]
    try:
        held_out = _hold_out_documents(train, shares, split_seed)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    names = [split for split in SPLITS if split not in documents]
    documents = {**documents, "train": held_out[0], **dict(zip(names, held_out[1:], strict=True))}
    return {split: documents[split] for split in SPLITS}


def load_split(dataset: str, fields: Mapping[str, str | None], *, split: str | None = None) -> Split:
    """Load the rows of one split as `load_table` does, with their places, to score a model on.

    Args:
        dataset: as for `load_table`.
        fields: role -> column name, or None to guess it.
        split: "train", "validation" or "test"; None = all rows of a file or of the line-aligned texts of one stem,
            else "test".

    Raises:
        DataError: as `load_table`, or there is no such split.
    """
    parts = read_splits(dataset, fields, required=True)
    path = Path(dataset).expanduser()
    if split is None and (path.is_file() or parts["train"].origin == f"{path}.*"):
        part = parts["train"]
    else:
        if split not in (None, "test") or "test" not in parts:
            parts = _complete(parts, seed=0)
        part = _one_of(parts, split, dataset)
    empty = {role: part.empty_rows(role) for role in fields if role not in ("label", "labels", "number")}
    for role, rows in empty.items():
        if rows:
            first = part.location(rows[0])
            told = (role, len(rows), len(part.rows), first)
            logger.warning("no %s, and counted as empty text: %d of %d rows; the first is %s", *told)
    return replace(part, rows=_without_empty_texts(part, "test"))


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
        return _one_of(load_text(dataset, text_field=text_field), split, dataset)
    if file_format(path) == "txt":
        return [read_text(path)]
    return [text.replace("\r\n", "\n") for text in load_split(dataset, {"text": text_field}).rows["text"]]


def _one_of(parts: Mapping[str, _Split], split: str | None, dataset: str) -> _Split:
    wanted = split or "test"
    if wanted not in parts:
        raise DataError(f"{dataset} has no {wanted} part (parts: {', '.join(parts)}); choose with --split")
    return parts[wanted]


def _complete(parts: dict[str, Split], seed: int) -> dict[str, Split]:
    """Split a validation part, and a test part where there is train alone, off train."""
    if "validation" in parts:
        return parts
    train = parts["train"]
    names = ["validation", "test"] if "test" not in parts else ["validation"]
    labels = arrow_column(train.rows, "label").to_pylist() if "label" in train.rows.column_names else None
    try:
        chosen = hold_out(_texts(train.rows), labels, fractions=held_out_shares(len(train.rows), names), seed=seed)
    except DataError as error:
        raise DataError(f"{train.origin}: {error}") from None
    chosen_of = zip(["train", *names], chosen, strict=True)
    made = {name: replace(train, rows=train.rows.select(rows), numbers=rows) for name, rows in chosen_of}
    return {**parts, **made}


def _texts(rows: Dataset) -> Iterator[str]:
    """The text by which rows count as identical."""
    column = next((role for role in ("text", "source") if role in rows.column_names), rows.column_names[0])
    for chunk in arrow_column(rows, column).chunks:
        for start in range(0, len(chunk), 10_000):
            yield from (text or "" for text in chunk[start : start + 10_000].to_pylist())


def _without_empty_texts(part: Split, split: str) -> Dataset:
    """Drop rows without text from train, with a warning; elsewhere make their text ""."""
    rows = part.rows
    roles = [role for role in rows.column_names if role not in ("label", "labels", "number", LINE)]
    blank = {role: part.empty_rows(role) for role in roles}
    empty = set(chain.from_iterable(blank.values()))
    if empty and split == "train":
        missing = " or ".join(role for role in roles if blank[role])
        first = part.location(min(empty))
        logger.warning("%d rows without %s are left out of train; the first is %s", len(empty), missing, first)
        rows = rows.select([row for row in range(len(rows)) if row not in empty])
        if not len(rows):
            raise DataError(f"{part.origin}: no row has any text")
    elif empty:
        with quiet_datasets():
            rows = rows.map(lambda row: {role: _blank_to_empty(row[role]) for role in roles})
    return rows


def _blank_to_empty(text: str | None) -> str:
    return text if text and not text.isspace() else ""


def _text_files(path: Path) -> dict[str, list[Path]]:
    """The text files of each split; all are train where none is named after a split; {} for tables."""
    if path.is_file():
        return {"train": [path]} if file_format(path) == "txt" else {}
    files = data_files(path)
    if not files or any(file_format(file) != "txt" for file in files):
        return {}
    if any(split_of_name(file.name) for file in files):
        return find_splits(path)
    return {"train": files}


def _hold_out_documents(documents: list[str], shares: Sequence[float], seed: int) -> list[list[str]]:
    """The documents of train and of each held-out part; a few documents are cut as one text."""
    if len(documents) >= _MIN_DOCUMENTS:
        chosen = hold_out(documents, None, fractions=shares, seed=seed)
        return [[documents[row] for row in rows] for rows in chosen]
    pieces: list[list[str]] = []
    rest = list(documents)
    for part in cut_text("".join(documents), shares):
        pieces.append([])
        missing = len(part)
        while missing:
            piece, rest[0] = rest[0][:missing], rest[0][missing:]
            pieces[-1].append(piece)
            missing -= len(piece)
            if not rest[0]:
                rest.pop(0)
    return pieces
