"""Augmentation of training sequences of features: random crops, masked times, noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MASK_WIDTH = 0.1
"""Most steps of a mask over time, as a share of the sequence."""


@dataclass(frozen=True, kw_only=True)
class FeatureAugmentation:
    """Random changes of a training sequence, all drawn from one generator; 0 = none of that kind.

    Attributes:
        crop: largest share of the steps that is cropped off, at both ends together (Le Guennec et al. 2016, "Data
            Augmentation for Time Series Classification using Convolutional Neural Networks").
        time_masks: number of masks over steps, whose values become the mean (SpecAugment, Park et al. 2019).
        noise: standard deviation of noise, in that of a feature (Um et al. 2017, "Data Augmentation of Wearable Sensor
            Data for Parkinson's Disease Monitoring using Convolutional Neural Networks").

    Raises:
        ValueError: a value is out of range.
    """

    crop: float = 0.0
    time_masks: int = 0
    noise: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.crop < 1 or self.time_masks < 0 or self.noise < 0:
            raise ValueError("crop must be from 0 to below 1, time_masks and noise at least 0")

    def __call__(
        self, sequence: NDArray[np.float32], rng: np.random.Generator, *, num_features: int
    ) -> NDArray[np.float32]:
        """Return a changed copy of a processed sequence.

        Args:
            sequence: (T, size), flags of missing values last.
            rng: of all that is drawn.
            num_features: D, columns that are no flags.
        """
        changed = self._cropped(sequence, rng).copy()
        if self.noise:
            shape = (len(changed), num_features)
            changed[:, :num_features] += self.noise * rng.standard_normal(shape, dtype=np.float32)
        for _ in range(self.time_masks):
            width = int(rng.integers(0, int(_MASK_WIDTH * len(changed)), endpoint=True))
            start = int(rng.integers(0, len(changed) - width, endpoint=True))
            changed[start : start + width, :num_features] = 0.0
        return changed

    def _cropped(self, sequence: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        if not self.crop:
            return sequence
        excess = int(rng.integers(0, int(self.crop * len(sequence)), endpoint=True))
        start = int(rng.integers(0, excess, endpoint=True))
        return sequence[start : start + len(sequence) - excess]
