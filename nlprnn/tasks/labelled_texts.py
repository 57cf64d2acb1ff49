"""The texts that recipes of classification and regression learn from, with their labels or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import torch

from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray
from nlprnn.data import label_names, load_table
from nlprnn.data.labels import all_labels, cells_of, label_matrix, labels_of
from nlprnn.experiment.run import Run
from nlprnn.metrics import classification_scores, multi_label_scores, regression_scores
from nlprnn.models import TextClassifier, TextRegressor
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.tasks.pretraining import read_unlabelled

if TYPE_CHECKING:
    from datasets import DatasetDict

    from nlprnn.tasks.classification import ClassifierOptions

_NAMED_LABELS = 10


@dataclass(frozen=True)
class LabelledTexts:
    """The texts of each split, with what is to be learnt of them.

    Attributes:
        texts: split -> texts.
        gold: split -> (rows,) int64, the place of each text's label in `labels`; or (rows, C) float32, 1 for each label
            that it has of several; or (rows,) float64, its number.
        labels: their names, in the order of a classifier's outputs; none for numbers.
        unlabelled: more texts to pretrain on.
    """

    texts: Mapping[str, Sequence[str]]
    gold: Mapping[str, np.ndarray]
    labels: list[str]
    unlabelled: list[str]

    @property
    def to_read(self) -> list[str]:
        """All texts to learn words from: those to train on, and those without labels."""
        return [*self.texts["train"], *self.unlabelled]

    def encode(self, pipeline: Classifier | Regressor) -> EncodedTexts:
        """Turn the texts into what the model reads."""
        return EncodedTexts({split: pipeline.encode(texts) for split, texts in self.texts.items()}, self.gold)


@dataclass(frozen=True)
class EncodedTexts:
    """As `LabelledTexts`, with token ids in place of the texts."""

    tokens: Mapping[str, SequenceArray]
    gold: Mapping[str, np.ndarray]

    def batches(self, *, max_rows: int, seed: int, targets: np.ndarray | None = None) -> BucketBatches:
        """Make batches of the texts to train on; `targets` (rows,) float32 stand in for their numbers."""
        tokens, gold = self.tokens["train"], self.gold["train"] if targets is None else targets

        def collate(rows: np.ndarray) -> LabelledBatch:
            return LabelledBatch(*tokens.pad(rows), torch.from_numpy(gold[rows]))

        return BucketBatches(tokens.lengths, collate, max_rows=max_rows, seed=seed)

    def score(self, pipeline: Classifier | Regressor, split: str) -> dict[str, float]:
        """Score the network of a classifier or regressor on one split, without any n-grams beside it."""
        return self.compute_metrics(pipeline.model, pipeline.outputs(self.tokens[split], alone=True), split)

    def compute_metrics(
        self, model: TextClassifier | TextRegressor, outputs: np.ndarray, split: str
    ) -> dict[str, float]:
        """Score the outputs (rows, C) float of a model for the texts of one split."""
        gold = self.gold[split]
        if isinstance(model, TextRegressor):
            return regression_scores(model.denormalize(outputs), gold)
        if model.multi_label:
            return multi_label_scores(outputs, gold > 0, threshold=model.threshold)
        return classification_scores(outputs, gold)


def read_labelled(run: Run, options: ClassifierOptions) -> LabelledTexts:
    """Read the data set of a run, and tell its sizes and labels.

    Raises:
        DataError: the data are missing, damaged or odd.
    """
    splits = load_table(run.dataset, {"text": options.text_field, "label": options.label_field})
    labels = label_names(splits)
    number = {label: index for index, label in enumerate(labels)}
    gold = {split: np.array([number[label] for label in cells_of(rows, "label")]) for split, rows in splits.items()}
    return _told(run, options, splits, gold, labels)


def read_multi_labelled(run: Run, options: ClassifierOptions, separator: str) -> LabelledTexts:
    """Read a data set whose texts have any number of labels each, and tell its sizes and labels.

    Args:
        run: names the data set.
        options: name its fields.
        separator: between the labels of a string; lists need none.

    Raises:
        DataError: the data are missing, damaged or odd, or there are no labels.
    """
    splits = load_table(run.dataset, {"text": options.text_field, "labels": options.label_field})
    written = {split: cells_of(rows, "labels") for split, rows in splits.items()}
    cells = {split: [labels_of(cell, separator) for cell in rows] for split, rows in written.items()}
    labels = all_labels(chain.from_iterable(cells.values()), run.dataset)
    if "," in "".join(labels) and not any(separator in (cell or "") for cell in written["train"]):
        run.say(f"No labels have {separator!r} between them, but some hold commas: see --label-separator.")
    gold = {split: label_matrix(rows, labels, str) for split, rows in cells.items()}
    return _told(run, options, splits, gold, labels)


def read_numbered(run: Run, options: ClassifierOptions) -> LabelledTexts:
    """Read a data set whose texts have a number each, and tell its sizes.

    Raises:
        DataError: the data are missing, damaged or odd, or a number is none.
    """
    splits = load_table(run.dataset, {"text": options.text_field, "number": options.label_field})
    gold = {split: np.array(list(map(float, cells_of(rows, "number")))) for split, rows in splits.items()}
    return _told(run, options, splits, gold, [])


def _told(
    run: Run, options: ClassifierOptions, splits: DatasetDict, gold: dict[str, np.ndarray], labels: list[str]
) -> LabelledTexts:
    """Tell what the data are, and read the texts without labels too."""
    sizes = "  ".join(f"{split} {len(rows):,}" for split, rows in splits.items())
    named = f"labels {', '.join(labels[:_NAMED_LABELS])}{' ...' if len(labels) > _NAMED_LABELS else ''}"
    low, high = gold["train"].min(), gold["train"].max()
    run.say(f"{sizes}  {named if labels else f'numbers from {low:g} to {high:g}'}")
    unlabelled = read_unlabelled(options.unlabelled, text_field=options.text_field)
    return LabelledTexts({split: rows["text"] for split, rows in splits.items()}, gold, labels, unlabelled)
