"""Pipelines of feature sequences: arrays (T, D) in, an answer for each out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.errors import ModelError
from nlprnn.models.feature_models import FeatureClassifier, FeatureRegressor
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.series.feature_processor import FeatureProcessor

FeatureModel = TypeVar("FeatureModel", bound=FeatureClassifier | FeatureRegressor)


class SequencePipeline(Pipeline[FeatureModel, FeatureProcessor]):
    """A model that reads a whole sequence of feature vectors into one vector of outputs.

    Args:
        model: reads processed features.
        processor: features to what the model reads, as in training.
        folder: where both come from.

    Raises:
        ModelError: the processor gives other features than the model reads.
    """

    def __init__(self, model: FeatureModel, processor: FeatureProcessor, *, folder: Path | None = None) -> None:
        super().__init__(model, processor, folder=folder)
        needed = getattr(model.embedding, "input_size", processor.size)
        if processor.size != needed:
            raise ModelError(
                f"the processor{f' in {folder}' if folder else ''} gives {processor.size} features, the model reads "
                f"{needed}: the files are of different models"
            )

    def describe(self) -> list[str]:
        """Return the features of a step."""
        names = self.processor.names
        return [f"{len(names)} features a step: {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}"]

    def encode(self, sequences: Iterable[Any]) -> SequenceArray:
        """Return arrays (T, D) as the model reads them, each truncated to what it reads of it.

        Raises:
            DataError: an array has no steps, an infinite value, no value at all, or other features than those of
                training; names its number, counted from 0.
            TypeError: the arrays are a single one.
        """
        if getattr(sequences, "ndim", 3) < 3:
            raise TypeError("give a list of arrays (T, D), one for each sequence: of one array, model([array])")
        rows = [self.processor(row, place=f"array {number}") for number, row in enumerate(sequences)]
        if not rows:
            return SequenceArray(np.zeros((0, self.processor.size), np.float32), np.zeros(1, np.int64))
        return self.truncate(SequenceArray.from_sequences(rows, dtype=np.float32))

    def process(self, sequences: SequenceArray) -> SequenceArray:
        """Return checked sequences (total, D) float64 as the model reads them, whole."""
        return SequenceArray(self.processor.process(sequences.values, sequences.offsets), sequences.offsets)

    def truncate(self, sequences: SequenceArray) -> SequenceArray:
        """Return processed sequences, each truncated to what the model reads of it."""
        return sequences.truncate(self.model.max_length, head=self.model.head_length)

    def outputs(self, sequences: SequenceArray) -> NDArray[np.float32]:
        """Return the outputs (rows, C) of the model for processed sequences, whole or truncated, in order."""
        sequences = self.truncate(sequences)
        outputs = np.zeros((len(sequences), self.model.output_size), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(sequences.lengths, max_tokens=32_768, max_rows=512):
                features, mask = to_device(sequences.pad(rows), self.device)
                outputs[rows] = self.model(features, mask).float().cpu().numpy()
        return outputs
