"""Models of feature sequences, built from a plan, and the loss by which they learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.models import FeatureClassifier, FeatureRegressor
from nlprnn.modules import ConcatPooling, FeatureProjection, LastPooling, OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.modules.protocols import Pooling
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor
from nlprnn.series.feature_processor import FeatureProcessor
from nlprnn.tasks.sequences.data import SequenceData
from nlprnn.tasks.sequences.options import SequenceOptions
from nlprnn.tasks.sequences.plan import SequencePlan
from nlprnn.training.losses import classification_loss, inverse_frequency, regression_loss
from nlprnn.training.protocols import ComputeLoss

AnySequencePipeline = SequenceClassifier | SequenceRegressor

_ONE_DIRECTION: Mapping[str, Callable[[int], Pooling]] = {**POOLINGS, "last": LastPooling, "concat": ConcatPooling}


def build_processor(data: SequenceData) -> FeatureProcessor:
    """Return the processor, fitted to the training split.

    Raises:
        DataError: a feature has no value in it.
    """
    train = data.splits["train"]
    return FeatureProcessor.fit(train.values.values, train.names, train.feature_columns)


def build_pipeline(data: SequenceData, plan: SequencePlan, options: SequenceOptions) -> AnySequencePipeline:
    """Return an untrained classifier, or of numbers a regressor."""
    processor = build_processor(data)
    minimal = options.cell.startswith("min")
    encoder = RecurrentEncoder(
        plan.projection_size,
        plan.hidden_size,
        cell=options.cell,
        num_layers=options.num_layers,
        bidirectional=options.bidirectional,
        dropout=options.dropout,
        residual=minimal,
        layer_norm=minimal,
    )
    pooling = (POOLINGS if options.bidirectional else _ONE_DIRECTION)[options.pooling](encoder.output_size)
    modules: dict[str, Any] = {
        "embedding": FeatureProjection(processor.size, plan.projection_size, dropout=options.dropout),
        "encoder": encoder,
        "pooling": pooling,
        "head": OutputHead(pooling.output_size, max(1, len(data.labels)), dropout=options.dropout),
        "max_length": options.max_length,
        "truncate": options.truncate,
    }
    if data.labels:
        return SequenceClassifier(FeatureClassifier(**modules, labels=data.labels), processor)
    numbers = data.targets["train"]
    model = FeatureRegressor(**modules, mean=float(numbers.mean()), std=float(numbers.std()))
    return SequenceRegressor(model, processor)


def standard_targets(pipeline: AnySequencePipeline, data: SequenceData) -> dict[str, NDArray[Any]]:
    """Return the targets (rows,) of each split as a loss takes them: int64 labels, or float32 in standard units."""
    if isinstance(pipeline, SequenceClassifier):
        return dict(data.targets)
    return {split: pipeline.model.normalize(numbers) for split, numbers in data.targets.items()}


def sequence_loss(data: SequenceData, options: SequenceOptions) -> ComputeLoss:
    """Return the loss: cross-entropy of classes, or the squared error of numbers."""
    if not data.labels:
        return regression_loss()
    counts = torch.from_numpy(np.bincount(data.targets["train"], minlength=len(data.labels)))
    weights = inverse_frequency(counts, options.class_weights)
    return classification_loss(weights=weights, label_smoothing=options.label_smoothing)
