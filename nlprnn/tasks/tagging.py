"""Tagging of words: options, tagged sentences and their batches, validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from nlprnn.batching import BucketBatches, SequenceArray, TaggedBatch, WordCharArray
from nlprnn.data import DataReport, ReadOptions, load_tagged, tag_labels
from nlprnn.data.tagged import TaggedSplit
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.reading_options import TagReadingOptions
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import NOT_STREAMED
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.pipelines import Tagger
from nlprnn.tasks.evaluation.tagging import tagging_metrics
from nlprnn.training.row_sharing import share_rows


@dataclass(frozen=True, kw_only=True)
class TaggingOptions(TagReadingOptions, AdaptationOptions, PlannedOptions):
    """Options of tagging; `--help` describes each option."""

    section: ClassVar[str] = "Tagging"
    absent: ClassVar[Mapping[str, str]] = NOT_STREAMED

    dataset: str = option("tagging", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    vectors: Path | None = option(
        None,
        help="Pretrained word vectors (GloVe, word2vec, fastText text files): those of all training words, and the "
        "first 100,000 of the file.",
    )
    min_frequency: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Frequency below which a word of the training sentences is unknown.",
        tune=OneOf(1, 2, 3),
    )
    embedding_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Size of the trained word embeddings.", tune=OneOf(25, 50, 100, 200)
    )
    characters: Literal["lstm", "cnn", "none"] = option(
        "cnn", help="Character network that reads the letters of a word.", tune=OneOf("lstm", "cnn")
    )
    character_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Size of the character embeddings and of the character network.",
        tune=OneOf(16, 25, 50),
    )
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
    hidden_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Hidden size of a recurrent layer, in each direction.",
        tune=OneOf(64, 100, 150, 200),
    )
    num_layers: int = option(1, min=1, max=MOST_LAYERS, formerly="--layers", help="Number of recurrent layers.")
    crf: bool = option(True, help="Conditional random field over whole sequences of tags, or each tag by itself.")
    dropout: float = option(
        0.5,
        min=0,
        below=1,
        help="Dropout probability between recurrent layers and before the output layer.",
        tune=Between(0.2, 0.7),
    )
    embedding_dropout: float = option(
        0.3,
        min=0,
        below=1,
        help="Dropout probability of the elements of word embeddings, in whole sentences, and of character embeddings.",
        tune=Between(0.0, 0.5),
    )
    word_dropout: float | None = option(
        None, min=0, below=1, auto=FROM_DATA, help="Probability of replacing a word by <unk>.", tune=Between(0.0, 0.7)
    )
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    branches: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Number of trainings from the weights of the bundled tagger names, one after another, which are averaged.",
    )
    batch_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Batch size, in sentences.", tune=OneOf(8, 16, 32)
    )

    def load(self) -> TaggedSentences:
        """Load the sentences.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        return TaggedSentences.load(
            self.dataset, token_field=self.token_field, tag_field=self.tag_field, options=self.read_options()
        )


@dataclass(frozen=True)
class TaggedSentences:
    """The tagged sentences of each split.

    Attributes:
        splits: split -> sentences with their tags; spans in the BIO scheme.
        labels: names of the tags, in the order of a tagger's scores.
    """

    splits: Mapping[str, TaggedSplit]
    labels: list[str]

    @classmethod
    def load(
        cls,
        dataset: str,
        *,
        token_field: str | None = None,
        tag_field: str | None = None,
        options: ReadOptions | None = None,
    ) -> TaggedSentences:
        """Load the sentences of a dataset.

        Args:
            dataset: as `nlprnn.data.load_tagged` takes it.
            token_field: column of the words; None = guessed.
            tag_field: column of the tags; None = guessed.
            options: options for reading; None = defaults.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        splits = load_tagged(dataset, token_field=token_field, tag_field=tag_field, options=options)
        return cls(splits, tag_labels(splits))

    @property
    def report(self) -> DataReport:
        """What was read; a word counts for its tag."""
        counts = Counter(tag for split in self.splits.values() for tags in split.tags for tag in tags)
        return DataReport.of(self.splits, labels={label: counts[label] for label in self.labels if counts[label]})

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.splits if split != "train"]

    def encode(self, tagger: Tagger) -> dict[str, tuple[WordCharArray, SequenceArray]]:
        """Return the word and character ids of each split, and the indices of its tags."""
        return {
            split: (tagger.encode(sentences.tokens), SequenceArray.from_sequences(sentences.numbers(self.labels)))
            for split, sentences in self.splits.items()
        }

    def score(
        self,
        tagger: Tagger,
        split: str,
        encoded: Mapping[str, tuple[WordCharArray, SequenceArray]],
        rows: np.ndarray | slice = slice(None),
    ) -> dict[str, float]:
        """Score a tagger on rows of a split: F1 of spans (or accuracy of tags), and the loss in nats per word."""
        all_words, all_targets = encoded[split]
        words, targets = all_words.select(rows), all_targets.select(rows)
        tags = [self.splits[split].tags[row] for row in np.arange(len(all_words))[rows]]
        predicted = share_rows(lambda share: tagger.labels(words.select(share)), len(words))
        return tagging_metrics(tagger, words, targets, predicted=predicted, tags=tags)


def tagged_batches(words: WordCharArray, tags: SequenceArray, *, batch_size: int, seed: int) -> BucketBatches:
    """Return batches of sentences of similar length with the tags of their words.

    Args:
        words: ids of words and characters.
        tags: index of each word's tag, row for row.
        batch_size: most sentences of a batch.
        seed: of the order.
    """

    def collate(rows: np.ndarray) -> TaggedBatch:
        return TaggedBatch(words.pad(rows), tags.pad(rows)[0])

    return BucketBatches(words.lengths, collate, max_rows=batch_size, seed=seed)
