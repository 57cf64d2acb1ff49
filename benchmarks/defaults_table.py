"""The table of `defaults.py`: scores of a recipe beside those of the baseline, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import mean, stdev
from typing import Any, NamedTuple

MEASURES = [(split, name) for split in ("test", "validation") for name in ("accuracy", "macro_f1")]


class Row(NamedTuple):
    """What is known of a data set.

    Attributes:
        name: of the data set.
        data: its sizes, and the scores of the baselines.
        runs: scores, minutes and memory of each seed.
    """

    name: str
    data: dict[str, Any]
    runs: list[dict[str, Any]]


def render(rows: Sequence[Row]) -> str:
    """Return the table, and where the recipe is not above the baseline.

    A cell of a recipe is mean ± standard deviation over the seeds; one of the baseline has the two least frequencies of
    n-grams. The mean counts as above the baseline if it is above both.
    """
    measured = [f"{split} {'accuracy' if name == 'accuracy' else 'macro-F1'}" for split, name in MEASURES]
    heads = ["data", "training texts", "classes", *(f"{one} | bag of words" for one in measured)]
    heads += ["network alone", "n-grams alone", "minutes", "peak memory, MB"]
    head = "| " + " | ".join(heads) + " |"
    lines = [head, "|" + "---|" * (head.count("|") - 1), *map(_line, rows)]
    below = [[row.name for row in rows if not _is_above(row, *measure)] for measure in MEASURES]
    for one, names in zip(measured, below, strict=True):
        lost = f"; not on {', '.join(names)}" if names else ""
        lines.append(f"\n{one}: above the bag of words on {len(rows) - len(names)} of {len(rows)}{lost}")
    return "\n".join(lines)


def _line(row: Row) -> str:
    name, data, runs = row
    cells = [name, f"{data['texts']['train']:,}", f"{data['classes']:,}"]
    for split, measure in MEASURES:
        cells.append(_cell(run["scores"][split][measure] for run in runs))
        cells.append(" / ".join(f"{baseline['scores'][split][measure]:.1f}" for baseline in data["baselines"]))
    for component in ("network", "n-grams"):
        cells.append(_cell(run["components"].get("test", {}).get(component) for run in runs))
    cells.append(f"{mean(run['minutes'] for run in runs):.1f}")
    cells.append(f"{max(run['megabytes'] for run in runs):,.0f}")
    return "| " + " | ".join(cells) + " |"


def _is_above(row: Row, split: str, measure: str) -> bool:
    best = max(baseline["scores"][split][measure] for baseline in row.data["baselines"])
    return mean(run["scores"][split][measure] for run in row.runs) > best


def _cell(values: Iterable[float | None]) -> str:
    """Return mean ± standard deviation; "" where there are none."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return ""
    return f"{mean(numbers):.1f}" + (f" ± {stdev(numbers):.1f}" if len(numbers) > 1 else "")
