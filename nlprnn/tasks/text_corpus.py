"""Running text of language models, in memory or read as it is needed, and its batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from nlprnn.batching import StreamBatches, StreamedTextBatches
from nlprnn.batching.row_blocks import RowSource
from nlprnn.data import DataReport, Documents, ReadOptions, load_documents
from nlprnn.data.row_stream import Cells
from nlprnn.data.streamed_text import StreamedDocuments, stream_documents
from nlprnn.errors import DataError
from nlprnn.tasks.streamed_texts import noted_stream, stream_lengths

Encode = Callable[[Sequence[str]], np.ndarray]
"""Function of documents that returns the token ids of all of them, (total,) int64."""


@dataclass(frozen=True)
class TextCorpus:
    """The documents of each split.

    Attributes:
        texts: split -> documents.
        documents: number of documents to train on.
        report: what was read.
    """

    texts: Mapping[str, Sequence[str]]
    documents: int
    report: DataReport

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.texts if split != "train"]

    def batches(
        self, encode: Encode, *, batch_size: int, length: int, seed: int
    ) -> StreamBatches | StreamedTextBatches:
        """Return windows of the text to train on.

        Args:
            encode: function of documents that returns their ids.
            batch_size: streams read in parallel.
            length: tokens of a window.
            seed: of the order.

        Raises:
            DataError: there is too little text.
        """
        try:
            return self._batches(encode, batch_size=batch_size, length=length, seed=seed)
        except ValueError as error:
            raise DataError(
                f"the text to train on is too short: {error}; give more text, or a smaller --batch-size"
            ) from error

    def _batches(
        self, encode: Encode, *, batch_size: int, length: int, seed: int
    ) -> StreamBatches | StreamedTextBatches:
        return StreamBatches(encode(self.texts["train"]), batch_size=batch_size, length=length, seed=seed)


@dataclass(frozen=True)
class StreamedCorpus(TextCorpus):
    """The documents of each split; those to train on are a sample, and are read whenever they are needed.

    Attributes:
        opened: documents to train on, or pieces of them.
        buffer: documents or pieces of a block; documents are shuffled in it.
    """

    opened: StreamedDocuments
    buffer: int

    def _batches(self, encode: Encode, *, batch_size: int, length: int, seed: int) -> StreamedTextBatches:
        stream = self.opened.train

        def encode_each(rows: Sequence[Cells]) -> list[np.ndarray]:
            return [encode([row["text"]]) for row in rows]

        lengths = stream_lengths(stream, encode_each, lambda ids: [len(ids)])
        return StreamedTextBatches(
            RowSource(stream.read, encode_each),
            lengths[:, 0],
            buffer=self.buffer,
            shuffle=not self.opened.are_pieces,
            batch_size=batch_size,
            length=length,
            seed=seed,
        )


def load_corpus(
    dataset: str,
    *,
    text_field: str | None = None,
    more: Mapping[str, Sequence[str]] | None = None,
    options: ReadOptions | None = None,
) -> TextCorpus:
    """Load running text.

    Args:
        dataset: as `nlprnn.data.load_documents` takes it.
        text_field: column of a table with the text; None guesses.
        more: further documents to train on, by the dataset that they are from.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or too short to split.
    """
    splits, more = load_documents(dataset, text_field=text_field, options=options), more or {}
    texts = {split: documents.texts for split, documents in splits.items()}
    texts["train"] = [*texts["train"], *chain.from_iterable(more.values())]
    report = DataReport.of({**splits, **{name: Documents(list(of)) for name, of in more.items()}})
    return TextCorpus(texts, len(texts["train"]), report)


def stream_corpus(
    dataset: str, *, text_field: str | None = None, buffer: int, sample_rows: int, options: ReadOptions | None = None
) -> StreamedCorpus:
    """Open running text whose documents to train on are read whenever they are needed.

    Args:
        dataset: as `nlprnn.data.load_documents` takes it.
        text_field: column of a table with the text; None guesses.
        buffer: documents, or pieces of text files, of a block.
        sample_rows: those of the sample of which vocabulary and plan are made.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or too short to split.
    """
    opened = stream_documents(dataset, text_field=text_field, sample_rows=sample_rows, options=options)
    noun = "pieces of text" if opened.are_pieces else "documents"
    opened = replace(opened, train=noted_stream(opened.train, buffer, noun, shuffled=not opened.are_pieces))
    texts = {"train": [row["text"] for row in opened.train.sample]}
    texts |= {name: documents.texts for name, documents in opened.held_out.items()}
    report = DataReport.of({"train": opened.train, **opened.held_out}, streamed=opened.missing)
    return StreamedCorpus(texts, opened.documents, report, opened, buffer)
