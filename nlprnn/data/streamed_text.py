"""Running text that is larger than memory: documents, or pieces of text files, that are read as they are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlprnn.data.column_roles import Column, Columns, Kind, Schema
from nlprnn.data.formats.lines import read_lines, read_text, text_encoding
from nlprnn.data.formats.source import Dialect, FileSource, NumberedRows, Source
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.row_stream import RowStream
from nlprnn.data.running_text import Documents, documents_of, text_reports
from nlprnn.data.sources import find_texts
from nlprnn.data.split import SPLITS
from nlprnn.data.split_column import refuse_split_field
from nlprnn.data.streaming import missing_splits, stream_sources, stream_splits

_PIECE = 16_384
"""Characters from which a piece of a text file ends at the next line end."""

_HELD_OUT_CHARACTERS = 2_000_000
"""Of the pieces or documents that are held out for validation, and for test."""


@dataclass(frozen=True)
class TextPieces(FileSource):
    """Text file in pieces of whole lines, a row each."""

    def dialect(self) -> Dialect:
        """Return the encoding of the file."""
        return Dialect("running text, read in pieces", text_encoding(self.files[0], self.options.encoding))

    def schema(self) -> Schema:
        """Return the only column, the text."""
        return Schema(self.origin, {"text": Kind.TEXT})

    def rows(self, columns: Columns) -> NumberedRows:
        r"""Yield (number of the first line, row) for each piece; line ends \r\n are \n."""
        lines: list[str] = []
        first, size = 1, 0
        for number, line in enumerate(read_lines(self.files[0], self.options.encoding), start=1):
            lines.append(line)
            size += len(line)
            if size >= _PIECE:
                yield first, {"text": "".join(lines).replace("\r\n", "\n")}
                lines, first, size = [], number + 1, 0
        if lines:
            yield first, {"text": "".join(lines).replace("\r\n", "\n")}


@dataclass(frozen=True)
class StreamedDocuments:
    """Running text to train on that is not in memory.

    Attributes:
        train: documents, or pieces of them, each with a "text".
        are_pieces: whether they are pieces of text files, rather than documents.
        held_out: split -> its documents, in memory.
        documents: number of documents to train on.
        missing: held-out splits that the data set does not have.
    """

    train: RowStream
    are_pieces: bool
    held_out: Mapping[str, Documents]
    documents: int
    missing: Sequence[str]


def stream_documents(
    dataset: str, *, text_field: str | None = None, sample_rows: int, options: ReadOptions | None = None
) -> StreamedDocuments:
    r"""Open running text whose documents to train on are read whenever they are needed.

    A text file is read in pieces of some 16,000 characters that end at a line end. Where there is no split for
    validation, pieces or documents are held out for it, and for test where that is missing too: up to a tenth each, and
    2,000,000 characters.

    Args:
        dataset: as `load_documents` takes it.
        text_field: column of a table with the text; None guesses.
        sample_rows: rows of the sample, at most.
        options: options for reading; None = defaults.

    Raises:
        DataError: the source is missing, damaged or too short.
    """
    options = options or ReadOptions()
    files = find_texts(dataset, options)
    if not files:
        splits = stream_splits(
            dataset,
            {"text": text_field},
            sample_rows=sample_rows,
            held_out_characters=_HELD_OUT_CHARACTERS,
            options=options,
        )
        held_out = {name: documents_of(split) for name, split in splits.held_out.items()}
        return StreamedDocuments(splits.train, False, held_out, len(splits.train), splits.missing)
    refuse_split_field(options, dataset, "running text has no columns")
    columns = {"text": Column(("text",))}
    sources: list[tuple[Source, Columns]] = [
        (TextPieces(str(path), options, (path,)), columns) for path in files["train"]
    ]
    train, more = stream_sources(
        sources, sample_rows=sample_rows, missing=missing_splits(files), held_out_characters=_HELD_OUT_CHARACTERS
    )
    held_out = {name: documents_of(split) for name, split in more.items()}
    for name in SPLITS[1:]:
        if paths := files.get(name):
            texts = [read_text(path, options.encoding) for path in paths]
            held_out[name] = Documents(texts, files=text_reports(paths, options.encoding))
    train, held_out = replace(train, columns={}), {name: held_out[name] for name in SPLITS if name in held_out}
    return StreamedDocuments(train, True, held_out, len(sources), list(more))
