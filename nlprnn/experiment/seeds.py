"""Several runs of one setting that differ in the seed alone: their folders, and mean and spread of their scores."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import click

from nlprnn.errors import TrainingError
from nlprnn.experiment.run import SCORES_FILE
from nlprnn.experiment.run_file import has_ended, is_longer, read_run_file, write_summary
from nlprnn.experiment.run_folder import RUN_FILE, SEED_FOLDER, is_further_process
from nlprnn.experiment.run_options import RunOptions
from nlprnn.serialization.atomic_files import write_json

SEEDS_FILE = "seeds.json"


@dataclasses.dataclass(frozen=True)
class SeedRun:
    """One of the runs.

    Attributes:
        folder: of the run, inside that of all.
        of_all: options of all runs.
        seed: of this one.
        resume: whether the folder holds a run, to be continued.
    """

    folder: Path
    of_all: RunOptions
    seed: int
    resume: bool

    @property
    def options(self) -> RunOptions:
        """Options of this run: made when it is next, as each check takes its time, and there may be 100,000 runs."""
        return dataclasses.replace(self.of_all, seed=self.seed, seeds=1, out=self.folder, resume=self.resume)


def open_seed_runs(folder: Path, options: RunOptions) -> list[SeedRun]:
    """Return the runs that have not ended yet, or that the options let train further.

    Args:
        folder: of all runs.
        options: `seeds` of them begin with `seed`.
    """
    runs = []
    for seed in _seeds(options):
        one = _folder(folder, seed)
        begun = (one / RUN_FILE).exists()
        run = SeedRun(one, options, seed, begun)
        if not begun or not has_ended(one) or is_longer(run.options, read_run_file(one)["options"]):
            runs.append(run)
    return runs


def log_seed(run: SeedRun) -> None:
    """Print on standard error which run is next, once where there are several processes."""
    if not is_further_process():
        click.echo(f"\nSeed {run.seed}: {run.folder}", err=True)


def check_seeds(folder: Path, options: RunOptions, stored: Mapping[str, Any]) -> None:
    """Check that a run that is resumed was begun as several runs, if it is to be several now.

    Args:
        folder: of the run.
        options: current ones.
        stored: options that it began with.

    Raises:
        TrainingError: it is one run, but several are to be trained, or the other way round.
    """
    before = stored.get("seeds", 1)
    if (before != 1) != (options.seeds > 1):
        kind = f"{before} runs of different seeds" if before != 1 else "a single run"
        raise TrainingError(f"{folder} holds {kind}: leave out --seeds to resume, or begin others with another --out")


def finish_seeds(folder: Path, options: RunOptions) -> None:
    """Write `seeds.json` with mean, standard deviation, least and greatest value of each score, and print them.

    Args:
        folder: of all runs, which have ended.
        options: of them.

    Raises:
        TrainingError: the scores of a run are missing or damaged.
    """
    if is_further_process():
        return
    seeds = _seeds(options)
    folders = [_folder(folder, seed) for seed in seeds]
    try:
        spread = _spread([json.loads((one / SCORES_FILE).read_text(encoding="utf-8")) for one in folders])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        fault = f"a {SCORES_FILE} in the folders of {folder} is missing or damaged"
        raise TrainingError(f"{fault}: begin other runs with another --out") from error
    runs = [{"seed": seed, "folder": one.name} for seed, one in zip(seeds, folders, strict=True)]
    write_json(folder / SEEDS_FILE, {"runs": runs, "scores": spread})
    minutes = sum(read_run_file(one)["summary"]["minutes"] for one in folders)
    write_summary(folder, {"minutes": round(minutes, 2), "runs": len(seeds)})
    click.echo(f"\nSeeds {seeds[0]} to {seeds[-1]}: mean ± standard deviation (least to greatest)")
    for split, scores in spread.items():
        figures = (
            f"{name} {figure['mean']:.4g} ± {figure['std']:.2g} ({figure['min']:.4g} to {figure['max']:.4g})"
            for name, figure in scores.items()
        )
        click.echo(f"{split:<12}" + "   ".join(figures))
    click.echo(f"\nModels: {', '.join(map(str, folders))}")
    click.echo(f"Scores: {folder / SEEDS_FILE}")


def _seeds(options: RunOptions) -> range:
    return range(options.seed, options.seed + options.seeds)


def _folder(folder: Path, seed: int) -> Path:
    return folder / f"{SEED_FOLDER}{seed}"


def _spread(runs: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return mean, standard deviation (of a sample), least, greatest and all values of each split's metrics.

    Args:
        runs: split -> name of a metric -> number, or text for a signature, which is left out.
    """
    return {
        split: {
            name: _figures([run[split][name] for run in runs])
            for name, value in scores.items()
            if not isinstance(value, str)
        }
        for split, scores in runs[0].items()
    }


def _figures(values: Sequence[float]) -> dict[str, Any]:
    return {"mean": mean(values), "std": stdev(values), "min": min(values), "max": max(values), "values": list(values)}
