"""Frame of the benchmarks: alternating rounds, the table, and a line of JSON for each run.

A benchmark is a function under `@benchmark` that yields rows. A row is a job with the ways of doing it, nlprnn first;
the ways are measured in turn (A B A B), after rounds that only warm up, so that all of them meet the machine in the
same state. Ratios are taken within a round, and their median is printed.

`torch.utils.benchmark` and pyperf are not the core of it: both measure one way to its end before the next, and the
speed of a shared machine drifts by more than the differences that matter. Their care, a fixed number of threads,
warm-up, medians and the description of the machine, is what this file has as well.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple

import click
import torch
from machine import describe_commit, describe_machine, describe_versions, peak_memory
from peaks import bandwidth, clock, square_rate
from threadpoolctl import threadpool_limits

Way = Callable[[], float] | str
"""One measurement of a job, in the unit of its row; or the reason why this way cannot be measured."""


class Limit(NamedTuple):
    """Limit that the machine sets to a job: the work of an item, and the rate at which the machine can do it.

    The share of the limit is items per second times `work` over `rate()`.
    """

    work: float
    rate: Callable[[], float]
    unit: Literal["FLOP", "bytes"] = "FLOP"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A job, measured in several ways that are compared.

    Args:
        name: what is done.
        unit: of the measurements: items per second, or "s" and "MB", of which less is better.
        ways: measurement of each way by its name, that of nlprnn first.
        limit: of the machine, measured in the same rounds.
        note: what is not equal between the ways.
    """

    name: str
    unit: str
    ways: Mapping[str, Way]
    limit: Limit | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Measurements of a row: `values` by way and `limits` (FLOP or bytes per second), one for each round."""

    row: Row
    values: dict[str, list[float]]
    limits: list[float] = field(default_factory=list)

    def ratios(self, way: str) -> list[float]:
        """Return how many times as good the first way is as this one, for each round."""
        first = next(iter(self.values.values()))
        less_is_better = self.row.unit in ("s", "MB")
        pairs = zip(first, self.values[way], strict=True)
        return [other / ours if less_is_better else ours / other for ours, other in pairs]

    def shares(self, way: str) -> list[float]:
        """Return the share of the machine's limit that a way reaches, for each round."""
        work = self.row.limit.work if self.row.limit else 0.0
        return [rate * work / limit for rate, limit in zip(self.values[way], self.limits, strict=True)]

    def as_json(self) -> dict[str, Any]:
        """Return all that was measured, for the results file."""
        limit = self.row.limit
        unavailable = {name: way for name, way in self.row.ways.items() if isinstance(way, str)}
        facts = {"name": self.row.name, "unit": self.row.unit, "values": self.values, "unavailable": unavailable}
        rates = {"work": limit.work, "unit": limit.unit, "rates": self.limits} if limit else None
        return facts | {"limit": rates, "note": self.row.note}


def rate(items: int, work: Callable[[], object]) -> float:
    """Return the items per second of one call of `work`, which processes `items` items."""
    began = clock()
    work()
    return items / (clock() - began)


def pace(steps: Iterator[int], seconds: float) -> float:
    """Take steps, each of which yields its number of items, for some seconds; return items per second."""
    began, items = clock(), 0
    while (spent := clock() - began) < seconds:
        items += next(steps)
    return items / spent


def measure(row: Row, *, rounds: int, warm_up: int = 1) -> Measured:
    """Measure all ways of a row and the machine's limit in turn, for `rounds` rounds after those of the warm-up."""
    ways = {name: way for name, way in row.ways.items() if not isinstance(way, str)}
    measured = Measured(row=row, values={name: [] for name in ways})
    for number in range(-warm_up, rounds):
        values = {name: way() for name, way in ways.items()}
        if number >= 0:
            for name, value in values.items():
                measured.values[name].append(value)
            if row.limit:
                measured.limits.append(row.limit.rate())
    return measured


def table_lines(measured: Measured) -> Iterator[str]:
    """Yield a line for each way: median, range, how many times as good the first way is, share of the limit."""
    row = measured.row
    first = next(iter(measured.values), None)
    for number, (way, measurement) in enumerate(row.ways.items()):
        name = "" if number else row.name
        if isinstance(measurement, str):
            yield f"{name:33} {way:13} {measurement}"
            continue
        value = f"{spread(measured.values[way])} {row.unit}"
        ratio = spread(measured.ratios(way)) if way != first else ""
        share = f"{median(measured.shares(way)):.0%}" if measured.limits else ""
        yield f"{name:33} {way:13} {value:44}{ratio:24}{share:>9}".rstrip()
    if row.note:
        yield f"{'':34}({row.note})"


HEADING = f"{'job':33} {'way':13} {'median (range)':44}{'ratio to it (range)':24}{'of limit':>9}"


def spread(values: list[float]) -> str:
    """Return median and range with three digits."""
    digits = max(0, 2 - len(str(int(abs(median(values))))) + 1)
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def benchmark(
    *, rounds: int = 3, warm_up: int = 1, threads: int = 2, quick: Mapping[str, object] | None = None
) -> Callable[[Callable[..., Iterable[Row]]], click.Command]:
    """Make a command of a function that yields rows: it measures, prints and records them.

    Args:
        rounds: default number of measured rounds.
        warm_up: number of rounds before them that are not counted.
        threads: default number of CPU threads.
        quick: values of options under `--quick`, for a run of seconds that shows that all works.
    """

    def quicken(context: click.Context, _: click.Parameter, value: bool) -> bool:
        if value:
            context.default_map = {"rounds": 1, **(quick or {})}
        return value

    def decorate(function: Callable[..., Iterable[Row]]) -> click.Command:
        def run(*, threads: int, rounds: int, quick: bool, results: Path | None, **options: object) -> None:
            os.environ["OMP_NUM_THREADS"] = str(threads)  # for processes that a benchmark starts
            torch.set_num_threads(threads)
            torch.manual_seed(0)
            name = Path(function.__code__.co_filename).stem  # which `__module__` is not, in a script that is run
            facts: dict[str, Any] = {"benchmark": name, "quick": quick, "threads": threads, "options": options}
            with threadpool_limits(threads):
                facts |= describe_run()
                print_run(facts)
                rows = []
                for row in function(**options):
                    rows.append(measure(row, rounds=rounds, warm_up=warm_up))
                    click.echo("\n".join(table_lines(rows[-1])))
            facts |= {"peak_memory_mb": peak_memory(), "rows": [row.as_json() for row in rows]}
            click.echo(f"peak memory {facts['peak_memory_mb']:,.0f} MB")
            if results:
                append_line(results, facts)

        shared = [
            click.Option(["--threads"], default=threads, type=click.IntRange(1), help="CPU threads."),
            click.Option(["--rounds"], default=rounds, type=click.IntRange(1), help="Rounds of all ways in turn."),
            click.Option(
                ["--quick"], is_flag=True, is_eager=True, callback=quicken, help="One round of small jobs, in seconds."
            ),
            click.Option(
                ["--results"], type=click.Path(dir_okay=False, path_type=Path), help="JSON lines to append to."
            ),
        ]
        parameters = [*reversed(getattr(function, "__click_params__", [])), *shared]
        settings = {"show_default": True}
        return click.Command(None, callback=run, params=parameters, help=function.__doc__, context_settings=settings)

    return decorate


def describe_run() -> dict[str, Any]:
    """Return machine, versions, commit, date, command and the peaks of the machine."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": describe_commit(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "machine": describe_machine(),
        "versions": describe_versions(),
        "clock": "processor time" if torch.get_num_threads() == 1 else "wall-clock time",
        "product_gflops": square_rate() / 1e9,
        "bandwidth_gbs": bandwidth() / 1e9,
    }


def print_run(facts: dict[str, Any]) -> None:
    """Print the machine and the heading of the table."""
    machine = facts["machine"]
    sets = " ".join(machine["instruction_sets"])
    click.echo(f"{facts['benchmark']}: {machine['processor']} ({sets}), {facts['threads']} threads, {facts['clock']}")
    click.echo(
        f"torch {facts['versions']['torch']}, fp32 matrix products {facts['product_gflops']:.1f} GFLOP/s, "
        f"memory {facts['bandwidth_gbs']:.1f} GB/s, load {machine['load']:.1f} of {machine['cores']} cores\n{HEADING}"
    )


def append_line(path: Path, facts: dict[str, Any]) -> None:
    """Append a run to the results file, as one line of JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(facts, ensure_ascii=False, default=str) + "\n")  # paths among the options
