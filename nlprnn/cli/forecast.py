"""`nlprnn forecast`: the continuation of series, with bands."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.tables import column_lines
from nlprnn.cli.text_io import OutputFile, print_json
from nlprnn.cli.verb import DEVICE, MODEL, json_option, verb
from nlprnn.errors import OptionError
from nlprnn.tasks.forecasting.series_options import SeriesReadingOptions

_DATASET = click.Argument(["dataset"])
_HORIZON = click.Option(
    ["--horizon"], type=click.IntRange(1), help="Number of steps; all that the model forecasts if not given."
)
_QUANTILES = click.Option(["--quantiles"], is_flag=True, help="All quantiles in place of the 80 % band.")
_PLOT = click.Option(["--plot"], type=OutputFile(), help="Picture (PNG, PDF or SVG) of the first series.")
_CSV = click.Option(["--csv", "as_csv"], is_flag=True, help="CSV output: a row a step.")


@verb(
    MODEL, SeriesReadingOptions, _HORIZON, _QUANTILES, _PLOT, json_option("one object a step"), _CSV, DEVICE, _DATASET
)
def forecast(
    model: str,
    options: SeriesReadingOptions,
    horizon: int | None,
    quantiles: bool,
    plot: Path | None,
    as_json: bool,
    as_csv: bool,
    device: str,
    dataset: str,
) -> None:
    """Continue each series of DATASET, a file or a sample's name, after its last value.

    Rows without a target after it give the covariates that are known in advance.

    \b
    nlprnn forecast --model runs/forecasting sales
    nlprnn forecast --model runs/forecasting sales.csv --horizon 7 --plot forecast.png
    nlprnn forecast --model runs/forecasting sales.csv --quantiles --csv > forecast.csv
    """
    from nlprnn.interpret import check_picture
    from nlprnn.pipelines import Forecaster
    from nlprnn.tasks.forecasting.series_tables import load_unsplit_series, series_form

    if as_json and as_csv:
        raise OptionError("--json and --csv are two forms of the output: give one")
    if plot is not None:
        check_picture(plot)  # before the work
    forecaster = load_as(Forecaster, model, device)
    form = forecaster.form(series_form(options, None))
    data = load_unsplit_series(dataset, forecaster.processor.columns, reading=options.read_options(), form=form)
    forecasts = forecaster.forecast(data, horizon=horizon)
    rows = [row for one in forecasts for row in one.rows(quantiles=quantiles)]
    if as_json:
        for row in rows:
            print_json(row)
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        cells = [[f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row.values()] for row in rows]
        print(*column_lines([list(rows[0]), *cells]), sep="\n")
    if plot is not None:
        from nlprnn.interpret.forecast_plot import plot_forecasts

        plot_forecasts(forecasts, data, data.last_observed(), plot)
