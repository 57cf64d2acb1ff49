"""Coverage of the 80 % band on samples like `data/sales` of other seeds: that of one, 417 values, is uncertain.

python benchmarks/sales_coverage.py --samples 12
"""

from __future__ import annotations

import json
import runpy
import sys
import tempfile
from pathlib import Path
from statistics import mean

import click

ROOT = Path(__file__).parents[1]


@click.command(context_settings={"show_default": True})
@click.option("--samples", default=12, help="Number of samples, each with a seed of its own.")
@click.option("--future-features", default="holiday", help="Columns of covariates that are known in advance, or none.")
def main(samples: int, future_features: str) -> None:
    """Train on each sample with the options of the sample's documentation, and print the coverage on its test split."""
    sys.path.insert(0, str(ROOT / "data"))
    from grammars import sales

    recipe = runpy.run_path(str(ROOT / "recipes" / "forecasting.py"))["main"]
    options = {} if future_features == "none" else {"future_features": future_features}
    coverages = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, samples + 1):
            path = Path(folder) / f"{seed}.csv"
            path.write_text(sales.generate(seed), encoding="utf-8")
            model = recipe.train(dataset=str(path), out=Path(folder) / str(seed), threads=1, **options)
            coverages.append(json.loads((model / "scores.json").read_text(encoding="utf-8"))["test"]["coverage"])
    shown = ", ".join(f"{one:.1f}" for one in coverages)
    distance = mean((one - 80) ** 2 for one in coverages) ** 0.5
    click.echo(f"coverage {shown}: mean {mean(coverages):.1f}, root mean squared distance from 80: {distance:.1f}")


if __name__ == "__main__":
    main()
