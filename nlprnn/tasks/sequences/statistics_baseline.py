"""Baseline of models of feature sequences: a linear model on statistics of each feature, blind to order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray
from nlprnn.training.lbfgs import fit_best_linear, sparse_rows

_STRENGTHS = (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1000.0)
"""Inverse penalties to choose from, as scikit-learn's C: the weight of a row's loss beside that of the weights."""


class StatisticsBaseline:
    """Logistic regression, or ridge regression of numbers, on statistics of processed sequences.

    They are the mean, standard deviation, least and greatest value of each feature, and the logarithm of the length.
    The penalty is the one with the lowest loss on the validation split.

    Args:
        sequences: split -> processed sequences, train and validation among them.
        targets: split -> (rows,) int64 indices of labels; or float32 numbers in standard units.
        num_classes: C; 0 = numbers.
    """

    def __init__(
        self, sequences: Mapping[str, SequenceArray], targets: Mapping[str, NDArray[Any]], *, num_classes: int
    ) -> None:
        statistics = {split: sequence_statistics(sequences[split]) for split in ("train", "validation")}
        self.name = "statistics, logistic" if num_classes else "statistics, ridge"
        self._mean = statistics["train"].mean(axis=0)
        std = statistics["train"].std(axis=0)
        self._std = np.where(std > 1e-6, std, 1.0)
        features = {split: self._features(rows) for split, rows in statistics.items()}
        tensors = {split: torch.from_numpy(targets[split]) for split in statistics}
        if not num_classes:
            tensors = {split: numbers.unsqueeze(1) for split, numbers in tensors.items()}
        self._weight, self._bias = fit_best_linear(
            features["train"],
            tensors["train"],
            functional.cross_entropy if num_classes else functional.mse_loss,
            outputs=max(1, num_classes),
            penalties=[1.0 / (strength * features["train"].size(0)) for strength in _STRENGTHS],
            held_out=(features["validation"], tensors["validation"]),
        )

    def outputs(self, sequences: SequenceArray) -> NDArray[np.float32]:
        """Return the outputs (rows, C) of processed sequences, logits or numbers in standard units."""
        return (self._features(sequence_statistics(sequences)) @ self._weight + self._bias).numpy()

    def _features(self, statistics: NDArray[np.float64]) -> Tensor:
        standard = np.clip((statistics - self._mean) / self._std, -10.0, 10.0)
        rows, columns = np.indices(standard.shape).reshape(2, -1)
        entries = (torch.from_numpy(array) for array in (rows, columns, standard.astype(np.float32).reshape(-1)))
        return sparse_rows(*entries, shape=standard.shape)


def sequence_statistics(sequences: SequenceArray) -> NDArray[np.float64]:
    """Return mean, standard deviation, least and greatest value of each feature, and the logarithm of the length.

    Args:
        sequences: (T, size) each, T > 0.

    Returns:
        (rows, 4 * size + 1).
    """
    values, starts = sequences.values.astype(np.float64), sequences.offsets[:-1]
    lengths = sequences.lengths[:, None]
    mean = np.add.reduceat(values, starts) / lengths
    variance = np.add.reduceat(np.square(values - np.repeat(mean, sequences.lengths, axis=0)), starts) / lengths
    least, greatest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    return np.concatenate([mean, np.sqrt(variance), least, greatest, np.log(lengths)], axis=1)
