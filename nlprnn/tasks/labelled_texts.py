"""Labelled texts: the datasets of classification and regression, and their batches."""

from __future__ import annotations

import logging
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch

from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray
from nlprnn.data import DataReport, ReadOptions, label_names, load_splits
from nlprnn.data.column_sequence import ColumnSequence
from nlprnn.data.labels import all_labels, label_matrix
from nlprnn.data.table import Split, column_values
from nlprnn.errors import DataError
from nlprnn.pipelines.text_pipeline import PooledTextPipeline
from nlprnn.text import Tokenizer
from nlprnn.training.protocols import ResumableBatches

logger = logging.getLogger(__name__)

LONGEST = 20_000
"""Tokens of a text that any model reads at most."""


@dataclass(frozen=True)
class LabelledTexts:
    """The texts of each split and their targets.

    Attributes:
        texts: split -> texts.
        targets: split -> (rows,) int64, the index of each text's label in `labels`; or (rows, C) float32, 1 for each
            of the labels that a text has; or (rows,) float64, its number.
        labels: names of the labels, in the order of a classifier's logits; empty for numbers.
        report: what was read.
    """

    texts: Mapping[str, Sequence[str]]
    targets: Mapping[str, np.ndarray]
    labels: list[str]
    report: DataReport

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.texts if split != "train"]

    def sizes(self, splits: Iterable[str]) -> dict[str, int]:
        """Return the number of texts of each of some splits."""
        return {split: len(self.texts[split]) for split in splits}

    @property
    def for_ngrams(self) -> LabelledTexts:
        """The texts to which an n-gram model is fitted: these ones, or more, where a network is trained on a share."""
        return self

    def encode(self, tokenizer: Tokenizer) -> dict[str, SequenceArray]:
        """Return the token ids of each split's texts, of longer ones the first `LONGEST`."""
        return {
            split: SequenceArray.from_sequences(tokenizer.encode_batch(texts), max_length=LONGEST)
            for split, texts in self.texts.items()
        }

    def label_counts(self) -> np.ndarray:
        """Return the number of training texts of each label, (C,) int64, where a text has one."""
        return np.bincount(self.targets["train"], minlength=len(self.labels))

    def batches(
        self, network: PooledTextPipeline[Any], tokens: Mapping[str, SequenceArray], *, batch_size: int, seed: int
    ) -> ResumableBatches:
        """Return batches of training texts of similar length with their targets.

        Args:
            network: texts are truncated to what it reads.
            tokens: ids of the texts of each split.
            batch_size: most texts of a batch.
            seed: of the order.
        """
        return text_batches(network.truncate(tokens["train"]), self.targets["train"], batch_size=batch_size, seed=seed)

    def example(self) -> str:
        """Return the first twelve words of a text of the validation split, to try the model on, quoted for a shell."""
        return shlex.quote(" ".join(next(filter(str.strip, self.texts["validation"]), "").split()[:12]))


def load_classes(
    dataset: str, *, text_field: str | None = None, label_field: str | None = None, options: ReadOptions | None = None
) -> LabelledTexts:
    """Load texts that have one label each.

    Args:
        dataset: as `nlprnn.data.load_table` takes it.
        text_field: column of the text, or several ("title,body"); None = guessed.
        label_field: column of the label; None = guessed.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or inconsistent.
    """
    splits = load_splits(dataset, {"text": text_field, "label": label_field}, options=options)
    labels = label_names({name: split.rows for name, split in splits.items()})
    index = {label: place for place, label in enumerate(labels)}
    written = {name: column_values(split.rows, "label") for name, split in splits.items()}
    targets = {name: np.array([index[label] for label in column]) for name, column in written.items()}
    counts = Counter(chain.from_iterable(written.values()))
    report = DataReport.of(splits, labels={label: counts[label] for label in labels})
    return LabelledTexts(_texts(splits), targets, labels, report)


def load_label_sets(
    dataset: str, *, text_field: str | None = None, label_field: str | None = None, options: ReadOptions | None = None
) -> LabelledTexts:
    """Load texts that have any number of labels each.

    Args:
        dataset: as `nlprnn.data.load_table` takes it.
        text_field: column of the text, or several ("title,body"); None = guessed.
        label_field: column of the labels, a list or a string; None = guessed.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or inconsistent, or there are no labels.
    """
    options = options or ReadOptions()
    splits = load_splits(dataset, {"text": text_field, "labels": label_field}, options=options)
    sets = {name: column_values(split.rows, "labels") for name, split in splits.items()}
    labels = all_labels(chain.from_iterable(sets.values()), dataset)
    other = next((mark for mark in ",|/" if mark in "".join(labels)), None)
    if other and all(len(cell) < 2 for cell in sets["train"]):
        message = "No labels have %r between them, but some hold %r: see --label-separator."
        logger.info(message, options.label_separator, other)
    targets = {name: label_matrix(rows, labels, splits[name].location) for name, rows in sets.items()}
    counts = Counter(label for rows in sets.values() for row in rows for label in row)
    report = DataReport.of(splits, labels={label: counts[label] for label in labels})
    return LabelledTexts(_texts(splits), targets, labels, report)


def load_numbers(
    dataset: str, *, text_field: str | None = None, label_field: str | None = None, options: ReadOptions | None = None
) -> LabelledTexts:
    """Load texts that have one number each.

    Args:
        dataset: as `nlprnn.data.load_table` takes it.
        text_field: column of the text, or several ("title,body"); None = guessed.
        label_field: column of the number; None = guessed.
        options: options for reading; None = defaults.

    Raises:
        DataError: the dataset is missing, damaged or inconsistent, a cell is not a number, or all are equal, too
            large or too near zero to be standardised.
    """
    splits = load_splits(dataset, {"text": text_field, "number": label_field}, options=options)
    targets = {name: np.array(column_values(split.rows, "number")) for name, split in splits.items()}
    numbers = targets["train"]
    if numbers.min() == numbers.max():
        raise DataError(f"all numbers of {dataset} are {numbers[0]:g}: check --label-field")
    with np.errstate(over="ignore"):
        if not 0 < float(numbers.std()) < np.inf:
            raise DataError(f"the numbers of {dataset} are too large or too near zero: give them in another unit")
    every = np.concatenate(list(targets.values()))
    report = DataReport.of(splits, numbers=(float(every.min()), float(every.max())))
    return LabelledTexts(_texts(splits), targets, [], report)


def _texts(splits: Mapping[str, Split]) -> dict[str, Sequence[str]]:
    return {name: ColumnSequence(split.rows, "text") for name, split in splits.items()}


def text_batches(tokens: SequenceArray, targets: np.ndarray, *, batch_size: int, seed: int) -> BucketBatches:
    """Return batches of texts of similar length with their targets.

    Args:
        tokens: ids of the texts.
        targets: (rows,) or (rows, C), of any dtype.
        batch_size: most texts of a batch.
        seed: of the order.
    """

    def collate(rows: np.ndarray) -> LabelledBatch:
        inputs, mask = tokens.pad(rows)
        return LabelledBatch(inputs, mask, torch.from_numpy(targets[rows]))

    return BucketBatches(tokens.lengths, collate, max_rows=batch_size, seed=seed)
