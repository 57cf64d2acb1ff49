"""Figures of forecasting on public data: the network beside naive, seasonal naive and ridge forecasts.

    python benchmarks/forecasting.py --data timeseries --seeds 3 --out runs/forecasting_figures

The folder has `pems_flow_5min_train.csv` and `pems_flow_5min_test.csv` (TrafficFlowPrediction), which are a split,
`metro_traffic_hourly.csv.gz` and `beijing_pm25_hourly.csv` (UCI), `seattle_weather_daily.csv` (vega_datasets) and
`stocks_daily.csv` (Bokeh), whose test split is the last fifth of the time.
"""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path
from statistics import mean, stdev

import click
import pandas as pd

RECIPE = Path(__file__).parents[1] / "recipes" / "forecasting.py"
METRO = {"file": "metro_traffic_hourly.csv.gz", "date": "date_time", "target": "traffic_volume", "group": "none"}
BEIJING = {"file": "beijing_pm25_hourly.csv", "date": "year,month,day,hour", "target": "pm2.5"}
FIGURES = {
    "pems": {
        "file": "pems_flow_5min",
        "date": "5 Minutes",
        "target": "Lane 1 Flow (Veh/5 Minutes)",
        "history": 12,
        "lags": "none",
    },
    "metro": {**METRO, "horizon": 1},
    "metro_day": {**METRO, "horizon": 24},
    "beijing_day": {**BEIJING, "horizon": 24, "features": "DEWP,TEMP,PRES,cbwd,Iws"},
    "seattle": {
        "file": "seattle_weather_daily.csv",
        "date": "date",
        "target": "temp_max",
        "features": "precipitation,temp_min,wind",
    },
    "stocks": {"file": "stocks_daily.csv", "date": "Date", "target": "Close", "group": "Ticker"},
}
"""Name of a figure -> its file and the options of the recipe."""


def split(data: Path, file: str, date: str, folder: Path) -> None:
    """Write the files of train and test into a folder, split by time; one that has a split is copied."""
    folder.mkdir(parents=True, exist_ok=True)
    if (data / f"{file}_train.csv").exists():
        for name in ("train", "test"):
            shutil.copyfile(data / f"{file}_{name}.csv", folder / f"{name}.csv")
        return
    rows = pd.read_csv(data / file, dtype=str, keep_default_na=False)
    times = pd.to_datetime(rows[date.split(",")] if "," in date else rows[date])
    is_test = times >= times.min() + 0.8 * (times.max() - times.min())
    rows = rows.assign(date=times) if "," in date else rows
    rows[~is_test].to_csv(folder / "train.csv", index=False)
    rows[is_test].to_csv(folder / "test.csv", index=False)


def _mean_and_spread(values: list[float]) -> str:
    """Return the mean of values, and their standard deviation where there are several different ones."""
    spread = stdev(values) if len(values) > 1 else 0.0
    return f"{mean(values):.4g}" + (f" ± {spread:.2g}" if spread else "")


@click.command(context_settings={"show_default": True})
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the public data.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("runs/forecasting_figures"), help="Folder of runs."
)
@click.option("--seeds", default=3, help="Number of seeds.")
@click.option("--only", multiple=True, type=click.Choice(list(FIGURES)), help="Figure; all if not given.")
@click.option("--threads", default=2, help="Number of CPU threads.")
def main(data: Path, out: Path, seeds: int, only: tuple[str, ...], threads: int) -> None:
    """Train each figure with each seed, and print means and standard deviations over the seeds."""
    recipe = runpy.run_path(str(RECIPE))["main"]
    for name in only or FIGURES:
        options = dict(FIGURES[name])
        folder = out / name
        split(data, options.pop("file"), options["date"], folder / "data")
        options["date"] = "date" if "," in options["date"] else options["date"]
        runs = []
        for seed in range(1, seeds + 1):
            shared = {"seed": seed, "threads": threads, "stride": 1 if options.get("horizon", 1) == 1 else 5}
            model = recipe.train(dataset=str(folder / "data"), out=folder / str(seed), **shared, **options)
            runs.append(json.loads((model / "scores.json").read_text(encoding="utf-8")))
        click.echo(f"\n{name}, mean of seeds 1 to {seeds}")
        for method in [one for one in runs[0] if one != "validation"]:
            values = {key: _mean_and_spread([run[method][key] for run in runs]) for key in runs[0][method]}
            click.echo(f"  {method:<28}" + "  ".join(f"{key} {value}" for key, value in values.items()))


if __name__ == "__main__":
    main()
