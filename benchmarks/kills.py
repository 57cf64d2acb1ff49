"""Kills of training runs, at random and aimed instants: each resumes bit for bit, or begins again with a sentence.

python benchmarks/kills.py --number 500

An aimed kill is at, after or in the middle of a write, fsync, rename, removal or new folder; one at random comes at any
time. Then the run is resumed, or begun again in the same folder where there was nothing to resume yet, and its model,
scores and log are compared with those of a run that was not killed. Of two processes one is killed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import trial_data
import trials

_CALLS = ("fsync", "replace", "rename", "unlink", "mkdir")


@dataclass(frozen=True)
class Whole:
    """A run that was not killed.

    Attributes:
        results: model, scores and log.
        instants: number of instants in each of its processes at which it may be killed.
        seconds: duration.
    """

    results: dict[str, Any]
    instants: tuple[int, ...]
    seconds: float


def arm(fatal: int | None, counts: Path | None = None) -> None:
    """Kill this process at the instant of this number; count instants by the bytes of a file.

    Instants are before and after each call that writes, and in the middle of each file and line of the log.
    """
    from nlprnn.training.metrics_log import MetricsLog

    number = -1

    def reach() -> bool:
        nonlocal number
        number += 1
        if counts is not None:
            with counts.open("ab") as file:
                file.write(b".")
        return number == fatal

    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def around(function: Callable[..., Any], half: Callable[..., Any] | None = None) -> Callable[..., Any]:
        def call(*positional: Any, **named: Any) -> Any:
            if reach():
                kill()
            if half is not None and reach():
                half(*positional)
                kill()
            result = function(*positional, **named)
            if reach():
                kill()
            return result

        return call

    write_bytes = Path.write_bytes

    def half_file(path: Path, content: bytes) -> None:
        write_bytes(path, bytes(content)[: len(content) // 2])

    def half_line(log: MetricsLog, record: dict[str, Any]) -> None:
        with log.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record)[:20])

    for name in _CALLS:
        setattr(os, name, around(getattr(os, name)))
    Path.write_bytes = around(write_bytes, half_file)  # type: ignore[method-assign]
    MetricsLog.write = around(MetricsLog.write, half_line)  # type: ignore[method-assign]


def train_whole(recipe: str, processes: int, data: Path, folder: Path) -> Whole:
    """Train without a kill, and count the instants."""
    log, out = folder / "whole.log", folder / "whole"
    counts = [folder / f"counts-{rank}" for rank in range(processes)]
    for path in counts:
        path.touch()
    began = time.monotonic()
    codes = trials.wait(
        trials.train(
            recipe,
            trials.arguments(recipe, data, out),
            log,
            processes=processes,
            before=lambda rank: arm(None, counts[rank]),
        )
    )
    assert not any(codes), log.read_text(encoding="utf-8")
    return Whole(trials.results(out), tuple(path.stat().st_size for path in counts), time.monotonic() - began)


def trial(recipe: str, processes: int, data: Path, folder: Path, whole: Whole, rng: random.Random) -> tuple[str, str]:
    """Kill a run and let it continue; return how it did, beginning with "WRONG" where it did not, and the instant."""
    out, log, killed_log = folder / "run", folder / "log", folder / "killed.log"
    call = trials.arguments(recipe, data, out)
    victim = rng.randrange(processes)
    aimed = 0.2 if victim else 0.7  # the first process writes nearly all
    if whole.instants[victim] and rng.random() < aimed:
        fatal = rng.randrange(whole.instants[victim])
        instant = f"instant {fatal} of process {victim}"
        started = trials.train(
            recipe, call, killed_log, processes=processes, before=lambda rank: arm(fatal if rank == victim else None)
        )
    else:
        seconds = rng.uniform(0.0, whole.seconds)
        instant = f"{seconds:.2f} s in process {victim}"
        started = trials.train(recipe, call, killed_log, processes=processes, before=lambda rank: None)
        time.sleep(seconds)
        os.kill(started[victim], signal.SIGKILL)
    killed = -signal.SIGKILL in trials.wait(started)
    resume = ["--out", str(out), "--resume"]
    outcome, codes = "resumed", run_again(recipe, resume, log, processes)
    text = log.read_text(encoding="utf-8")
    if any(codes) and "no run to resume" in text:
        outcome, codes = "begun again as a new run", run_again(recipe, call, log, processes)
    elif "begins again" in text:
        outcome = "begun again"
    elif "has ended" in text:
        outcome = "had ended"
    if any(codes):
        return f"WRONG: exit codes {codes}", instant
    made = trials.results(out)
    different = [name for name in whole.results.keys() | made.keys() if made.get(name) != whole.results.get(name)]
    left = [path.name for path in out.rglob("*.tmp")]
    if different or left or "Traceback" in text:
        return f"WRONG: {outcome}, but {different or left or 'with a traceback'}", instant
    return outcome if killed else "not killed in time", instant


def run_again(recipe: str, call: list[str], log: Path, processes: int) -> list[int]:
    """Run a recipe to its end, and return its exit codes."""
    return trials.wait(trials.train(recipe, call, log, processes=processes, before=lambda rank: None))


@click.command()
@click.option("--number", default=500, help="Number of kills.")
@click.option("--recipe", "recipes", multiple=True, default=list(trials.OPTIONS), help="Recipe to train; repeatable.")
@click.option("--processes", multiple=True, type=int, default=[1, 2], help="Number of processes of a run; repeatable.")
@click.option("--seed", default=1, help="Random seed of the instants.")
def main(number: int, recipes: tuple[str, ...], processes: tuple[int, ...], seed: int) -> None:
    """Kill training runs, and count how they continued."""
    rng, outcomes = random.Random(seed), Counter[str]()
    trials.import_everything()
    with tempfile.TemporaryDirectory() as scratch:
        trials.use_cache(Path(scratch) / "cache")
        wholes: dict[tuple[str, int], Whole] = {}
        for count in range(number):
            recipe, several = recipes[count % len(recipes)], processes[count // len(recipes) % len(processes)]
            place = Path(scratch, f"{recipe}-{several}")
            if (recipe, several) not in wholes:
                data = trial_data.write_data(place, recipe)
                wholes[recipe, several] = train_whole(recipe, several, data, place)
            data, folder = trial_data.data_file(place, recipe), place / str(count)
            folder.mkdir()
            outcome, instant = trial(recipe, several, data, folder, wholes[recipe, several], rng)
            outcomes[outcome.partition(":")[0]] += 1
            click.echo(f"{count + 1}: {recipe}, {several} processes, {instant}: {outcome}", err=True)
            if outcome.startswith("WRONG"):
                click.echo((folder / "log").read_text(encoding="utf-8")[-3000:], err=True)
            shutil.rmtree(folder)
    for outcome, times in outcomes.most_common():
        click.echo(f"{times:5}  {outcome}")
    sys.exit(1 if outcomes["WRONG"] else 0)


if __name__ == "__main__":
    main()
