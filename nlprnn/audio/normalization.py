"""Normalization of features to mean 0 and standard deviation 1: of an utterance, a speaker, or all training data."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_LEAST_STD = 1e-3
"""Least standard deviation: silence stays silent."""


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
    def of(cls, rows: Iterable[np.ndarray]) -> Normalization:
        """Return the normalization of the frames of feature arrays (T, F), which are read once.

        Raises:
            ValueError: they have no frame.
        """
        count, total, squares = 0, np.zeros(1), np.zeros(1)
        for row in rows:
            values = row.astype(np.float64)
            count, total, squares = count + len(row), total + values.sum(0), squares + np.square(values).sum(0)
        if not count:
            raise ValueError("there are no frames to normalize")
        mean = total / count
        std = np.sqrt(np.maximum(squares / count - mean**2, _LEAST_STD**2))
        return cls(mean.astype(np.float32), std.astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Return normalized features (T, F) float32."""
        return (features - self.mean) / self.std


def normalize_utterance(features: np.ndarray) -> np.ndarray:
    """Return the features (T, F) float32 of one utterance, normalized by its frames alone."""
    return Normalization.of([features])(features) if len(features) else features


def normalize_speakers(rows: Sequence[np.ndarray], speakers: Sequence[Hashable]) -> list[np.ndarray]:
    """Return the features (T, F) float32 of utterances, each normalized by all frames of its speaker."""
    groups: dict[Hashable, list[np.ndarray]] = {}
    for row, speaker in zip(rows, speakers, strict=True):
        groups.setdefault(speaker, []).append(row)
    of = {speaker: Normalization.of(group) for speaker, group in groups.items()}
    return [of[speaker](row) for row, speaker in zip(rows, speakers, strict=True)]
