"""Normalization of features to mean 0 and standard deviation 1: of an utterance, a speaker, or all training data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

_LEAST_STD = 1e-3
"""Least standard deviation: silence stays silent."""

_PRIOR_FRAMES = 100
"""Frames of a speaker that weigh as much as what is expected of any speaker: one second."""


@dataclass(frozen=True)
class Normalization:
    """Mean and standard deviation of each feature.

    Attributes:
        mean: (F,) float32.
        std: (F,) float32, positive.
    """

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[np.ndarray]) -> Self:
        """Return the normalization of the frames of feature arrays (T, F), which are read once.

        Raises:
            ValueError: they have no frame.
        """
        count, mean, variance = _moments(rows)
        if not count:
            raise ValueError("there are no frames to normalize")
        return cls(mean.astype(np.float32), np.sqrt(variance).astype(np.float32))

    @classmethod
    def average(cls, normalizations: Sequence[Self]) -> Self:
        """Return the mean of the means and deviations of several speakers: what is expected of any speaker."""
        mean, std = (np.mean([getattr(one, name) for one in normalizations], axis=0) for name in ("mean", "std"))
        return cls(mean, std)

    def adapted(self, rows: Iterable[np.ndarray], *, num_levels: int = 0) -> Self:
        """Return the normalization of a speaker from his features and, the more the fewer they are, from this one.

        It is the maximum a posteriori estimate (Gauvain & Lee 1994) where this one is the prior.

        Args:
            rows: features (T, F) of each of his recordings, which are read once.
            num_levels: number of features, the first ones, to which a louder recording adds the same: what is expected
                of them is raised by the mean difference.
        """
        count, mean, variance = _moments(rows)
        if not count:
            return self
        prior = self.mean.astype(np.float64)
        if num_levels:
            prior[:num_levels] += (mean - prior)[:num_levels].mean()
        weight = count / (count + _PRIOR_FRAMES)
        mean = weight * mean + (1 - weight) * prior
        variance = weight * variance + (1 - weight) * np.square(self.std, dtype=np.float64)
        return type(self)(mean.astype(np.float32), np.sqrt(variance).astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Return normalized features (T, F) float32."""
        return (features - self.mean) / self.std


def normalize_utterance(features: np.ndarray) -> np.ndarray:
    """Return the features (T, F) float32 of one utterance, normalized by its frames alone."""
    return Normalization.of([features])(features) if len(features) else features


def _moments(rows: Iterable[np.ndarray]) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the number of frames of feature arrays (T, F), and mean and variance (F,) float64 of each feature."""
    count, total, squares = 0, np.zeros(1), np.zeros(1)
    for row in rows:
        values = row.astype(np.float64)
        count, total, squares = count + len(row), total + values.sum(0), squares + np.square(values).sum(0)
    mean = total / max(1, count)
    return count, mean, np.maximum(squares / max(1, count) - mean**2, _LEAST_STD**2)
