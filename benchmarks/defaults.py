"""Recipes with their defaults on several data sets, beside a bag of words, with several seeds.

python benchmarks/defaults.py --data FOLDER --names sst2,mr,banking77:text:category --vectors glove.6B.50d.txt.gz

Each run is a plain command in a process of its own, `python recipes/news.py --dataset FOLDER/mr`, with `--vectors`
where they cover more than half of the words of the training texts, and nothing else but what stands after `--`. The
baseline (`tfidf.py`) has the same splits. Each result is written to `--results` as its run ends: the same command,
repeated, runs only what is missing, and prints the table of all.

With `--texts 500` the recipe gets 500 of the training texts, drawn in proportion to the classes, and the test texts;
its validation texts are taken from the 500.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from defaults_table import Row, render
from tfidf import fit_baseline

from nlprnn.tasks.labelled_texts import LabelledTexts, load_classes
from nlprnn.tasks.vocabulary import train_vocabulary

MIN_COVERAGE = 0.5
MIN_FREQUENCIES = (1, 2)
"""Of the n-grams of the baseline: which is better depends on the data."""

RECIPES = Path(__file__).resolve().parents[1] / "recipes"


@dataclass(frozen=True)
class Source:
    """A data set.

    Attributes:
        name: for the table.
        path: folder or file.
        text_field: column of the text; None = guessed.
        label_field: column of the label; None = guessed.
    """

    name: str
    path: str
    text_field: str | None = None
    label_field: str | None = None

    def load(self) -> LabelledTexts:
        """Load it as the recipes do."""
        return load_classes(self.path, text_field=self.text_field, label_field=self.label_field)

    def arguments(self) -> list[str]:
        """Return the arguments of a recipe that name it."""
        columns = {"--text-field": self.text_field, "--label-field": self.label_field}
        fields = [word for flag, column in columns.items() if column for word in (flag, column)]
        return ["--dataset", self.path, *fields]


def stratified(targets: np.ndarray, number: int) -> np.ndarray:
    """Return numbers of rows, ascending, that are drawn at random in proportion to the classes.

    Args:
        targets: (rows,) int, the class of each row.
        number: of rows to draw; all if there are fewer.
    """
    order = np.random.default_rng(0).permutation(len(targets))
    place = np.empty(len(targets))
    for label in np.unique(targets):
        rows = order[targets[order] == label]
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return np.sort(np.argsort(place, kind="stable")[:number])


def write_subset(source: Source, number: int, folder: Path) -> Source:
    """Write a number of training texts, and the test texts, into a folder; return them as a data set."""
    data = source.load()
    kept = {"train": stratified(data.targets["train"], number), "test": np.arange(len(data.texts["test"]))}
    for split, rows in kept.items():
        texts, targets = data.texts[split], data.targets[split]
        lines = [json.dumps({"text": texts[int(row)], "label": data.labels[targets[row]]}) + "\n" for row in rows]
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return Source(source.name, str(folder))


def describe(source: Source, vectors: Path | None) -> dict[str, Any]:
    """Return sizes, the coverage of the vectors, and the baseline's scores of a data set.

    Args:
        source: the data set.
        vectors: file of pretrained vectors, if there is one.
    """
    data = source.load()
    vocabulary = train_vocabulary(data.texts["train"], min_frequency=1, vectors=vectors)
    baselines = [asdict(fit_baseline(data, min_frequency=least)) for least in MIN_FREQUENCIES]
    return {
        "texts": {split: len(texts) for split, texts in data.texts.items()},
        "classes": len(data.labels),
        "coverage": vocabulary.coverage.tokens if vocabulary.coverage else 0.0,
        "baselines": baselines,
    }


def in_new_process(function: Any, *arguments: Any) -> Any:
    """Return what a function returns: the peak memory of later processes begins with that of this one."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def run_recipe(recipe: str, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Run a recipe in a process of its own.

    Args:
        recipe: its name.
        arguments: of the command.
        folder: new, for the model.

    Returns:
        scores, those of network and n-grams, minutes from start to end, and peak memory in MB.

    Raises:
        click.ClickException: the recipe failed; with the end of its output.
    """
    command = [sys.executable, str(RECIPES / f"{recipe}.py"), *arguments, "--out", str(folder)]
    log = folder.with_suffix(".log")
    began = time.perf_counter()
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    output = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode:
        raise click.ClickException(f"{' '.join(command)} failed:\n{output[-2000:]}")
    return {
        "scores": json.loads((folder / "scores.json").read_text(encoding="utf-8")),
        "components": components(output),
        "minutes": (time.perf_counter() - began) / 60,
        "megabytes": usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    }


def components(output: str) -> dict[str, dict[str, float]]:
    """Return the accuracies of "network" and "n-grams" on each split, from the output of a recipe with n-grams."""
    lines = re.findall(r"^(\w+) +accuracy: (.+)$", output, re.MULTILINE)
    return {split: {name: float(value) for name, value in re.findall(r"(\S+) ([\d.]+)", line)} for split, line in lines}


class Results:
    """Records in a file of JSON lines, each with a key.

    Args:
        path: of the file; what it holds is read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.records: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def find(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record of a key; None = there is none."""
        return next((record for record in self.records if all(record.get(name) == key[name] for name in key)), None)

    def add(self, key: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """Append a record to the file."""
        self.records.append({**key, **record})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.records[-1]) + "\n")


@dataclass(frozen=True)
class Benchmark:
    """What is run on each data set, and its results so far.

    Attributes:
        results: for this and other settings.
        recipe: its name.
        seeds: number of runs, from seed 1.
        texts: number of training texts; None = all.
        vectors: file of pretrained vectors, if there is one.
        arguments: of the recipe beside its data set and vectors.
    """

    results: Results
    recipe: str
    seeds: int
    texts: int | None
    vectors: Path | None
    arguments: tuple[str, ...]

    def measure(self, source: Source) -> Row:
        """Return what is known of a data set; what is missing is measured."""
        with TemporaryDirectory() as temporary:
            if self.texts is not None:
                folder = Path(temporary, "data")
                folder.mkdir()
                source = in_new_process(write_subset, source, self.texts, folder)
            key = {"data": source.name, "subset": self.texts, "vectors": str(self.vectors)}
            described = self.results.find({**key, "kind": "baseline"})
            if described is None:
                described = in_new_process(describe, source, self.vectors)
                self.results.add({**key, "kind": "baseline"}, described)
            arguments = [*source.arguments(), *self.arguments]
            if self.vectors and described["coverage"] > MIN_COVERAGE:
                arguments += ["--vectors", str(self.vectors)]
            runs = []
            for seed in range(1, self.seeds + 1):
                run_key = {**key, "kind": self.recipe, "arguments": list(self.arguments), "seed": seed}
                run = self.results.find(run_key)
                if run is None:
                    seeded = [*arguments, "--seed", str(seed)] if seed > 1 else arguments
                    run = run_recipe(self.recipe, seeded, Path(temporary, f"seed_{seed}"))
                    self.results.add(run_key, run)
                    accuracy = run["scores"]["test"]["accuracy"]
                    message = f"{source.name}, seed {seed}: test accuracy {accuracy:.2f}, {run['minutes']:.1f} minutes"
                    click.echo(message, err=True)
                runs.append(run)
        return Row(source.name, described, runs)


@click.command(context_settings={"show_default": True})
@click.option("--data", type=click.Path(path_type=Path), default=Path(), help="Folder of the data sets.")
@click.option(
    "--names", required=True, help="Names of folders in it, with commas; columns after colons: mr:text:label."
)
@click.option("--recipe", type=click.Choice(["news", "sentiment"]), default="news", help="Recipe that is run.")
@click.option("--vectors", type=click.Path(exists=True, path_type=Path), help="Pretrained vectors, where they cover.")
@click.option("--seeds", default=3, help="Number of runs on each data set.")
@click.option("--texts", type=int, help="Number of training texts to draw.  [default: all]")
@click.option("--results", type=click.Path(path_type=Path), default=Path("defaults.jsonl"), help="File of results.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def main(data: Path, names: str, results: Path, **settings: Any) -> None:
    """Print a Markdown table of a recipe's scores with default options, and of the baseline's."""
    benchmark = Benchmark(Results(results), **settings)
    sources = [
        Source(name, str(data / name), *columns) for name, *columns in (item.split(":") for item in names.split(","))
    ]
    click.echo(render([benchmark.measure(source) for source in sources]))


if __name__ == "__main__":
    main()
