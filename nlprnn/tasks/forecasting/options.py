"""Forecasting of series: its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from nlprnn.errors import OptionError
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import NOT_STREAMED
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.series.columns import CellKind, SeriesColumns, choose_columns
from nlprnn.series.value_distributions import DistributionName
from nlprnn.tasks.forecasting.series_options import SeriesFormOptions


def _names(text: str | None) -> list[str]:
    return [] if text is None else [name.strip() for name in text.split(",") if name.strip()]


@dataclass(frozen=True, kw_only=True)
class ForecastingOptions(SeriesFormOptions, PlannedOptions):
    """Options of forecasting; `--help` describes each option."""

    section: ClassVar[str] = "Series"
    absent: ClassVar[Mapping[str, str]] = NOT_STREAMED | dict.fromkeys(
        ("init_from", "mix_in", "mix_share"),
        "scales and linear forecasts are fitted to the series; train on the longer series, which takes a minute",
    )

    dataset: str = option("sales", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    target: str | None = option(
        None,
        auto="y, value, or the only column of numbers",
        help="Column to forecast; several are separated by commas.",
    )
    date: str | None = option(
        None, auto="ds, date, time and such", help="Column of the time; or several: year,month,day,hour."
    )
    group: str | None = option(
        None, auto="unique_id, ticker and such", help="Column that names the series of a row; none = one series."
    )
    features: str | None = option(None, help="Columns of covariates that are known up to the cutoff, with commas.")
    future_features: str | None = option(
        None, help="Columns of covariates that are known over the horizon, too, with commas."
    )
    static_features: str | None = option(None, help="Columns of covariates that are constant in a series, with commas.")
    frequency: str | None = option(
        None, auto="recognised", help="Step of the grid, such as 5min, h, D, B or M; values of one step are averaged."
    )
    horizon: int = option(1, min=1, help="Number of steps to forecast after the cutoff.")
    history: int | None = option(None, min=1, auto=FROM_DATA, help="Number of steps before the cutoff that are read.")
    lags: str | None = option(
        None,
        auto="a day and a week, a week, or a year, by the frequency",
        help="Lengths of seasons in steps, with commas, whose last values are read beside the history; or none.",
    )
    scaling: Literal["series", "window"] | None = option(
        None,
        auto="chosen on validation",
        help="Scaling of values: by mean and deviation of their series, or by the last value of their window.",
    )
    linear: Literal["none", "last", "season", "ridge"] | None = option(
        None,
        auto="chosen on validation",
        help="Linear forecast that is subtracted, so that the network learns the rest: the last value, the value a "
        "season ago, or ridge regression.",
    )
    strategy: Literal["direct", "recursive"] = option(
        "direct", help="Strategy for the horizon: all steps in one pass, or step by step on the predictions before."
    )
    distribution: DistributionName = option(
        "quantiles",
        help="Distribution of each value: quantiles of any form; or normal, Student's t, or, of counts, negative "
        "binomial, whose likelihood is trained.",
    )
    cell: Cell = option("lstm", help="Recurrent cell.", tune=OneOf("lstm", "gru"))
    hidden_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Hidden size of a recurrent layer.", tune=OneOf(16, 32, 64, 96)
    )
    num_layers: int = option(1, min=1, max=MOST_LAYERS, help="Number of recurrent layers.", tune=OneOf(1, 2))
    dropout: float = option(
        0.1,
        min=0,
        below=1,
        help="Dropout probability between recurrent layers and in the head.",
        tune=Between(0.0, 0.4),
    )
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Batch size, in windows.", tune=OneOf(32, 64, 128)
    )
    stride: int | None = option(
        None, min=1, auto="at most 2,000 cutoffs", help="Steps between the cutoffs of the rolling-origin evaluation."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seasons()

    def choose_columns(self, available: Sequence[str], kind_of: Callable[[str], CellKind]) -> SeriesColumns:
        """Choose the columns of a table, as `nlprnn.series.columns.choose_columns` does."""
        return choose_columns(
            available,
            targets=_names(self.target),
            date=_names(self.date),
            group=self.group,
            past=_names(self.features),
            future=_names(self.future_features),
            static=_names(self.static_features),
            kind_of=kind_of,
        )

    def seasons(self) -> tuple[int, ...] | None:
        """Return the lengths in `lags`; None where they follow from the frequency.

        Raises:
            OptionError: one is no whole number above 1.
        """
        if self.lags is None:
            return None
        if self.lags == "none":
            return ()
        try:
            seasons = tuple(sorted({int(text) for text in self.lags.split(",")}))
        except ValueError:
            seasons = (0,)
        if seasons[0] < 2:
            raise OptionError(f"--lags {self.lags}: give whole numbers of steps above 1, separated by commas, or none")
        return seasons
