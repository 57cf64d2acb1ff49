"""Processor of series: what a forecaster keeps of its training data to turn series into windows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.model_files import damaged, read_json
from nlprnn.serialization.registry import register
from nlprnn.series.calendar import Calendar
from nlprnn.series.columns import SeriesColumns
from nlprnn.series.frequency import Frequency
from nlprnn.series.series_data import SeriesData

Scaling = Literal["series", "window"]
SCALINGS: tuple[Scaling, ...] = get_args(Scaling)

FILE = "series.json"

_ENOUGH = 100
"""Steps from which on the coverage of a calibrated band of 80 % is known to 4 percentage points."""

Moments = tuple[float, float]
"""Mean and standard deviation."""


@dataclass(frozen=True, kw_only=True)
class SeriesProcessor:
    """Columns, grid, lengths and scales of a forecaster.

    All that is fitted, scales and categories, is fitted to the steps before the first cutoff of the validation split.

    Attributes:
        columns: that the model reads.
        frequency: of the grid.
        history: L, steps before the cutoff that are read.
        horizon: H, steps after the cutoff that are forecast.
        lags: lengths of seasons whose last values are read, beside the history.
        scaling: "series", values less the mean of their series, over its standard deviation; or "window", values less
            the last one of the history, over the size of its steps: for series that leave the range of their training.
        yearly: whether seasons of the year are features.
        moments: series -> mean and standard deviation of each target.
        covariates: column of numbers -> its mean and standard deviation.
        categories: column of text -> its categories.
        validation_start: position on the grid where the validation split of training began.
        test_start: position on the grid where the test split of training began.
        calibration_steps: number of steps on which the bands are calibrated; 0 = unknown.
    """

    kind: ClassVar[str] = "series"

    columns: SeriesColumns
    frequency: Frequency
    history: int
    horizon: int
    lags: tuple[int, ...] = ()
    scaling: Scaling = "series"
    yearly: bool = False
    moments: Mapping[str, tuple[Moments, ...]] = field(default_factory=dict)
    covariates: Mapping[str, Moments] = field(default_factory=dict)
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    validation_start: int = 0
    test_start: int = 0
    calibration_steps: int = 0

    def __post_init__(self) -> None:
        if self.history < 1 or self.horizon < 1:
            raise ValueError(f"history and horizon must be positive, got {self.history} and {self.horizon}")
        if self.scaling not in SCALINGS:
            raise ValueError(f"unknown scaling {self.scaling!r}: choose one of {', '.join(SCALINGS)}")

    @property
    def calendar(self) -> Calendar:
        """Features of the time of a step."""
        return Calendar(self.frequency, self.yearly)

    @property
    def num_targets(self) -> int:
        """C, numbers that are forecast at each step."""
        return len(self.columns.targets)

    @property
    def band_remark(self) -> str:
        """A sentence on how uncertain the coverage of the bands is; "" where enough steps calibrate them."""
        if not 0 < self.calibration_steps < _ENOUGH:
            return ""
        points = 100 * (0.8 * 0.2 / self.calibration_steps) ** 0.5
        return (
            f"The bands are calibrated on {self.calibration_steps} steps, which is few: that of 80 % may "
            f"cover {points:.0f} percentage points less or more (one standard deviation)."
        )

    def series_moments(self, data: SeriesData) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard deviation (N, C) of each series: as in training, of an unknown one its values'."""
        unknown = [series for series, name in enumerate(data.names) if name not in self.moments]
        fitted = dict(zip(unknown, map(moments_of, (data.values(series) for series in unknown)), strict=True))
        rows = [fitted.get(series) or self.moments[name] for series, name in enumerate(data.names)]
        both = np.array(rows, dtype=np.float64)  # (N, C, 2)
        return both[..., 0], both[..., 1]

    def save(self, folder: str | Path) -> None:
        """Write the processor into a folder."""
        values = {**asdict(self), "columns": self.columns.to_mapping(), "frequency": asdict(self.frequency)}
        write_json(Path(folder) / FILE, values)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing or damaged.
        """
        path = Path(folder) / FILE
        content = read_json(path)
        try:
            return cls._from_mapping(content)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise damaged(path, str(error)) from None

    @classmethod
    def _from_mapping(cls, values: dict[str, Any]) -> Self:
        pairs = {name: [(float(mean), float(std)) for mean, std in both] for name, both in values["moments"].items()}
        covariates = {name: (float(mean), float(std)) for name, (mean, std) in values["covariates"].items()}
        categories = {name: tuple(map(str, known)) for name, known in values["categories"].items()}
        values = values | {
            "columns": SeriesColumns.from_mapping(values["columns"]),
            "frequency": Frequency(**values["frequency"]),
            "lags": tuple(map(int, values["lags"])),
            "moments": {name: tuple(both) for name, both in pairs.items()},
            "covariates": covariates,
            "categories": categories,
        }
        return cls(**values)


def fit_moments(
    data: SeriesData, end: int
) -> tuple[dict[str, tuple[Moments, ...]], dict[str, Moments], dict[str, tuple[str, ...]]]:
    """Fit the scales of targets and covariates, and the categories, to the steps before a position.

    Args:
        data: the series.
        end: position of the grid, after the last step that is used.

    Returns:
        `moments`, `covariates` and `categories` of a `SeriesProcessor`. A series that begins later has no moments.
    """
    positions = data.positions()
    before = positions < end
    moments = {}
    for series, name in enumerate(data.names):
        rows = slice(data.offsets[series], data.offsets[series + 1])
        values = data.targets[rows][before[rows]]
        if (~np.isnan(values)).any(axis=0).all():
            moments[name] = moments_of(values)
    covariates: dict[str, Moments] = {}
    categories: dict[str, tuple[str, ...]] = {}
    static = np.repeat(data.static, data.lengths, axis=0)
    for columns, values in ((data.columns.past, data.past), (data.columns.future, data.future)):
        _fit_covariates(columns, values[before], data, covariates, categories)
    _fit_covariates(data.columns.static, static[before], data, covariates, categories)
    return moments, covariates, categories


def _fit_covariates(
    columns: tuple[str, ...],
    values: NDArray[np.float64],
    data: SeriesData,
    covariates: dict[str, Moments],
    categories: dict[str, tuple[str, ...]],
) -> None:
    for index, name in enumerate(columns):
        present = values[~np.isnan(values[:, index]), index]
        if name in data.categories:
            categories[name] = tuple(data.categories[name][int(code)] for code in np.unique(present))
        else:
            covariates[name] = moments_of(present[:, None])[0] if len(present) else (0.0, 1.0)


def moments_of(values: NDArray[np.float64]) -> tuple[Moments, ...]:
    """Return mean and standard deviation of each column of (T, C); the latter is 1 where it would be 0."""
    pairs = []
    for column in values.T:
        present = column[~np.isnan(column)]
        mean = float(present.mean()) if len(present) else 0.0
        std = float(present.std()) if len(present) else 0.0
        # Rounding leaves a tiny deviation of equal numbers.
        pairs.append((mean, std if std > 1e-9 * max(1.0, abs(mean)) else 1.0))
    return tuple(pairs)


register(SeriesProcessor)
