"""Largest memory of a training on many series, or on a long one, in CSV.

python benchmarks/series_memory.py --series 10000 --steps 200
python benchmarks/series_memory.py --series 1 --steps 10000000
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import numpy as np

RECIPE = Path(__file__).parents[1] / "recipes" / "forecasting.py"
_BLOCK = 100_000


def write(path: Path, series: int, steps: int) -> None:
    """Write series with a season of a week and noise: a value a day of many, one a minute of a single one."""
    generator = np.random.default_rng(0)
    step, season = ("m", 10_080) if series == 1 else ("D", 7)
    with path.open("w", encoding="utf-8") as file:
        file.write("unique_id,ds,y\n")
        for number in range(series):
            level = generator.uniform(5, 50)
            for first in range(0, steps, _BLOCK):
                positions = np.arange(first, min(steps, first + _BLOCK))
                times = np.datetime64("2000-01-01", step) + positions
                values = level * (1 + 0.3 * np.sin(2 * np.pi * positions / season)) + generator.normal(size=len(times))
                rows = zip(np.char.replace(times.astype(str), "T", " "), values.tolist(), strict=True)
                file.writelines(f"s{number},{time},{value:.3f}\n" for time, value in rows)


@click.command(context_settings={"show_default": True})
@click.option("--series", default=10_000, help="Number of series.")
@click.option("--steps", default=200, help="Steps of each series.")
@click.option("--minutes", default=1.0, help="Limit on the time of training.")
def main(series: int, steps: int, minutes: float) -> None:
    """Train on series of noise, and print the largest memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "series.csv"
        write(path, series, steps)
        options = ["--dataset", path, "--max-minutes", minutes, "--threads", 1, "--out", Path(folder) / "model"]
        subprocess.run([sys.executable, RECIPE, *map(str, options)], check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = used.ru_maxrss / (1 if sys.platform != "darwin" else 1024) / 1024
    seconds = used.ru_utime + used.ru_stime
    click.echo(f"{series:,} series of {steps:,} steps: {memory:,.0f} MiB, {seconds:.0f} seconds of processor time")


if __name__ == "__main__":
    main()
