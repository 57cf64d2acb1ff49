"""Series of numbers: tables to a regular grid, windows of history and horizon, linear forecasts, calibration."""

from nlprnn.series.calendar import Calendar
from nlprnn.series.calibration import calibration_factors
from nlprnn.series.columns import SeriesColumns, choose_columns
from nlprnn.series.frequency import Frequency
from nlprnn.series.linear_forecast import LinearForecast
from nlprnn.series.processor import SeriesProcessor, fit_moments
from nlprnn.series.series_data import SeriesData
from nlprnn.series.table import TableForm, build_series
from nlprnn.series.windows import Cutoffs, WindowMaker, Windows

__all__ = [
    "Calendar",
    "Cutoffs",
    "Frequency",
    "LinearForecast",
    "SeriesColumns",
    "SeriesData",
    "SeriesProcessor",
    "TableForm",
    "WindowMaker",
    "Windows",
    "build_series",
    "calibration_factors",
    "choose_columns",
    "fit_moments",
]
