"""What is fitted before a forecaster is trained: scales, the linear forecasts, and the one that it corrects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from nlprnn.errors import DataError
from nlprnn.metrics.forecasting import naive_scale
from nlprnn.series.linear_forecast import (
    LinearForecast,
    absolute_errors,
    best_forecast,
    fitted_again,
    mean_forecast,
    naive_forecast,
    ridge_forecasts,
    seasonal_forecast,
)
from nlprnn.series.processor import SCALINGS, SeriesProcessor, fit_moments
from nlprnn.series.series_data import SeriesData
from nlprnn.series.value_distributions import COUNTS
from nlprnn.series.windows import Cutoffs, WindowMaker
from nlprnn.tasks.forecasting.options import ForecastingOptions
from nlprnn.tasks.forecasting.plan import ForecastingPlan
from nlprnn.tasks.forecasting.series_tables import SeriesSplits
from nlprnn.tasks.forecasting.windows import Folds, WindowBatches, find_cutoffs, fit_folds, thin_out

_FITTED = 20_000
"""Windows to which ridge regression is fitted at most."""

_SCORED = 2_000
"""Windows of a split that are scored at most where no stride is given, and by which choices are made."""

_NEAR = 1.01
"""Ratio of errors up to which the scaling by windows is preferred: it holds beyond the range of the training, too."""


@dataclass(frozen=True)
class FittedSeries:
    """Series with the cutoffs of each split, and the linear forecasts that were fitted to the training split.

    Attributes:
        maker: of windows for evaluation.
        training: of windows for training, which may hold the targets (`WindowMaker.feed_targets`).
        cutoffs: split -> cutoffs.
        held_out: all cutoffs of the validation split.
        baselines: naive, seasonal naive, ridge, ridge with clock, as far as the data allow them.
        linear: the forecast that the network corrects, with the smallest error on the validation split.
        folds: `linear` fitted without each fold of the training split, and the positions between the folds.
        spread: (H, C) float64, root mean squared error of `folds` on the training split, in scaled units.
        scale: (N, C) float64, in-sample error of the seasonal naive forecast of each series, for MASE.
    """

    maker: WindowMaker
    training: WindowMaker
    cutoffs: dict[str, Cutoffs]
    held_out: Cutoffs
    baselines: list[LinearForecast]
    linear: LinearForecast
    folds: Folds
    spread: np.ndarray
    scale: np.ndarray

    @property
    def processor(self) -> SeriesProcessor:
        """Columns, grid, lengths and scales."""
        return self.maker.processor

    @property
    def linear_tensors(self) -> tuple[Tensor, Tensor]:
        """The arguments of `RecurrentForecaster.set_linear`."""
        return torch.from_numpy(self.linear.weights), torch.from_numpy(self.spread)

    def batches(self, *, batch_size: int, seed: int) -> WindowBatches:
        """Return batches of windows of the training split."""
        return WindowBatches(self.training, self.cutoffs["train"], self.folds, batch_size=batch_size, seed=seed)

    def refit(self) -> FittedSeries:
        """Return the linear forecasts fitted to the training and the validation split, with the same penalties.

        What was chosen on the validation split remains; its days, the last ones, are worth more than older ones.
        """
        known = thin_out(Cutoffs(*map(np.concatenate, zip(self.cutoffs["train"], self.held_out, strict=True))), _FITTED)
        baselines = [fitted_again(method, self.maker, known) for method in self.baselines]
        return replace(self, baselines=baselines, linear=fitted_again(self.linear, self.maker, known))

    def describe(self) -> str:
        """Return a line on what was chosen, and one on the bands where few steps calibrate them."""
        chosen = f"scaling by {self.processor.scaling}; the network corrects the forecast {self.linear.name!r}"
        return "\n".join(filter(None, [chosen, self.processor.band_remark]))


def fit_series(splits: SeriesSplits, plan: ForecastingPlan, options: ForecastingOptions) -> FittedSeries:
    """Fit scales and linear forecasts to the training split, and choose among them on the validation split.

    Raises:
        DataError: the horizon has no such linear forecast, or values are no counts where their distribution is.
    """
    data = splits.data
    if options.distribution == COUNTS:
        _check_counts(data)
    begin, end = splits.bounds("train")
    moments, covariates, categories = fit_moments(data, end)
    shape = {"history": plan.history, "horizon": options.horizon}
    cutoffs = {"train": find_cutoffs(data, begin, end, **shape)}
    for split in ("validation", "test"):
        every = find_cutoffs(data, *splits.bounds(split), **shape, stride=options.stride)
        cutoffs[split] = every if options.stride else thin_out(every, _SCORED)
    processor = SeriesProcessor(
        columns=data.columns,
        frequency=data.frequency,
        history=plan.history,
        horizon=options.horizon,
        lags=plan.lag_steps,
        yearly=plan.yearly,
        moments=moments,
        covariates=covariates,
        categories=categories,
        validation_start=splits.validation,
        test_start=splits.test,
        calibration_steps=cutoffs["validation"].count_steps(options.horizon),
    )
    best = None
    for scaling in (options.scaling,) if options.scaling else SCALINGS[::-1]:
        maker = WindowMaker(data, replace(processor, scaling=scaling))
        baselines = _baselines(maker, cutoffs)
        candidates = _candidates(maker, baselines, options.linear)
        errors = absolute_errors(candidates, maker, cutoffs["validation"])
        if best is None or min(errors) * _NEAR < best[0]:
            best = min(errors), maker, baselines, candidates[int(np.argmin(errors))]
    assert best is not None
    _, maker, baselines, linear = best
    folds = fit_folds(linear, maker, thin_out(cutoffs["train"], _FITTED))
    season = min(plan.lag_steps, key=lambda lag: _mean_scale(splits, lag), default=1)
    return FittedSeries(
        maker,
        WindowMaker(data, maker.processor, feed_targets=options.strategy == "recursive"),
        cutoffs,
        find_cutoffs(data, *splits.bounds("validation"), **shape),
        baselines,
        linear,
        folds,
        _spread(folds, maker, thin_out(cutoffs["train"], _SCORED)),
        _scales(splits, season),
    )


def _check_counts(data: SeriesData) -> None:
    wrong = (data.targets < 0) | (data.targets % 1 > 0)
    for row, target in np.argwhere(wrong)[:1]:
        (time,) = data.frequency.format(data.frequency.times(data.positions()[row : row + 1]))
        name, series = data.columns.targets[target], data.names[data.series_of_rows()[row]]
        raise DataError(
            f"--distribution {COUNTS} is of counts, whole numbers from 0 on, but column {name!r} of series {series!r} "
            f"is {data.targets[row, target]:g} at {time}: choose another distribution"
        )


def _baselines(maker: WindowMaker, cutoffs: dict[str, Cutoffs]) -> list[LinearForecast]:
    processor, (_, size) = maker.processor, maker.sizes()
    seasonal = [seasonal_forecast(processor, size, season) for season in processor.lags]
    fitted = thin_out(cutoffs["train"], _FITTED)
    ridges = [ridge_forecasts(maker, fitted, clock=False)]
    if maker.clock_size:
        ridges.append(ridge_forecasts(maker, fitted, clock=True))
    groups = [seasonal, *ridges]
    best = [best_forecast(group, maker, cutoffs["validation"]) for group in groups if group]
    return [naive_forecast(processor, size), *best]


def _candidates(maker: WindowMaker, baselines: list[LinearForecast], linear: str | None) -> list[LinearForecast]:
    """Return the forecasts among which one is chosen to be corrected."""
    none = mean_forecast(maker.processor, maker.sizes()[1])
    beginnings = {"none": "mean", "last": "naive", "season": "seasonal", "ridge": "ridge"}
    chosen = [one for one in (none, *baselines) if linear is None or one.name.startswith(beginnings[linear])]
    if not chosen:
        raise DataError(f"--linear {linear} does not fit these data: give --lags, longer series, or another --linear")
    return chosen


def _spread(folds: Folds, maker: WindowMaker, cutoffs: Cutoffs) -> np.ndarray:
    """Return the root mean squared error (H, C) of a forecast, in scaled units; positive."""
    windows = maker.make(cutoffs)
    squares = np.where(windows.mask, folds(windows, cutoffs) - windows.targets, 0.0) ** 2
    error = np.sqrt(squares.sum(axis=0) / np.maximum(1, windows.mask.sum(axis=0)))
    return np.maximum(error, 1e-4)


def _scales(splits: SeriesSplits, season: int) -> np.ndarray:
    """Return the in-sample error (N, C) of the seasonal naive forecast of each series before the validation split."""
    data = splits.data
    rows = []
    for series in range(len(data)):
        values = data.values(series)[: max(0, splits.validation - int(data.starts[series]))]
        rows.append([naive_scale(column, season) for column in values.T])
    return np.array(rows)


def _mean_scale(splits: SeriesSplits, season: int) -> float:
    scales = _scales(splits, season)
    return float(np.nanmean(scales)) if not np.isnan(scales).all() else float("inf")
