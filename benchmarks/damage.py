"""Damaged files of models and runs, and edited data: each is refused in one sentence, or nothing is different.

python benchmarks/damage.py --number 1000 --edits 200

A file is flipped in one bit, truncated, zeroed, deleted, or swapped with that of another run. Then the model is loaded
and answers, or a run that was killed is resumed, and what it answers or has made is compared with that of the
undamaged one. An edit of the data, or damage to a clip, comes between a run and its resumption.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import kills
import trial_data
import trials

KINDS = ("flip", "truncate", "zero", "delete", "swap")
_UNREAD = ("README.md", "scores.json", "learning_curve.png")
"""Files of a model that loading does not read."""


@dataclass(frozen=True)
class Subject:
    """A run to damage.

    Attributes:
        recipe: its name.
        data: the file it has read.
        model: folder of the run at its end.
        other: folder of a run with another seed.
        run: folder of the run when it was killed.
        answers: of its model.
        made: what it has made at its end.
    """

    recipe: str
    data: Path
    model: Path
    other: Path
    run: Path
    answers: str
    made: dict[str, Any]


def answer(folder: Path) -> None:
    """Print what the model in a folder answers for a few texts, sequences, recordings or series."""
    import numpy as np

    import nlprnn
    from nlprnn.pipelines import Forecaster, Generator, Recognizer, SequenceClassifier

    texts = ["film number 7 is good", "Once upon a time Berg3 saw Ville4 ."]
    series = trial_data.series_table(30)
    series["y"][-1] = ""  # what is to be forecast
    pipeline = nlprnn.load(folder, device="cpu")
    answers: Any
    if isinstance(pipeline, Generator):
        answers = [pipeline.score(texts)]
    elif isinstance(pipeline, Forecaster):
        answers = [forecast.quantiles for forecast in pipeline(series)]
    elif isinstance(pipeline, SequenceClassifier):
        answers = pipeline([trial_data.curve(number) for number in range(3)])
    elif isinstance(pipeline, Recognizer):
        answers = list(pipeline.transcribe([np.array(trial_data.tone(number)) / 2**15 for number in range(3)]))
    else:
        answers = list(pipeline(texts))
    print(repr([one.tolist() if isinstance(one, np.ndarray) else one for one in answers]))


def answered(folder: Path, log: Path) -> tuple[int, str]:
    """Return exit code and output of a process that lets the model in a folder answer."""

    def load() -> None:
        from nlprnn.errors import NlprnnError

        try:
            answer(folder)
        except NlprnnError as error:
            print(f"Error: {error}")
            sys.exit(1)

    (code,) = trials.wait([trials.forked(load, log)])
    return code, log.read_text(encoding="utf-8")


def resumed(recipe: str, folder: Path, log: Path) -> tuple[int, str]:
    """Return exit code and output of a run that is resumed."""
    call = ["--out", str(folder), "--resume"]
    (code,) = trials.wait(trials.train(recipe, call, log, before=lambda rank: None))
    return code, log.read_text(encoding="utf-8")


def make_subject(recipe: str, place: Path) -> Subject:
    """Train two runs of a recipe, and the first once more until it is killed."""
    data = trial_data.write_data(place, recipe)
    whole = kills.train_whole(recipe, 1, data, place)
    for name, seed, fatal in (("other", "2", None), ("run", "1", 2 * whole.instants[0] // 3)):
        call = [*trials.arguments(recipe, data, place / name), "--seed", seed]
        trials.wait(trials.train(recipe, call, place / "log", before=lambda rank, fatal=fatal: kills.arm(fatal)))
    code, answers = answered(place / "whole", place / "answers")
    assert code == 0, answers
    return Subject(recipe, data, place / "whole", place / "other", place / "run", answers, whole.results)


def damage(path: Path, kind: str, other: Path, rng: random.Random) -> None:
    """Damage a file; `other` is the file of its name in another run."""
    content = bytearray(path.read_bytes())
    if kind == "delete":
        path.unlink()
    elif kind == "swap" and other.exists():
        shutil.copyfile(other, path)
    elif content:
        place = rng.randrange(len(content))
        if kind == "flip":
            content[place] ^= 1 << rng.randrange(8)
        elif kind == "truncate":
            del content[place:]
        else:
            content[place : place + 100] = bytes(len(content[place : place + 100]))
        path.write_bytes(content)


def verdict(code: int, text: str, path: Path, *, same: bool) -> str:
    """Return what came of damage to a file, beginning with "WRONG" where it should not have come."""
    error = text.strip().splitlines()[-1] if text.strip() else ""
    if "Traceback" in text or code not in (0, 1):
        return "WRONG: a traceback"
    if code == 0:
        return "nothing is different" if same else "WRONG: silently different"
    return "refused by name" if path.name in error else f"WRONG: refused without the name of {path.name}"


def damage_model(subject: Subject, folder: Path, rng: random.Random) -> tuple[str, str]:
    """Damage a file of a model, and let it answer; return the verdict, and the damage."""
    model = folder / "model"
    shutil.copytree(subject.model, model, ignore=shutil.ignore_patterns("checkpoint", "metrics.jsonl", "run.json"))
    path = rng.choice([path for path in sorted(model.iterdir()) if path.name not in _UNREAD])
    kind = rng.choice(KINDS)
    damage(path, kind, subject.other / path.name, rng)
    code, text = answered(model, folder / "log")
    return verdict(code, text, path, same=text == subject.answers), f"model: {kind} {path.name}\n{text}"


def damage_run(subject: Subject, folder: Path, rng: random.Random) -> tuple[str, str]:
    """Damage a file of a run, and resume it; return the verdict, and the damage."""
    run = shutil.copytree(subject.run, folder / "run")
    path = rng.choice([path for path in sorted(run.rglob("*")) if path.is_file()])
    kind = rng.choice(KINDS)
    name = path.relative_to(run)
    others = sorted((subject.other / "checkpoint").glob("step-*.pt"))
    damage(path, kind, rng.choice(others) if path.suffix == ".pt" else subject.other / name, rng)
    code, text = resumed(subject.recipe, run, folder / "log")
    made = trials.results(run) if code == 0 else {}
    if path.name == "metrics.jsonl" and code == 0:  # the log of what was is no input
        made["metrics.jsonl"] = subject.made["metrics.jsonl"]
    return verdict(code, text, path, same=made == subject.made), f"run: {kind} {name}\n{text}"


def edit_data(subject: Subject, folder: Path, rng: random.Random) -> tuple[str, str]:
    """Edit the data of a run, and resume it; return the verdict, and the edit."""
    run, clips = shutil.copytree(subject.run, folder / "run"), sorted(subject.data.parent.glob("clips/*"))
    path = rng.choice(clips) if clips and rng.random() < 0.5 else subject.data
    before = path.read_bytes()
    if path in clips:
        damage(path, kind := rng.choice(KINDS), rng.choice(clips), rng)
    else:
        kind = edit_lines(path, rng)
    try:
        code, text = resumed(subject.recipe, run, folder / "log")
    finally:
        path.write_bytes(before)
    same = code == 0 and trials.results(run) == subject.made
    # What became no data is named with its file, other changes with the splits.
    error = text.strip().splitlines()[-1]
    named = next((file for file in (path, subject.data) if str(file) in error), run)
    return verdict(code, text, named, same=same), f"data: {kind} {path.name}\n{text}"


def edit_lines(path: Path, rng: random.Random) -> str:
    """Edit a line of a file; return how."""
    lines = path.read_text(encoding="utf-8").splitlines()
    row, kind = rng.randrange(len(lines)), rng.choice(["change", "delete", "repeat", "swap", "append"])
    if kind == "change":
        lines[row] = lines[row].replace(rng.choice("aeiou12357"), rng.choice("y4"))
    elif kind == "delete":
        del lines[row]
    elif kind == "repeat":
        lines.insert(row, lines[row])
    elif kind == "swap":
        other = rng.randrange(len(lines))
        lines[row], lines[other] = lines[other], lines[row]
    else:
        lines.extend(lines[:row])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{kind} line {row + 1}"


@click.command()
@click.option("--number", default=1000, help="Number of damaged files, of models and of runs by turns.")
@click.option("--edits", default=200, help="Number of edits of the data.")
@click.option("--recipe", "recipes", multiple=True, default=list(trials.OPTIONS), help="Recipe to train; repeatable.")
@click.option("--seed", default=1, help="Random seed of the damage.")
def main(number: int, edits: int, recipes: tuple[str, ...], seed: int) -> None:
    """Damage models, runs and data, and count what came of it."""
    rng, outcomes = random.Random(seed), Counter[str]()
    trials.import_everything()
    with tempfile.TemporaryDirectory() as scratch:
        trials.use_cache(Path(scratch) / "cache")
        subjects = [make_subject(recipe, Path(scratch, recipe)) for recipe in recipes]
        for count in range(number + edits):
            subject, folder = subjects[count % len(subjects)], Path(scratch, str(count))
            folder.mkdir()
            harm = edit_data if count >= number else (damage_model, damage_run)[count // len(subjects) % 2]
            outcome, what = harm(subject, folder, rng)
            outcomes[f"{what.partition(':')[0]}: {outcome}"] += 1
            if outcome.startswith("WRONG"):
                click.echo(f"{subject.recipe}, {outcome}\n{what[-3000:]}", err=True)
            shutil.rmtree(folder)
    for outcome, times in sorted(outcomes.items()):
        click.echo(f"{times:5}  {outcome}")
    sys.exit(1 if any("WRONG" in outcome for outcome in outcomes) else 0)


if __name__ == "__main__":
    main()
