"""Mutation run: how many small changes of the code the tests notice.

pip install -e ".[dev,mutation]"
python benchmarks/mutation.py --number 200 --jobs 2 --out mutation.jsonl

Each change, of a comparison, a sign, a constant or an and/or, is made in a copy of the repository by cosmic-ray, and
the tests named after the changed file run until the first that fails; if none does, all of its room, then those of the
rooms above. The output has a line for each change with the verdict, and a run that was stopped continues after them;
the changes that survive are printed, to be looked at one by one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from queue import SimpleQueue

import click
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code, use_mutation
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "data": ["tests/data", "tests/tasks tests/cli/test_evaluate_classifier.py tests/recipes/test_sentiment.py"],
    "decoding": ["tests/decoding", "tests/pipelines tests/cli/test_generate.py"],
    "models": ["tests/models", "tests/pipelines tests/tasks tests/interpret"],
    "modules": ["tests/modules", "tests/models tests/pipelines"],
    "text": ["tests/text", "tests/pipelines tests/cli/test_classify.py"],
    "training": ["tests/training", "tests/recipes/test_sentiment.py tests/recipes/test_text_generation.py"],
}
"""Room -> the tests that are run, and those that are run if they notice nothing."""
KINDS = (
    *("core/ReplaceComparisonOperator", "core/NumberReplacer", "core/ReplaceBinaryOperator", "core/ReplaceUnary"),
    *("core/ReplaceAndWithOr", "core/ReplaceOrWithAnd", "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue"),
    "core/AddNot",
)
GUARDS = ("frozen=True", "strict=True")
TIMEOUT_SECONDS = 600.0

Change = tuple[str, str, int]
"""File, operator of cosmic-ray and its occurrence in the file."""


def changes_of(room: str) -> list[Change]:
    """Return all changes that can be made in a room; `int | None` in an annotation is not evaluated and none."""
    operators = [name for name in operator_names() if name.startswith(KINDS) and "BitOr" not in name]
    changes = []
    for path in sorted((ROOT / "nlprnn" / room).rglob("*.py")):
        tree = get_ast_from_path(path)
        for name in operators:
            operator = get_operator(name)()
            positions = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
            changes += [(path.relative_to(ROOT).as_posix(), name, occurrence) for occurrence in range(positions)]
    return changes


def draw(number: int, seed: int) -> list[Change]:
    """Return changes, the same number of each room, and of its kinds of change each as often as any other."""
    generator, drawn = random.Random(seed), []
    for room in ROOMS:
        by_kind: dict[str, list[Change]] = {}
        for change in changes_of(room):
            by_kind.setdefault(change[1].partition("_")[0], []).append(change)
        kinds = sorted(by_kind)
        choices = (generator.choice(by_kind[generator.choice(kinds)]) for _ in count())
        drawn += list(islice(filter(is_a_change, choices), -(-number // len(ROOMS))))
    generator.shuffle(drawn)
    return drawn[:number]


def is_a_change(change: Change) -> bool:
    """Return whether the changed file compiles and differs in more than a guard, on which no result depends."""
    file, operator, occurrence = change
    before = (ROOT / file).read_text(encoding="utf-8")
    after = mutate_code(before, get_operator(operator)(), occurrence)
    try:
        compile(after, file, "exec")
    except SyntaxError:  # the * of keyword arguments is an operator to cosmic-ray
        return False
    changed = next(old for old, new in zip(before.splitlines(), after.splitlines(), strict=False) if old != new)
    return not any(guard in changed for guard in GUARDS)


def copy_of_repository(folder: Path) -> Path:
    """Copy the files that git knows into a folder."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def tests_named_after(file: str, folder: Path) -> list[str]:
    """Return the tests of a file of the package in one string, or nothing if none is named after it."""
    mirrored = Path("tests", *Path(file).parts[1:-1])
    paths = sorted((folder / mirrored).glob(f"test_{Path(file).stem}*.py"))
    return [" ".join(path.relative_to(folder).as_posix() for path in paths)] if paths else []


def verdict(change: Change, folder: Path) -> dict[str, str]:
    """Make a change in a copy of the repository and return it with the verdict of the tests."""
    file, operator, occurrence = change
    environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with use_mutation(folder / file, get_operator(operator)(), occurrence) as (before, after):
        for tests in [*tests_named_after(file, folder), *ROOMS[Path(file).parts[1]]]:
            command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests.split()]
            try:
                run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT_SECONDS)
                noticed = run.returncode != 0
            except subprocess.TimeoutExpired:
                noticed = True
            if noticed:
                break
    (folder / file).write_text(before, encoding="utf-8")
    lines = zip(before.splitlines(), (after or "").splitlines(), strict=False)
    number, (old, new) = next((n, pair) for n, pair in enumerate(lines, start=1) if pair[0] != pair[1])
    change_text = f"{old.strip()}  ->  {new.strip()}"
    return {"place": f"{file}:{number}", "change": change_text, "verdict": "noticed" if noticed else "survived"}


@click.command(context_settings={"show_default": True})
@click.option("--number", default=200, help="Number of changes.")
@click.option("--seed", default=1, help="Seed of their choice.")
@click.option("--jobs", default=2, help="Number of changes that are tried at a time.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("mutation.jsonl"),
    help="File of the verdicts; those in it stay.",
)
def main(number: int, seed: int, jobs: int, out: Path) -> None:
    """Measure how many random changes of the code the tests notice."""
    counts = (
        Counter(json.loads(line)["verdict"] for line in out.read_text().splitlines()) if out.exists() else Counter()
    )
    changes = draw(number, seed)[counts.total() :]
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(jobs) as pool, out.open("a") as file:
        folders: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            folders.put(copy_of_repository(Path(temporary) / str(job)))

        def try_change(change: Change) -> dict[str, str]:
            folder = folders.get()
            try:
                return verdict(change, folder)
            finally:
                folders.put(folder)

        for result in pool.map(try_change, changes):
            counts[result["verdict"]] += 1
            file.write(json.dumps(result) + "\n")
            file.flush()
            if result["verdict"] == "survived":
                click.echo(f"{result['place']}  {result['change']}")
    total = counts.total()
    click.echo(f"noticed {counts['noticed']} of {total} ({counts['noticed'] / total:.1%})")


if __name__ == "__main__":
    main()
