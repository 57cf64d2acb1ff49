"""Batches of feature sequences, each sequence changed at random whenever it is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray
from nlprnn.series.feature_augmentation import FeatureAugmentation


class FeatureBatches(BucketBatches[LabelledBatch]):
    """Batches of processed sequences of similar length with their targets.

    What changes a sequence depends on seed, epoch and sequence alone, so that a run resumes exactly.

    Args:
        sequences: (T, size) float32 each.
        targets: (rows,) int64 or float32.
        augmentation: random changes.
        num_features: D, columns that are no flags.
        batch_size: most sequences of a batch.
        seed: of order and changes.
    """

    def __init__(
        self,
        sequences: SequenceArray,
        targets: NDArray[Any],
        augmentation: FeatureAugmentation,
        *,
        num_features: int,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__(sequences.lengths, self._batch, max_tokens=2**62, max_rows=batch_size, seed=seed)
        self._sequences = sequences
        self._targets = targets
        self._augmentation = augmentation
        self._num_features = num_features

    def _batch(self, rows: NDArray[np.int64]) -> LabelledBatch:
        changed = SequenceArray.from_sequences(map(self._changed, rows.tolist()), dtype=np.float32)
        inputs, mask = changed.pad(np.arange(len(rows)))
        return LabelledBatch(inputs, mask, torch.from_numpy(self._targets[rows]))

    def _changed(self, row: int) -> NDArray[np.float32]:
        rng = np.random.default_rng([self.seed, self.epoch, row])
        return self._augmentation(self._sequences[row], rng, num_features=self._num_features)
