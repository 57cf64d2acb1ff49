"""Forecasts of statsforecast (AutoETS, AutoARIMA) on the same cutoffs as those of a trained forecaster.

    python benchmarks/forecasting_peers.py --model runs/forecasting --dataset sales --stride 7 --season 7

statsforecast is installed in an environment of its own, below `--out`. Its models are fitted once to what precedes the
first cutoff and move on without refitting, as the network does; gaps, which they do not take, are interpolated.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
import venv
from collections import defaultdict
from pathlib import Path

import click

PACKAGES = ["statsforecast==2.1.1"]
WORKER = """
import json, sys, time
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA, AutoETS
job = json.load(open(sys.argv[1]))
frame, shape = pd.DataFrame(job["rows"]), job["shape"]
for model in (AutoETS(season_length=job["season"]), AutoARIMA(season_length=job["season"])):
    began = time.monotonic()
    table = StatsForecast(models=[model], freq=1, n_jobs=1).cross_validation(
        df=frame, h=shape["horizon"], step_size=shape["stride"], test_size=shape["test_size"], refit=False)
    table = table.rename(columns={repr(model): "predicted"})
    rows = table[["unique_id", "cutoff", "ds", "predicted"]].to_dict("records")
    print(json.dumps({"model": repr(model), "seconds": time.monotonic() - began, "rows": rows}))
"""


def install(folder: Path) -> Path:
    """Return the Python of an environment with statsforecast, which is made where it is missing."""
    python = folder / "environment" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "environment", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def network_forecasts(
    model: Path, dataset: str, stride: int, folder: Path
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return value and forecast of the trained model by series, cutoff and time."""
    predictions = folder / "predictions.csv"
    command = ["evaluate", "--model", str(model), "--dataset", dataset, "--stride", str(stride)]
    subprocess.run([sys.executable, "-m", "nlprnn.cli.main", *command, "--predictions", str(predictions)], check=True)
    with predictions.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    return {
        (row["unique_id"], row["cutoff"], row["ds"]): (float(row["value"]), float(row["predicted"])) for row in rows
    }


@click.command(context_settings={"show_default": True})
@click.option("--model", type=click.Path(path_type=Path), required=True, help="Trained forecaster of one target.")
@click.option("--dataset", required=True, help="Dataset of the forecaster.")
@click.option("--stride", default=1, help="Steps between cutoffs.")
@click.option("--season", type=int, required=True, help="Season in steps.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/forecasting_peers"), help="Folder of files.")
def main(model: Path, dataset: str, stride: int, season: int, out: Path) -> None:
    """Print the mean absolute error of each method on the cutoffs that all have."""
    out.mkdir(parents=True, exist_ok=True)
    python = install(out)

    import numpy as np

    from nlprnn.pipelines import Forecaster
    from nlprnn.tasks.forecasting.series_tables import load_unsplit_series

    forecaster = Forecaster.load(model, device="cpu")
    processor = forecaster.processor
    data = load_unsplit_series(dataset, processor.columns, form=forecaster.form())
    frequency, rows = data.frequency, []
    lasts = data.last_observed()
    for series, name in enumerate(data.names):
        values = data.values(series)[: lasts[series] + 1 - data.starts[series], 0]
        present = np.flatnonzero(~np.isnan(values))
        whole = np.interp(np.arange(len(values)), present, values[present])
        start = int(data.starts[series])
        rows += [{"unique_id": name, "ds": start + step, "y": float(value)} for step, value in enumerate(whole)]
    test_size = int(lasts.max()) + 1 - processor.test_start
    test_size -= (test_size - processor.horizon) % stride
    shape = {"horizon": processor.horizon, "stride": stride, "test_size": test_size}
    job = out / "job.json"
    job.write_text(json.dumps({"rows": rows, "shape": shape, "season": season}), encoding="utf-8")

    began = time.monotonic()
    network = network_forecasts(model, dataset, stride, out)
    seconds = {"nlprnn (evaluation alone)": time.monotonic() - began}
    errors: dict[str, dict[tuple[str, str, str], float]] = defaultdict(dict)
    errors["nlprnn (evaluation alone)"] = {key: abs(value - predicted) for key, (value, predicted) in network.items()}
    worker = subprocess.run([python, "-c", WORKER, str(job)], check=True, capture_output=True, text=True)
    for line in worker.stdout.splitlines():
        peer = json.loads(line)
        seconds[peer["model"]] = peer["seconds"]
        for row in peer["rows"]:
            cutoff, time_of_row = frequency.format(frequency.times(np.array([row["cutoff"], row["ds"]])))
            key = (row["unique_id"], cutoff, time_of_row)
            if key in network:
                errors[peer["model"]][key] = abs(network[key][0] - row["predicted"])
    shared = set.intersection(*(set(one) for one in errors.values()))
    for name, one in errors.items():
        mean = np.mean([one[key] for key in shared])
        click.echo(f"{name:<28} MAE {mean:.4g} on {len(shared):,} values, {seconds[name]:.0f} s")


if __name__ == "__main__":
    main()
