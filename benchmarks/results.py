"""Table of measured results: Markdown from the JSON lines that `--results` appends.

python benchmarks/results.py results.jsonl

Of several runs of a benchmark with the same number of threads on the same processor, the last one counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click
from machine import ROOT
from measurement import Limit, Measured, Row, spread

INTRODUCTION = """# Measured results

Made by `python benchmarks/results.py` from the JSON lines of the runs; what is measured and how is in
[docs/benchmarks.md](../docs/benchmarks.md). A value is the median of the rounds with its range, a ratio how many
times as good the first way of a job is as this one: the median of the ratios within rounds, with its range.
"""

_PLACES = re.compile(r" --(?:results|peers-folder) \S+")
"""Options of places on the machine, which change no figure."""


def newest(lines: list[str]) -> list[dict[str, Any]]:
    """Return the last whole run of each benchmark, number of threads and processor, in the order of their names."""
    runs = [run for run in map(json.loads, lines) if not run["quick"]]
    last = {(run["benchmark"], run["machine"]["processor"], run["threads"]): run for run in runs}
    return [run for _, run in sorted(last.items())]


def section(run: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the section of a run."""
    machine, versions = run["machine"], run["versions"]
    yield f"\n## {run['benchmark']}, {run['threads']} thread{'s' if run['threads'] > 1 else ''}\n"
    yield f"`python benchmarks/{_PLACES.sub('', run['command'])}`\n"
    yield (
        f"{machine['processor']} ({' '.join(machine['instruction_sets'])}), {run['clock']}, load {machine['load']:.1f} "
        f"of {machine['cores']} cores at the start; fp32 matrix products {run['product_gflops']:.1f} GFLOP/s, memory "
        f"{run['bandwidth_gbs']:.1f} GB/s; Python {versions['python']}, torch {versions['torch']}; commit "
        f"{str(run['commit'])[:8]}, {run['date'][:10]}; peak memory {run['peak_memory_mb']:,.0f} MB.\n"
    )
    yield "| job | way | value | ratio to it | of the limit |"
    yield "|---|---|---|---|---|"
    for row in run["rows"]:
        yield from row_lines(row)


def row_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each way of a row, measured or not, and its note."""
    limit = facts["limit"]
    row = Row(
        name=facts["name"],
        unit=facts["unit"],
        ways=dict.fromkeys(facts["values"], ""),
        limit=Limit(limit["work"], float, limit["unit"]) if limit else None,
    )
    measured = Measured(row=row, values=facts["values"], limits=limit["rates"] if limit else [])
    first = next(iter(measured.values), None)
    for way, values in measured.values.items():
        ratio = "" if way == first else spread(measured.ratios(way))
        share = f"{median(measured.shares(way)):.0%}" if measured.limits else ""
        yield f"| {row.name if way == first else ''} | {way} | {spread(values)} {row.unit} | {ratio} | {share} |"
    for way, reason in facts["unavailable"].items():
        yield f"| | {way} | {reason} | | |"
    if facts["note"]:
        yield f"| | | *{facts['note']}* | | |"


@click.command(context_settings={"show_default": True})
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=ROOT / "benchmarks" / "RESULTS.md", help="Page."
)
def main(files: tuple[Path, ...], out: Path) -> None:
    """Write the results in FILES, JSON lines of `--results`, as one page of Markdown."""
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    sections = ["\n".join(section(run)) for run in newest(lines)]
    out.write_text("\n".join([INTRODUCTION.rstrip(), *sections]) + "\n", encoding="utf-8")
    click.echo(f"{len(sections)} results: {out}")


if __name__ == "__main__":
    main()
