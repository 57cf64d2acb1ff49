"""Overheads of training: shares of its time that checkpoints, the log and the display take.

python benchmarks/overheads.py [--minutes 1] [--recipe translation]

Each recipe trains on its sample with its defaults, and shows its progress as in a terminal. The shares are of the
clock's time, in which files reach the disk, and of processor time, in which other programs do not count.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from machine import ROOT

RECIPES = ("text_generation", "translation", "sentiment")
LIMITS = {"checkpoints": 0.02, "log": 0.01, "display": 0.01}
"""Largest share of each overhead."""

Clock = Callable[[], float]


def count_time(owner: type, name: str, overhead: str, seconds: dict[str, Counter[str]], processor: Clock) -> None:
    """Add up the time that the calls of a method take.

    Args:
        owner: class of the method.
        name: of the method.
        overhead: to which the time is added.
        seconds: clock -> overhead -> seconds so far.
        processor: the clock of processor time, of the thread or of the process.
    """
    method = getattr(owner, name)

    @wraps(method)
    def counted(*args: Any, **kwargs: Any) -> Any:
        wall, used = time.monotonic(), processor()
        try:
            return method(*args, **kwargs)
        finally:
            seconds["clock"][overhead] += time.monotonic() - wall
            seconds["processor"][overhead] += processor() - used

    setattr(owner, name, counted)


def count_overheads(seconds: dict[str, Counter[str]]) -> None:
    """Count the seconds of training and of each overhead in this process, by the clock and of the processor."""
    from rich.live import Live

    from nlprnn.training.best_weights import BestWeights
    from nlprnn.training.display import Display
    from nlprnn.training.metrics_log import MetricsLog
    from nlprnn.training.trainer import Trainer
    from nlprnn.training.training_checkpoint import TrainingCheckpoint

    count_time(Trainer, "fit", "training", seconds, time.process_time)
    count_time(TrainingCheckpoint, "save", "checkpoints", seconds, time.thread_time)
    count_time(BestWeights, "keep", "checkpoints", seconds, time.thread_time)
    count_time(MetricsLog, "write", "log", seconds, time.thread_time)
    for owner, name in ((Display, "progress"), (Display, "line"), (Live, "refresh")):  # the last in a thread
        count_time(owner, name, "display", seconds, time.thread_time)


@click.command(context_settings={"show_default": True})
@click.option("--minutes", default=1.0, help="Minutes of each run, in which its data are read and its scores made.")
@click.option("--recipe", "recipes", multiple=True, default=RECIPES, help="Recipe to train; repeatable.")
def main(minutes: float, recipes: tuple[str, ...]) -> None:
    """Train recipes one after the other, and print the share of each overhead."""
    os.environ["FORCE_COLOR"] = "1"  # by which rich takes a file for a terminal
    seconds: dict[str, Counter[str]] = {"clock": Counter(), "processor": Counter()}
    count_overheads(seconds)
    lines = [f"{'recipe':<18}{'clock':<12}{'trained s':>10}" + "".join(f"{overhead:>13}" for overhead in LIMITS)]
    over = False
    with tempfile.TemporaryDirectory() as folder:
        for recipe in recipes:
            call = ["--out", str(Path(folder, recipe)), "--max-minutes", str(minutes), "--threads", "1"]
            sys.argv = [f"{recipe}.py", *call]
            runpy.run_path(str(ROOT / "recipes" / f"{recipe}.py"))["main"](args=call, standalone_mode=False)
            for clock, spent in seconds.items():
                shares = {overhead: spent[overhead] / spent["training"] for overhead in LIMITS}
                over |= any(share > LIMITS[overhead] for overhead, share in shares.items())
                figures = "".join(f"{share:>13.2%}" for share in shares.values())
                lines.append(f"{recipe:<18}{clock:<12}{spent['training']:>10.1f}{figures}")
                spent.clear()
    lines.append(f"{'at most':<40}" + "".join(f"{limit:>13.0%}" for limit in LIMITS.values()))
    click.echo("\n" + "\n".join(lines))
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
