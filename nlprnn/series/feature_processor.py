"""Processor of feature sequences: what a model keeps of its training data to read other sequences as those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.model_files import damaged, read_json
from nlprnn.serialization.registry import register
from nlprnn.series.feature_arrays import as_feature_array, check_feature_values
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.processor import moments_of

FILE = "features.json"

FARTHEST = 100.0
"""Standard deviations from the mean at which a value is clipped: a faulty sensor must not drown the others."""


@dataclass(frozen=True, kw_only=True)
class FeatureProcessor:
    """Names, means and deviations of features, all of the training split.

    A missing value becomes the last one before it, or the mean where there is none, as in the baselines of GRU-D (Che
    et al. 2018, "Recurrent Neural Networks for Multivariate Time Series with Missing Values"). A feature with missing
    values in the training split has another one beside it, 1 where the value is missing.

    Attributes:
        names: D names of the features.
        mean: of each feature.
        std: standard deviation of each feature, positive.
        missing: whether each feature has missing values in the training split.
        columns: of the tables that it was trained on.
    """

    kind: ClassVar[str] = "features"

    names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    missing: tuple[bool, ...]
    columns: FeatureColumns

    def __post_init__(self) -> None:
        lengths = {len(self.names), len(self.mean), len(self.std), len(self.missing)}
        if len(lengths) != 1 or not self.names:
            raise ValueError(f"names, mean, std and missing need one value for each feature, got {sorted(lengths)}")
        if not (np.isfinite([*self.mean, *self.std]).all() and min(self.std) > 0):
            raise ValueError("the means must be finite, and the standard deviations finite and positive")

    @classmethod
    def fit(cls, values: NDArray[np.float64], names: Sequence[str], columns: FeatureColumns) -> Self:
        """Return the processor of training sequences.

        Args:
            values: (total, D) all their steps, NaN = missing.
            names: D names of the features.
            columns: of the tables that they come from.

        Raises:
            DataError: a feature has no value.
        """
        absent = np.isnan(values)
        if len(empty := np.flatnonzero(absent.all(axis=0))):
            raise DataError(f"the feature {names[empty[0]]!r} has no value in train: choose others with --features")
        mean, std = zip(*moments_of(values), strict=True)
        return cls(
            names=tuple(names),
            mean=mean,
            std=std,
            missing=tuple((np.count_nonzero(absent, axis=0) > 0).tolist()),
            columns=columns,
        )

    @property
    def num_features(self) -> int:
        """D, features of a step as data have them."""
        return len(self.names)

    @property
    def size(self) -> int:
        """Features of a step as the model reads them: D, and a flag for each of those that may be missing."""
        return self.num_features + sum(self.missing)

    def __call__(self, sequence: Any, *, place: str = "the sequence") -> NDArray[np.float32]:
        """Return what the model reads of one sequence (T, D): (T, `size`).

        Raises:
            DataError: it has no steps, an infinite value, no value at all, or other features; begins with the place.
        """
        values = as_feature_array(sequence, place)
        self.check_number(values.shape[1], place)
        offsets = np.array([0, len(values)])
        check_feature_values(values, offsets, self.names, place=lambda _: place)
        return self.process(values, offsets)

    def checked_step(self, features: Any, *, place: str) -> NDArray[np.float64]:
        """Return one step of a sequence as (D,) float64, NaN = missing.

        Raises:
            DataError: it has other features, or an infinite value; begins with the place.
        """
        values = as_feature_array([features], place)
        self.check_number(values.shape[1], place)
        if len(infinite := np.flatnonzero(np.isinf(values[0]))):
            raise DataError(f"{place}: the feature {self.names[infinite[0]]!r} is infinite: give a number, or NaN")
        return values[0]

    def check_number(self, number: int, place: str) -> None:
        """Check the number of features of a step.

        Raises:
            DataError: it is another one than in training.
        """
        if number != self.num_features:
            listed = ", ".join(self.names[:6]) + (", ..." if self.num_features > 6 else "")
            raise DataError(f"{place} has {number} features a step, the model reads {self.num_features} ({listed})")

    def process(self, values: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what the model reads of sequences end to end, (total, `size`).

        Args:
            values: (total, D), NaN = missing.
            offsets: (rows + 1,); row i is values[offsets[i]:offsets[i + 1]].
        """
        scaled = np.clip((values - self.mean) / self.std, -FARTHEST, FARTHEST)
        absent = np.isnan(scaled)
        filled = _carried_forward(scaled, absent, np.repeat(offsets[:-1], np.diff(offsets))) if absent.any() else scaled
        flags = absent[:, np.flatnonzero(self.missing)]
        return np.concatenate([filled, flags], axis=1).astype(np.float32)

    def save(self, folder: str | Path) -> None:
        """Write the processor into a folder."""
        features = [
            {"name": name, "mean": mean, "std": std, "missing": missing}
            for name, mean, std, missing in zip(self.names, self.mean, self.std, self.missing, strict=True)
        ]
        write_json(Path(folder) / FILE, {"features": features, "columns": self.columns.to_mapping()})

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing or damaged.
        """
        path = Path(folder) / FILE
        content = read_json(path)
        try:
            features = content["features"]
            return cls(
                names=tuple(str(one["name"]) for one in features),
                mean=tuple(float(one["mean"]) for one in features),
                std=tuple(float(one["std"]) for one in features),
                missing=tuple(bool(one["missing"]) for one in features),
                columns=FeatureColumns.from_mapping(content["columns"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(path, str(error)) from error


def _carried_forward(
    values: NDArray[np.float64], absent: NDArray[np.bool_], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return values (total, D) whose missing ones are the last before them in their sequence, else 0.

    Args:
        values: (total, D).
        absent: (total, D), where they are missing.
        starts: (total,) first step of the sequence of each step.
    """
    steps = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(absent, -1, steps), axis=0)
    carried = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(last >= starts[:, None], carried, 0.0)


register(FeatureProcessor)
