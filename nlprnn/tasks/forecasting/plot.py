"""Picture of a trained forecaster: the last horizon of several series, with bands over the truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from nlprnn.errors import NlprnnError
from nlprnn.experiment.run_folder import is_further_process
from nlprnn.interpret.forecast_plot import plot_forecasts
from nlprnn.pipelines import Forecaster
from nlprnn.series.series_data import SeriesData

FILE = "forecast.png"


def draw_forecasts(forecaster: Forecaster, data: SeriesData, folder: Path) -> str:
    """Draw the forecasts of the last horizon of the first series into a folder; of several processes the first does.

    Returns:
        path of the picture, or why there is none.
    """
    if is_further_process():
        return str(folder / FILE)
    after = np.maximum(data.last_observed() - forecaster.processor.horizon, data.starts)
    try:
        plot_forecasts(forecaster.forecast(_filled(data, forecaster), after=after), data, after, folder / FILE)
    except NlprnnError as error:
        return f"not drawn: {error}"
    return str(folder / FILE)


def _filled(data: SeriesData, forecaster: Forecaster) -> SeriesData:
    """Return series with what the model takes for missing covariates of the horizon: the mean, or no category."""
    processor = forecaster.processor
    values = [
        len(data.categories[name]) if name in processor.categories else processor.covariates[name][0]
        for name in data.columns.future
    ]
    return replace(data, future=np.where(np.isnan(data.future), values, data.future)) if values else data
