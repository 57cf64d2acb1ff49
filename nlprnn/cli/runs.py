"""`nlprnn runs`: the runs in a folder, how far they have come, and their scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.tables import column_lines
from nlprnn.cli.verb import json_option, verb

if TYPE_CHECKING:
    from nlprnn.experiment.run_overview import RunOverview


@verb(
    click.Argument(["folder"], required=False, default="runs", type=click.Path(path_type=Path)),
    json_option("a line for each run, with its options"),
)
def runs(folder: Path, as_json: bool) -> None:
    """List the runs in FOLDER, by default runs: recipe, state, length and scores, the oldest first.

    \b
    nlprnn runs
    nlprnn runs experiments --json
    """
    from nlprnn.experiment.run_overview import RunOverview, find_runs

    overviews = [RunOverview.read(path) for path in find_runs(folder)]
    if as_json:
        for overview in overviews:
            print(json.dumps({**asdict(overview), "folder": str(overview.folder)}))
        return
    print(*column_lines(run_table(overviews)), sep="\n")


def run_table(overviews: Sequence[RunOverview]) -> list[list[str]]:
    """Return the rows of a table of runs, its head first."""
    head = ["run", "recipe", "state", "epochs", "minutes", "validation", "test"]
    return [head] + [
        [
            str(run.folder),
            run.recipe,
            run.state,
            f"{run.epochs:.4g}",
            f"{run.minutes:.1f}",
            *(
                ", ".join(f"{name} {value:.4g}" for name, value in scores.items())
                for scores in (run.validation, run.test)
            ),
        ]
        for run in overviews
    ]
