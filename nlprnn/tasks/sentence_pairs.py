"""Sentence pairs of translation, in memory or read as they are needed, and their batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from nlprnn.batching import BucketBatches, PairBatch, SequenceArray, StreamedBucketBatches
from nlprnn.batching.row_blocks import RowSource
from nlprnn.data import DataReport, ReadOptions, load_splits
from nlprnn.data.row_stream import Cells, RowStream
from nlprnn.data.streaming import stream_splits
from nlprnn.metrics import translation_scores
from nlprnn.pipelines import TranslationOptions, Translator
from nlprnn.tasks.streamed_texts import noted_stream, stream_lengths
from nlprnn.training.row_sharing import share_rows

if TYPE_CHECKING:
    from datasets import Dataset

PairBatches = BucketBatches[PairBatch] | StreamedBucketBatches[tuple[np.ndarray, np.ndarray], PairBatch]


@dataclass(frozen=True)
class SentencePairs:
    """The sentence pairs of each split.

    Attributes:
        splits: split -> table of "source" and "target".
        report: what was read.
    """

    splits: Mapping[str, Dataset]
    report: DataReport

    @classmethod
    def load(
        cls,
        dataset: str,
        *,
        source: str | None = None,
        target: str | None = None,
        options: ReadOptions | None = None,
    ) -> SentencePairs:
        """Load the pairs of a dataset.

        Args:
            dataset: as `nlprnn.data.load_table` takes it.
            source: column of the source sentences; None = guessed.
            target: column of the target sentences; None = guessed.
            options: options for reading; None = defaults.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        splits = load_splits(dataset, {"source": source, "target": target}, options=options)
        return cls({name: split.rows for name, split in splits.items()}, DataReport.of(splits))

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.splits if split != "train"]

    def texts(self) -> Iterator[str]:
        """Yield both sides of the training pairs."""
        return chain(*self.splits["train"][:].values())

    def size(self, split: str) -> int:
        """Return the number of pairs of a split."""
        return len(self.splits[split])

    def side(self, split: str, name: str, rows: np.ndarray | slice = slice(None)) -> list[str]:
        """Return the sentences of one side of a split, "source" or "target", in all rows or some."""
        sentences = list(self.splits[split][name])
        return sentences[rows] if isinstance(rows, slice) else [sentences[row] for row in rows]

    def translate(self, translator: Translator, split: str, rows: np.ndarray | slice) -> TranslatedPairs:
        """Translate rows of a split."""
        sources, references = self.side(split, "source", rows), self.side(split, "target", rows)
        return TranslatedPairs(sources, share_translations(translator, sources), references)

    def encode(self, translator: Translator, split: str) -> tuple[SequenceArray, SequenceArray]:
        """Return the ids of a split's sources and targets."""
        return translator.encode_source(self.side(split, "source")), translator.encode_target(
            self.side(split, "target")
        )

    def count_truncated(self, batches: PairBatches, max_length: int) -> int:
        """Return how many training pairs reach the length at which they are truncated, as far as it is known.

        A target has two special tokens, a source one; whether there was more text is not known any more.

        Args:
            batches: of the training pairs.
            max_length: of a sentence.
        """
        if not isinstance(batches, BucketBatches):
            return 0  # they have not been read
        targets, sources = batches.lengths.T
        return int(((sources >= max_length) | (targets > max_length)).sum())

    def batches(self, translator: Translator, *, max_tokens: int, seed: int) -> PairBatches:
        """Return batches of training pairs of similar lengths.

        Args:
            translator: with the tokenizer; sentences are truncated to what it reads.
            max_tokens: budget of a batch, both sides and padding included.
            seed: of the order.
        """
        return pair_batches(*self.encode(translator, "train"), max_tokens=max_tokens, seed=seed)


@dataclass(frozen=True)
class TranslatedPairs:
    """Sentence pairs with the translation of each source."""

    sources: list[str]
    hypotheses: list[str]
    references: list[str]

    def scores(self, bleu_tokenizer: str) -> dict[str, float | str]:
        """Return BLEU and chrF with their signatures."""
        return translation_scores(self.hypotheses, self.references, tokenize=bleu_tokenizer)

    def examples(self, number: int) -> str:
        """Return the first sentences as text, each with its translation and reference."""
        triples = zip(self.sources, self.hypotheses, self.references, strict=True)
        text = "\nsource     {}\nhypothesis {}\nreference  {}"
        return "\n".join(text.format(*triple) for triple in islice(triples, number))


@dataclass(frozen=True)
class StreamedPairs(SentencePairs):
    """The sentence pairs of each split; those to train on are a sample, and are read whenever they are needed.

    Attributes:
        stream: rows to train on.
        buffer: rows that are shuffled together.
    """

    stream: RowStream
    buffer: int

    @classmethod
    def open(
        cls,
        dataset: str,
        fields: Mapping[str, str | None],
        *,
        buffer: int,
        sample_rows: int,
        options: ReadOptions | None = None,
    ) -> StreamedPairs:
        """Open the pairs of a dataset.

        Args:
            dataset: as `nlprnn.data.load_table` takes it.
            fields: "source" and "target" -> its column, or None to guess it.
            buffer: rows that are shuffled together.
            sample_rows: rows of the sample of which vocabulary and plan are made.
            options: options for reading; None = defaults.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        from datasets import Dataset

        opened = stream_splits(dataset, fields, sample_rows=sample_rows, options=options)
        stream = noted_stream(opened.train, buffer)
        splits = {"train": Dataset.from_list([dict(row) for row in stream.sample])}
        splits |= {name: split.rows for name, split in opened.held_out.items()}
        return cls(splits, DataReport.of({"train": stream, **opened.held_out}, streamed=opened.missing), stream, buffer)

    def batches(self, translator: Translator, *, max_tokens: int, seed: int) -> PairBatches:
        """Return batches of training pairs of similar lengths.

        Args:
            translator: with the tokenizer; sentences are truncated to what it reads.
            max_tokens: budget of a batch, both sides and padding included.
            seed: of the order.
        """

        def encode(rows: Sequence[Cells]) -> list[tuple[np.ndarray, np.ndarray]]:
            sources = translator.encode_source([row["source"] for row in rows])
            return list(zip(sources, translator.encode_target([row["target"] for row in rows]), strict=True))

        def collate(items: Sequence[tuple[np.ndarray, np.ndarray]]) -> PairBatch:
            sources, targets = (SequenceArray.from_sequences(side) for side in zip(*items, strict=True))
            rows = np.arange(len(items))
            return PairBatch(*sources.pad(rows), *targets.pad(rows))

        source = RowSource(self.stream.read, encode)
        most = translator.model.max_length + 1
        lengths = stream_lengths(self.stream, encode, lambda pair: [len(ids) for ids in pair], most=most)
        return StreamedBucketBatches(
            source,
            lengths[:, ::-1],  # the target first, as its padding is more expensive
            collate,
            buffer=self.buffer,
            max_tokens=max_tokens,
            max_rows=_most_rows(max_tokens),
            seed=seed,
        )


def share_translations(
    translator: Translator, sentences: Sequence[str], options: TranslationOptions | None = None
) -> list[str]:
    """Return the translations of sentences, of which each process of a distributed training computes a share."""
    return share_rows(lambda rows: translator([sentences[row] for row in rows], options), len(sentences))


def pair_batches(sources: SequenceArray, targets: SequenceArray, *, max_tokens: int, seed: int) -> BucketBatches:
    """Return batches of sentence pairs of similar lengths.

    Args:
        sources: ids of the source sentences.
        targets: ids of the target sentences, row for row.
        max_tokens: budget of a batch, both sides and padding included.
        seed: of the order.
    """
    lengths = np.stack([targets.lengths, sources.lengths], axis=1)

    def collate(rows: np.ndarray) -> PairBatch:
        return PairBatch(*sources.pad(rows), *targets.pad(rows))

    return BucketBatches(lengths, collate, max_tokens=max_tokens, max_rows=_most_rows(max_tokens), seed=seed)


def _most_rows(max_tokens: int) -> int:
    """Pairs of a batch, at most."""
    return max(1, max_tokens // 8)
