"""Running text for language models as documents, from text files or from a column of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from nlprnn.data.column_roles import Columns
from nlprnn.data.folder_sources import unread_notes
from nlprnn.data.formats.lines import read_text, text_encoding
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.load import load_split, load_splits
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import FileReport, Omission
from nlprnn.data.sources import find_texts, local_path
from nlprnn.data.split import complete_splits, hold_out, pick_split, split_text
from nlprnn.data.split_column import refuse_split_field
from nlprnn.data.table import Split, column_values

_SHARE = 0.05
_MIN_DOCUMENTS = 20


@dataclass(frozen=True)
class Documents:
    """Documents of one split, and what was read for them.

    Attributes:
        texts: the documents.
        columns: "text" -> its column; empty for text files.
        files: how the sources were read.
        omissions: rows of these sources that were left out.
        notes: what is odd about the documents, beside the notes of the files.
    """

    texts: list[str]
    columns: Columns = field(default_factory=dict)
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def contents(self) -> Iterator[list[str]]:
        """Yield all documents."""
        yield self.texts


def load_text(
    dataset: str, *, text_field: str | None = None, split_seed: int = 0, options: ReadOptions | None = None
) -> dict[str, list[str]]:
    """Load running text as documents; the texts of `load_documents`, which takes the same arguments.

    Raises:
        DataError: as `load_documents`.
    """
    splits = load_documents(dataset, text_field=text_field, split_seed=split_seed, options=options)
    return {name: documents.texts for name, documents in splits.items()}


def load_documents(
    dataset: str, *, text_field: str | None = None, split_seed: int = 0, options: ReadOptions | None = None
) -> dict[str, Documents]:
    """Load running text as documents: line ends become `\\n`, all else stays as written.

    A text file (`.txt`, or without a suffix), or `train.txt` without a companion, is one document and is split
    90/5/5 at a paragraph. A folder of other text files has one document a file: from 20 on, whole files are held
    out, else the last ones are split. A table has one document a row.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        text_field: column of a table with the text; None guesses.
        split_seed: seed of the choice of held-out documents.
        options: options for reading; None = defaults.

    Returns:
        "train", "validation" and mostly "test".

    Raises:
        DataError: the source is missing, damaged or too short to split.
    """
    options = options or ReadOptions()
    files = find_texts(dataset, options)
    if not files:
        splits = load_splits(dataset, {"text": text_field}, split_seed=split_seed, options=options)
        return {name: documents_of(split) for name, split in splits.items()}
    refuse_split_field(options, dataset, "running text has no columns")
    texts = {split: [read_text(path, options.encoding) for path in paths] for split, paths in files.items()}
    place = local_path(dataset)
    complete = complete_splits(
        texts, lambda train, number: _hold_out_documents(train, number, split_seed), origin=str(place)
    )
    read = list(chain.from_iterable(files.values()))
    notes = unread_notes(place, read) if place and place.is_dir() else ()
    reports = text_reports(read, options.encoding, notes)
    return {name: Documents(documents, files=reports) for name, documents in complete.items()}


def load_text_split(
    dataset: str, *, text_field: str | None = None, split: str | None = None, options: ReadOptions | None = None
) -> list[str]:
    """Load the documents of one split, to score a model; see `load_documents_split`, whose texts these are."""
    return load_documents_split(dataset, text_field=text_field, split=split, options=options).texts


def load_documents_split(
    dataset: str, *, text_field: str | None = None, split: str | None = None, options: ReadOptions | None = None
) -> Documents:
    """Load the documents of one split as `load_text` does, to score a model.

    Args:
        dataset: an existing file or folder, else the name of a sample, else a Hub id ("owner/name:config").
        text_field: column of a table with the text; None guesses.
        split: "train", "validation" or "test"; None = all of a file, else "test".
        options: options for reading; None = defaults.

    Raises:
        DataError: the source is missing, damaged or too short to split, or has no such split.
    """
    path = local_path(dataset) or Path(dataset)
    if split is not None or not path.is_file():
        return pick_split(load_documents(dataset, text_field=text_field, options=options), split or "test", dataset)
    options = options or ReadOptions()
    if TABLES.is_running_text(path, options):
        refuse_split_field(options, dataset, "running text has no columns")
        return Documents([read_text(path, options.encoding)], files=text_reports([path], options.encoding))
    return documents_of(load_split(dataset, {"text": text_field}, options=options))


def text_reports(paths: Iterable[Path], encoding: str | None, notes: tuple[str, ...] = ()) -> tuple[FileReport, ...]:
    """Return the reports of text files, of which the first has the notes."""
    first, *others = (FileReport(str(path), "running text", 1, text_encoding(path, encoding)) for path in paths)
    return (replace(first, notes=notes), *others)


def documents_of(split: Split) -> Documents:
    r"""Return the texts of a table, a document a row; line ends \r\n are \n."""
    texts = [text.replace("\r\n", "\n") for text in column_values(split.rows, "text")]
    return Documents(texts, split.columns, split.files, split.omissions, split.notes)


def _hold_out_documents(documents: Sequence[str], number: int, seed: int) -> list[list[str]]:
    """The documents of train and of each held-out split; a few documents are split as one text."""
    if len(documents) >= _MIN_DOCUMENTS:
        chosen = hold_out(documents, None, number=number, share=_SHARE, seed=seed)
        return [[documents[row] for row in rows] for rows in chosen]
    splits: list[list[str]] = []
    rest = list(documents)
    for piece in split_text("".join(documents), number=number, share=_SHARE):
        splits.append([])
        missing = len(piece)
        while missing:
            text, rest[0] = rest[0][:missing], rest[0][missing:]
            splits[-1].append(text)
            missing -= len(text)
            if not rest[0]:
                rest.pop(0)
    return splits
