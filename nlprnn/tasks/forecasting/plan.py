"""The plan of a forecaster: what is chosen from the data wherever an option is not given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlprnn.errors import DataError
from nlprnn.experiment.plan import Plan, whole_epochs
from nlprnn.series.frequency import DAY
from nlprnn.tasks.forecasting.options import ForecastingOptions
from nlprnn.tasks.forecasting.series_tables import SeriesSplits
from nlprnn.tasks.forecasting.windows import LARGEST_EPOCH, find_cutoffs

_HISTORY = (14, 48)
"""Fewest and most steps of the history: beside it, the last values of longer seasons are read. Seattle, validation:
mean absolute error 1.84 with 8 steps, 1.78 with 14, 1.79 with 21."""

_UPDATES, _FEWEST_EPOCHS = 1500, 8
"""Updates after which series are learnt, and fewest epochs. Parts before the test split: mean absolute error of three
samples like `data/sales` 19.2 after 16 epochs, 19.6 after 11 (1,100 updates); of metro traffic (20,000 windows an
epoch) 149.7 after 8 epochs, 151.2 after 6. Lowest validation loss of PeMS (7,000 windows) in a run of 9 epochs 0.06243,
of 18 epochs 0.06251."""


@dataclass(frozen=True, kw_only=True)
class ForecastingPlan(Plan):
    """Hyperparameters of a forecaster, beside those of every plan.

    Attributes:
        windows: of the training split.
        series: number of series.
        history: L, steps before the cutoff that are read.
        lag_steps: lengths of the seasons whose last values are read.
        yearly: whether the seasons of a year are features.
        hidden_size: H, of a recurrent layer.
        batch_size: in windows.
    """

    windows: int
    series: int
    history: int
    lag_steps: tuple[int, ...]
    yearly: bool
    hidden_size: int
    batch_size: int

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        lags = f", lags {', '.join(map(str, self.lag_steps))}" if self.lag_steps else ""
        windows = f"{self.windows:,} windows of {self.series:,} series, history {self.history}{lags}"
        return f"{windows}: batches of {self.batch_size}, {self.describe_length()}"


def plan_forecasting(splits: SeriesSplits, options: ForecastingOptions) -> ForecastingPlan:
    """Plan the training of a forecaster.

    Args:
        splits: the series.
        options: those that are given replace the rules.

    Raises:
        DataError: the training split is too short for history and horizon.
    """
    data, horizon = splits.data, options.horizon
    begin, end = splits.bounds("train")
    longest = int((np.minimum(data.ends, end) - data.starts).max())
    usual = [season for season in data.frequency.seasons if 2 * season + horizon <= longest]
    seasons = options.seasons()
    if seasons is None:
        seasons = tuple(usual)
    wished = max(2 * horizon, usual[0] if usual and usual[0] <= _HISTORY[1] else 12)
    history = options.history or max(1, min(max(wished, _HISTORY[0]), _HISTORY[1], max(1, longest // 4)))
    cutoffs = find_cutoffs(data, begin, end, history=history, horizon=horizon)
    held_out = find_cutoffs(data, *splits.bounds("validation"), history=history, horizon=horizon)
    if len(cutoffs) and not len(held_out):
        raise DataError(
            f"the validation split has {splits.test - splits.validation:,} steps, too few to forecast {horizon}: give "
            "a smaller --horizon or longer series"
        )
    if not len(cutoffs):
        raise DataError(
            f"the longest series has {int(data.lengths.max()):,} steps, {longest:,} of them to train on: too few to "
            f"forecast {horizon} steps: give a smaller --horizon or longer series"
        )
    windows = min(len(cutoffs), LARGEST_EPOCH)
    batch_size = options.batch_size or (16 if windows < 1_000 else 32 if windows < 4_000 else 64)
    rules = ForecastingPlan(
        windows=len(cutoffs),
        series=len(data),
        history=history,
        lag_steps=seasons,
        yearly=_covers_two_years(splits),
        hidden_size=16 if windows < 2_000 else 32 if windows < 5_000 else 64,
        batch_size=batch_size,
        learning_rate=1e-3 if windows < 2_000 else 2e-3,
        epochs=whole_epochs(max(_FEWEST_EPOCHS, _UPDATES * batch_size / windows)),
        patience=4,
    )
    return rules.with_given(options)


def _covers_two_years(splits: SeriesSplits) -> bool:
    begin, end = splits.bounds("train")
    frequency = splits.data.frequency
    if not frequency.has_calendar:
        return False
    first, last = frequency.times(np.array([begin, end])).astype("datetime64[s]").astype(np.int64)
    return bool(last - first >= 2 * 365 * DAY)
