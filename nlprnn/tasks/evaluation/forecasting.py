"""Evaluation of forecasters: errors, coverage and forecasts of rolling origins, beside the naive forecasts."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np

from nlprnn.data import ReadOptions
from nlprnn.errors import DataError
from nlprnn.metrics import naive_scale
from nlprnn.pipelines import Forecaster
from nlprnn.series.linear_forecast import naive_forecast, seasonal_forecast
from nlprnn.series.series_data import SeriesData
from nlprnn.series.windows import Cutoffs, WindowMaker
from nlprnn.tasks.evaluation.options import ForecastingEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult
from nlprnn.tasks.forecasting.scores import Targets, linear_forecasts
from nlprnn.tasks.forecasting.series_tables import load_unsplit_series, series_form
from nlprnn.tasks.forecasting.windows import find_cutoffs, thin_out

logger = logging.getLogger(__name__)

_SCORED = 2_000


def evaluate_forecaster(
    forecaster: Forecaster, dataset: str, options: ForecastingEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a forecaster by rolling origins: in the time after its training, or in all of other data.

    The predictions are a table in CSV, with the cutoff and the time of each.

    Raises:
        DataError: the data are missing or damaged, or too short for a single window.
    """
    processor = forecaster.processor
    form = forecaster.form(series_form(options, None))
    data = load_unsplit_series(dataset, processor.columns, reading=reading, form=form)
    cutoffs = _cutoffs(forecaster, data, options)
    maker = WindowMaker(data, processor)
    season = processor.lags[0] if processor.lags else 1
    scale = np.array([[naive_scale(column, season) for column in data.values(row).T] for row in range(len(data))])
    targets = Targets(maker, cutoffs, scale)
    quantiles = forecaster.tracked(maker, cutoffs)
    scores = targets.scores(quantiles, forecaster.model.levels)
    size = forecaster.model.linear_size
    for method in [
        naive_forecast(processor, size),
        *(seasonal_forecast(processor, size, lag) for lag in processor.lags),
    ]:
        errors = targets.point_scores(linear_forecasts(method, maker, cutoffs))
        scores |= {f"{name} of {method.name}": errors[name] for name in ("mae", "rmse")}
    return EvaluationResult(scores, list(_lines(forecaster, data, cutoffs, targets, quantiles)))


def _cutoffs(forecaster: Forecaster, data: SeriesData, options: ForecastingEvaluationOptions) -> Cutoffs:
    """Return the cutoffs of a split as in training, or of all where the data end before its test split."""
    processor = forecaster.processor
    begin, end = int(data.starts.min()), int(data.ends.max())
    bounds = {
        "train": (begin, processor.validation_start),
        "validation": (processor.validation_start, processor.test_start),
        "test": (processor.test_start, end),
    }
    lengths = {"history": processor.history, "horizon": processor.horizon, "stride": options.stride or 1}
    cutoffs = find_cutoffs(data, *bounds[options.split or "test"], **lengths)
    if not len(cutoffs) and options.split is None:
        cutoffs = find_cutoffs(data, begin, end, **lengths)
        logger.warning("the data end before the test split of training, and all of them are scored")
    if not len(cutoffs):
        raise DataError(f"the data have no window of {processor.horizon} steps to score: give longer series")
    chosen = cutoffs if options.stride else thin_out(cutoffs, _SCORED)
    times = processor.frequency.format(processor.frequency.times(np.sort(chosen.positions)[[0, -1]]))
    logger.info("%d cutoffs of %d series, from %s to %s", len(chosen), len(data), *times)
    return chosen


def _lines(
    forecaster: Forecaster, data: SeriesData, cutoffs: Cutoffs, targets: Targets, quantiles: np.ndarray
) -> Iterator[str]:
    frequency, columns, levels = data.frequency, data.columns, list(forecaster.model.levels)
    low, middle, high = (levels.index(level) for level in (0.1, 0.5, 0.9))
    yield "unique_id,cutoff,ds,target,value,predicted,q10,q90"
    steps = np.arange(targets.values.shape[1] + 1)
    for window, (series, cutoff) in enumerate(zip(*cutoffs, strict=True)):
        at, *times = frequency.format(frequency.times(cutoff + steps))
        for step, time in enumerate(times):
            for index, name in enumerate(columns.targets):
                value = f"{targets.values[window, step, index]:.6g}" if targets.mask[window, step, index] else ""
                numbers = (f"{quantiles[window, step, index, level]:.6g}" for level in (middle, low, high))
                yield ",".join([_quoted(data.names[series]), at, time, _quoted(name), value, *numbers])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n') else name
