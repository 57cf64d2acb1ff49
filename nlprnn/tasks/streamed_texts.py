"""Labelled texts that are larger than memory: texts to train on that are read and tokenised as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, overload

import numpy as np
import torch

from nlprnn.batching import LabelledBatch, SequenceArray, StreamedBucketBatches
from nlprnn.batching.row_blocks import RowSource, estimate_lengths
from nlprnn.data import DataReport, ReadOptions
from nlprnn.data.column_sequence import ColumnSequence
from nlprnn.data.labels import label_matrix
from nlprnn.data.row_stream import Cells, RowStream
from nlprnn.data.streaming import StreamedSplits, stream_splits
from nlprnn.data.survey import text_roles, text_sizes
from nlprnn.data.table import column_values
from nlprnn.pipelines.text_pipeline import PooledTextPipeline
from nlprnn.tasks.labelled_texts import LONGEST, LabelledTexts
from nlprnn.text import Tokenizer

Item = TypeVar("Item")
_MEASURED = 2_000
"""Texts of a sample that are tokenised to estimate the lengths of all."""

_Item = tuple[np.ndarray, Any]
"""Token ids (T,) int32 of a text, and its target."""


class TextSample(Sequence[str]):
    """Sample of the texts of a stream, in place of all of them: its length is theirs, iteration is over the sample.

    Args:
        texts: of the sample.
        total: number of all texts.
    """

    def __init__(self, texts: Sequence[str], total: int) -> None:
        self._texts = texts
        self._total = total

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        """Return the text of the sample that is as far from its beginning as this row is from that of all."""
        if isinstance(row, slice):
            return [self[index] for index in range(*row.indices(self._total))]
        return self._texts[range(self._total)[row] * len(self._texts) // self._total]


@dataclass(frozen=True)
class StreamedTexts(LabelledTexts):
    """Texts of each split and their targets; of train there is a sample of the texts alone, and no targets.

    Attributes:
        stream: rows to train on.
        buffer: rows that are shuffled together.
    """

    stream: RowStream
    buffer: int

    def label_counts(self) -> np.ndarray:
        """Return the number of training rows of each label, (C,) int64."""
        return np.array([self.stream.labels.get(label, 0) for label in self.labels])

    def encode(self, tokenizer: Tokenizer) -> dict[str, SequenceArray]:
        """Return the token ids of the texts that are not trained on, of longer ones the first `LONGEST`."""
        held_out = {split: texts for split, texts in self.texts.items() if split != "train"}
        return LabelledTexts(held_out, self.targets, self.labels, self.report).encode(tokenizer)

    def batches(
        self, network: PooledTextPipeline[Any], tokens: Mapping[str, SequenceArray], *, batch_size: int, seed: int
    ) -> StreamedBucketBatches[_Item, LabelledBatch]:
        """Return batches of training texts of similar length with their targets.

        Args:
            network: with the tokenizer; texts are truncated to what it reads.
            tokens: ids of the texts that are in memory.
            batch_size: most texts of a batch.
            seed: of the order.
        """
        target = self._target()

        def encode(rows: Sequence[Cells]) -> list[_Item]:
            ids = network.tokenizer.encode_batch([row["text"] for row in rows])
            truncated = network.truncate(SequenceArray.from_sequences(ids, max_length=LONGEST))
            return list(zip(truncated, map(target, rows), strict=True))

        source = RowSource(self.stream.read, encode)
        most = min(LONGEST, network.model.max_length)
        lengths = stream_lengths(self.stream, encode, lambda item: [len(item[0])], most=most)
        return StreamedBucketBatches(source, lengths, _collate, buffer=self.buffer, max_rows=batch_size, seed=seed)

    def _target(self) -> Callable[[Cells], Any]:
        """The function that returns the target of a row."""
        index = {label: place for place, label in enumerate(self.labels)}
        if "label" in self.stream.columns:
            return lambda row: index[row["label"]]
        return lambda row: label_matrix([row["labels"]], self.labels, str)[0]


def _collate(items: Sequence[_Item]) -> LabelledBatch:
    inputs, mask = SequenceArray.from_sequences([ids for ids, _ in items]).pad(np.arange(len(items)))
    return LabelledBatch(inputs, mask, torch.from_numpy(np.array([target for _, target in items])))


def stream_texts(
    dataset: str,
    fields: Mapping[str, str | None],
    *,
    buffer: int,
    sample_rows: int,
    options: ReadOptions | None = None,
) -> StreamedTexts:
    """Open texts that have one label or several, of which those to train on are read whenever they are needed.

    Args:
        dataset: as `nlprnn.data.load_table` takes it.
        fields: "text", and "label" or "labels" -> its column, or None to guess it.
        buffer: rows that are shuffled together.
        sample_rows: rows of the sample of which vocabulary and plan are made.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or inconsistent.
    """
    splits = stream_splits(dataset, fields, sample_rows=sample_rows, options=options)
    stream, labels = noted_stream(splits.train, buffer), list(splits.train.labels)
    held_out = {name: ColumnSequence(split.rows, "text") for name, split in splits.held_out.items()}
    texts = {"train": TextSample([row["text"] for row in stream.sample], len(stream)), **held_out}
    targets = _targets(splits, labels)
    counts = {label: stream.labels[label] for label in labels}
    report = DataReport.of({"train": stream, **splits.held_out}, labels=counts, streamed=splits.missing)
    return StreamedTexts(texts, targets, labels, report, stream, buffer)


def _targets(splits: StreamedSplits, labels: Sequence[str]) -> dict[str, np.ndarray]:
    """The targets of the splits in memory, as `LabelledTexts` has them."""
    if "labels" in splits.train.columns:
        of = {name: column_values(split.rows, "labels") for name, split in splits.held_out.items()}
        return {name: label_matrix(rows, labels, splits.held_out[name].location) for name, rows in of.items()}
    index = {label: place for place, label in enumerate(labels)}
    return {
        name: np.array([index[label] for label in column_values(split.rows, "label")])
        for name, split in splits.held_out.items()
    }


def stream_lengths(
    stream: RowStream,
    encode: Callable[[Sequence[Cells]], Sequence[Item]],
    measure: Callable[[Item], Sequence[int]],
    *,
    most: int | None = None,
) -> np.ndarray:
    """Estimate the tokens of the texts of each row of a stream by those of its sample, (rows, sides) int32.

    Args:
        stream: rows to train on.
        encode: function of rows that returns an item for each.
        measure: function of an item that returns the tokens of each of its sequences.
        most: tokens at which a text is truncated; None = never.
    """
    rows = stream.sample[:: -(-len(stream.sample) // _MEASURED)]
    roles = text_roles(stream.sources[0][1])
    sizes = np.array([text_sizes(row, roles) for row in rows]).reshape(len(rows), len(roles), -1)
    return estimate_lengths(stream.sizes, sizes, np.array(list(map(measure, encode(rows)))), most=most)


def noted_stream(stream: RowStream, buffer: int, noun: str = "rows", *, shuffled: bool = True) -> RowStream:
    """Return a stream with a note on how it is read.

    Args:
        stream: rows to train on.
        buffer: rows of a block.
        noun: what a row is, in the plural.
        shuffled: whether the rows of a block are shuffled.
    """
    rows, sample = len(stream), len(stream.sample)
    order = f", and {min(rows, buffer):,} neighbouring ones shuffled together" if shuffled else " in their order"
    of = f"all {noun}" if sample == rows else f"a sample of {sample:,} of them"
    labels = ", labels of all" if stream.labels and sample < rows else ""
    note = f"streaming: {rows:,} {noun} are read again in each epoch{order}; vocabulary and plan are of {of}{labels}"
    return replace(stream, notes=(note, *stream.notes))
