"""Picture of a trained forecaster: the last horizon of several series, with bands over the truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from nlprnn.errors import OptionError
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
    # Of a horizon that is not whole nothing is drawn: covariates of its end may be missing.
    known = replace(data, future=np.nan_to_num(data.future))
    try:
        plot_forecasts(forecaster.forecast(known, after=after), data, after, folder / FILE)
    except OptionError as error:
        return f"not drawn: {error}"
    return str(folder / FILE)
