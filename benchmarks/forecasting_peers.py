"""Forecasters of other toolkits on the data and cutoffs of nlprnn's: neuralforecast's LSTM, AutoETS and AutoARIMA.

    python benchmarks/peers/environments.py neuralforecast statsforecast
    python benchmarks/forecasting_peers.py --data timeseries --only seattle --peers neuralforecast

The folder is that of `benchmarks/forecasting.py`. A peer reads the same: neuralforecast has the same history, the
covariates, and as what is known in advance the calendar and the values a season ago that nlprnn's network reads; gaps,
which the peers do not take, are interpolated and never scored. Its hyperparameters are its defaults. All models are
trained once on what precedes the test split. Seconds are of the processor: of training alone, validation included; of
statsforecast, of fits and forecasts.
"""

from __future__ import annotations

import csv
import json
import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pandas as pd
from forecasting import FIGURES, RECIPE, split
from peers.environments import FOLDER, interpreter
from peers.process import DRIVERS, Peer

from nlprnn.training import Trainer

STRIDES = {"pems": 5, "metro_day": 25, "beijing_day": 25, "seattle": 1}
"""Figure -> steps between its cutoffs; 25 hours, so that each hour of the day has its turn."""

SEASONS = {"pems": 1, "metro_day": 24, "beijing_day": 24, "seattle": 7}
"""Figure -> season of AutoETS and AutoARIMA; AutoETS takes 24 steps at most, PeMS has 288 a day."""

Key = tuple[str, str]
"""Cutoff and time of a forecast."""


class Network(NamedTuple):
    """A trained forecaster.

    Attributes:
        folder: of the model.
        seconds: of the processor, of its training.
        rows: cutoff and time -> value and forecast.
        scale: mean absolute error over MASE.
    """

    folder: Path
    seconds: float
    rows: dict[Key, tuple[float, float]]
    scale: float


def train(figure: str, data: Path, folder: Path) -> Network:
    """Train the network of a figure and return it with its forecasts of the test split."""
    options = {**FIGURES[figure], "stride": STRIDES[figure], "threads": 1}
    split(data, options.pop("file"), options["date"], folder / "data")
    options["date"] = "date" if "," in options["date"] else options["date"]
    shutil.rmtree(folder / "model", ignore_errors=True)
    seconds = []

    def timed(trainer: Trainer, **more: bool) -> dict[str, Any]:
        began = time.process_time()
        summary = fit(trainer, **more)
        seconds.append(time.process_time() - began)
        return summary

    fit, Trainer.fit = Trainer.fit, timed
    try:
        recipe = runpy.run_path(str(RECIPE))["main"]
        recipe.train(dataset=str(folder / "data"), out=folder / "model", device="cpu", **options)
    finally:
        Trainer.fit = fit
    table = folder / "predictions.csv"
    command = ["evaluate", "--model", str(folder / "model"), "--dataset", str(folder / "data")]
    command += ["--stride", str(STRIDES[figure]), "--predictions", str(table)]
    subprocess.run([sys.executable, "-m", "nlprnn.cli.main", *command], check=True, stdout=subprocess.DEVNULL)
    with table.open(encoding="utf-8") as file:
        rows = {
            (row["cutoff"], row["ds"]): (float(row["value"]), float(row["predicted"]))
            for row in csv.DictReader(file)
            if row["value"]
        }
    scores = json.loads((folder / "model" / "scores.json").read_text(encoding="utf-8"))["test"]
    return Network(folder / "model", sum(seconds), rows, scores["mae"] / scores["mase"])


def write_series(network: Network, dataset: Path, folder: Path) -> dict[str, Any]:
    """Write the series of a forecaster with what its network reads, gaps interpolated; return what peers must know."""
    from nlprnn.pipelines import Forecaster
    from nlprnn.tasks.forecasting.series_tables import load_unsplit_series

    forecaster = Forecaster.load(network.folder, device="cpu")
    processor = forecaster.processor
    data = load_unsplit_series(str(dataset), processor.columns, form=forecaster.form())
    length = int(data.last_observed()[0]) + 1 - int(data.starts[0])
    positions = data.positions()[:length]
    whole = pd.DataFrame({"unique_id": "series", "ds": positions, "y": data.targets[:length, 0]})
    for number, wave in enumerate(processor.calendar.harmonics(positions).T):
        whole[f"calendar{number}"] = wave
    for lag in processor.lags:
        whole[f"lag{lag}"] = whole["y"].shift(max(lag, -(-processor.horizon // lag) * lag))
    future = [name for name in whole.columns if name not in ("unique_id", "ds", "y")]
    for index, name in enumerate(data.columns.past):
        column = data.past[:length, index]
        if name in data.categories:
            for code in range(len(data.categories[name])):
                whole[f"{name}{code}"] = (column == code).astype(float)
        else:
            whole[name] = column
    past = [name for name in whole.columns if name not in ("unique_id", "ds", "y", *future)]
    whole["available_mask"] = whole["y"].notna().astype(float)
    filled = [name for name in whole.columns if name not in ("unique_id", "ds")]
    whole[filled] = whole[filled].interpolate(limit_direction="both")
    folder.mkdir(parents=True, exist_ok=True)
    whole.to_csv(folder / "series.csv", index=False)
    times = data.frequency.format(data.frequency.times(np.arange(positions[0], positions[-1] + 1)))
    pd.Series(times, index=positions, name="time").to_csv(folder / "times.csv")
    return {
        "folder": str(folder),
        "future": future,
        "past": past,
        "history": processor.history,
        "horizon": processor.horizon,
        "test_size": int(positions[-1]) + 1 - processor.test_start,
    }


def peer_forecasts(folder: Path) -> dict[str, dict[Key, float]]:
    """Return the forecasts of a peer, by model: those after each cutoff by time."""
    times = pd.read_csv(folder / "times.csv", index_col=0)["time"]
    forecasts = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in ("series", "times"):
            table = pd.read_csv(path)
            cutoffs, steps = times[table["cutoff"]], times[table["ds"]]
            forecasts[path.stem] = dict(zip(zip(cutoffs, steps, strict=True), table["predicted"], strict=True))
    return forecasts


@click.command(context_settings={"show_default": True})
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the public data.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/forecasting_peers"), help="Folder of files.")
@click.option("--only", multiple=True, type=click.Choice(list(STRIDES)), help="Figure; all if not given.")
@click.option("--peers", multiple=True, default=["neuralforecast", "statsforecast"], help="Peer; may be repeated.")
@click.option("--peers-folder", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the environments.")
def main(data: Path, out: Path, only: tuple[str, ...], peers: tuple[str, ...], peers_folder: Path) -> None:
    """Print mean absolute error, MASE and seconds of each method on the values that all have forecast."""
    for name in only or STRIDES:
        network = train(name, data, out / name)
        seconds = {"nlprnn": network.seconds}
        forecasts = {"nlprnn": {key: predicted for key, (_, predicted) in network.rows.items()}}
        for peer in peers:
            python = interpreter(peer, peers_folder)
            if isinstance(python, str):
                click.echo(f"{peer}: {python}")
                continue
            shutil.rmtree(out / name / peer, ignore_errors=True)
            settings = write_series(network, out / name / "data", out / name / peer)
            settings |= {"stride": STRIDES[name], "season": SEASONS[name], "threads": 1}
            settings["test_size"] -= (settings["test_size"] - settings["horizon"]) % STRIDES[name]
            process = Peer([str(python), str(DRIVERS / f"{peer}_driver.py")], "forecasting", **settings)
            try:
                process.measure()
            except click.ClickException as error:
                click.echo(f"{peer}: {error.message}")
            process.close()
            forecasts |= peer_forecasts(out / name / peer)
            if (times := out / name / peer / "seconds.json").exists():
                seconds |= json.loads(times.read_text(encoding="utf-8"))
        shared = set.intersection(*(set(one) for one in forecasts.values()))
        click.echo(f"\n{name}, {len(shared):,} values")
        for method, one in forecasts.items():
            error = float(np.mean([abs(one[key] - network.rows[key][0]) for key in shared]))
            click.echo(f"  {method:<12}MAE {error:<10.4g}MASE {error / network.scale:<10.4g}{seconds[method]:,.0f} s")


if __name__ == "__main__":
    main()
