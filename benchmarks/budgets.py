"""Time budgets of `--max-minutes`, kept on large validation sets: the whole command, from its start to its scores.

python benchmarks/budgets.py [--minutes 0.5 --minutes 2] [--recipe tagging] [--validation 20000]

A run may take 5 % and 10 seconds more than its budget. Other programs should rest: the seconds are those of the clock.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import trials

RECIPES = ("sentiment", "tagging", "translation", "text_generation")
_WORDS = [f"{first}{vowel}{last}" for first in "bdfklmnprst" for vowel in "aeiou" for last in "dklmnrst"]
_WEIGHTS = [1 / rank for rank in range(1, len(_WORDS) + 1)]


def limit(minutes: float) -> float:
    """Return the most seconds that a run with a budget may take."""
    return 60 * minutes * 1.05 + 10


def write_data(folder: Path, recipe: str, rows: int, validation: int) -> None:
    """Write the splits of random texts of 5 to 50 words, the validation and the test split equally large."""
    rng = random.Random(1)
    folder.mkdir(parents=True)
    suffix = {"tagging": "conll", "text_generation": "txt"}.get(recipe, "jsonl")
    for split, number in (("train", rows), ("validation", validation), ("test", validation)):
        with (folder / f"{split}.{suffix}").open("w", encoding="utf-8") as file:
            file.writelines(_row(recipe, rng) + "\n" for _ in range(number))


def _row(recipe: str, rng: random.Random) -> str:
    words = rng.choices(_WORDS, _WEIGHTS, k=rng.randint(5, 50))
    if recipe == "tagging":
        return "".join(f"{word} {'B-X' if word[0] in 'kt' else 'O'}\n" for word in words)
    if recipe == "translation":
        return json.dumps({"en": " ".join(words), "de": " ".join(word[::-1] for word in words)})
    if recipe == "text_generation":
        return " ".join(words).capitalize() + "."
    return json.dumps({"text": " ".join(words), "label": "pos" if "e" in words[0] else "neg"})


@click.command()
@click.option("--minutes", multiple=True, type=float, default=[0.5, 2.0], help="Budget; repeatable.")
@click.option("--recipe", "recipes", multiple=True, default=RECIPES, help="Recipe to train; repeatable.")
@click.option("--rows", default=40_000, help="Rows of the training split.")
@click.option("--validation", default=20_000, help="Rows of the validation split, and of the test split.")
def main(minutes: tuple[float, ...], recipes: tuple[str, ...], rows: int, validation: int) -> None:
    """Train within budgets, and print how long it took."""
    late = 0
    click.echo(f"{'recipe':<16}{'budget s':>10}{'took s':>10}{'limit s':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        for recipe in recipes:
            data = Path(scratch, recipe)
            write_data(data, recipe, rows, validation)
            for budget in minutes:
                call = ["--dataset", str(data), "--out", f"{data}-{budget}", "--max-minutes", str(budget)]
                began = time.monotonic()
                subprocess.run(
                    [sys.executable, str(trials.RECIPES / f"{recipe}.py"), *call], check=True, stdout=subprocess.DEVNULL
                )
                seconds = time.monotonic() - began
                late += seconds > limit(budget)
                mark = "  LATE" if seconds > limit(budget) else ""
                click.echo(f"{recipe:<16}{60 * budget:>10.0f}{seconds:>10.1f}{limit(budget):>10.1f}{mark}")
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
