"""Odd values for every option of every recipe and verb: each ends soon, in little memory, and without a traceback.

python benchmarks/odd_options.py [--number 1000] [--seed 1] [--only translation]

The options and their types are those that the commands declare. A trial is a tiny run, or a verb with a tiny model, and
one option with one odd value. It is wrong if it prints a traceback, takes more than 10 seconds of a CPU, or a minute,
without training, or more than 2 GB. The search of `nlprnn tune` is left out: the options that it passes on are those
of the recipes.
"""

from __future__ import annotations

import os
import random
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import trials

SECONDS, LONGEST_WAIT, MEGABYTES = 10, 60, 2000
"""Seconds of a CPU, seconds in all (other programs may run), and peak memory."""

_ADDRESS_SPACE = 16 << 30
"""Bytes: a machine that is to go on working is not filled."""

_MODELS = trials.RECIPES.parent / "tests" / "frozen_models" / "v2"
_TEXT = "a good film"
VERBS: dict[str, list[str]] = {
    "classify": ["--model", f"{_MODELS}/classifier", _TEXT],
    "evaluate": ["--model", f"{_MODELS}/classifier", "--dataset", "DATA"],
    "explain": ["--model", f"{_MODELS}/classifier", "--steps", "2", _TEXT],
    "generate": ["--model", f"{_MODELS}/language_model", "--prompt", "a"],
    "info": [f"{_MODELS}/tagger"],
    "rate": ["--model", f"{_MODELS}/regressor", _TEXT],
    "recipes": [],
    "score": ["--model", f"{_MODELS}/language_model", "TEXT"],
    "tag": ["--model", f"{_MODELS}/tagger", _TEXT],
    "translate": ["--model", f"{_MODELS}/seq2seq", _TEXT],
}
"""Verb -> arguments with which it works; DATA and TEXT stand for files."""

_WORDS = ["", "x", "é🎉", "\x1b[31m", "a" * 5000, "%s%n{}", "../..", "-1", "[1]"]
_PATHS = ["", "/dev/null", "/dev/zero", "/nowhere/file", "FOLDER", "PIPE", "EMPTY", "BYTES", "a" * 5000]
_NUMBERS = ["x", "", "1,5", "1_000", "0x10", "nan", "inf", "-inf", "-1", "0", "1"]
ODD: Mapping[str, Sequence[str]] = {
    "integer": [*_NUMBERS, "2", "1.5", str(10**5), str(2**31), str(2**63), str(10**24), "9" * 5000],
    "float": [*_NUMBERS, "1e-300", "0.5", "1e6", "1e30", "1e300", str(10**24)],
    "choice": ["", "nothing", "X" * 5000],
    "path": _PATHS,
    "text": [*_WORDS, *_PATHS],
}
"""Kind of an option -> odd values; capitals stand for files."""


@dataclass(frozen=True)
class Trial:
    """One call of a command with an odd value.

    Attributes:
        command: recipe or verb.
        option: spelling of the option.
        value: its value; None for a flag.
    """

    command: str
    option: str
    value: str | None

    @property
    def added(self) -> list[str]:
        """Arguments of the option."""
        return [self.option] if self.value is None else [f"{self.option}={self.value}"]


def options(command: str, declared: click.Command) -> Iterator[Trial]:
    """Yield a trial for each odd value of each option of a command."""
    for parameter in declared.params:
        if not isinstance(parameter, click.Option) or "--help" in parameter.opts:
            continue
        if parameter.is_flag:
            yield from (Trial(command, name, None) for name in [*parameter.opts, *parameter.secondary_opts])
            continue
        kind = next((kind for kind in ODD if parameter.type.name.startswith(kind)), "text")
        yield from (Trial(command, parameter.opts[-1], value) for value in ODD[kind])


def commands() -> dict[str, click.Command]:
    """Return the recipes and verbs by their names."""
    recipes = {name: runpy.run_path(str(trials.RECIPES / f"{name}.py"))["main"] for name in trials.OPTIONS}
    group = runpy.run_module("nlprnn.cli.main")["main"]
    context = click.Context(group)
    verbs = {name: verb for name in VERBS if (verb := group.get_command(context, name)) is not None}
    return recipes | verbs


def arguments(trial: Trial, folder: Path) -> list[str]:
    """Return the arguments of a trial whose files are in a folder."""
    if trial.command in VERBS:
        data = trials.write_data(folder, "news")
        files = {"DATA": str(data), "TEXT": str(trials.write_data(folder, "text_generation"))}
        before = [files.get(argument, argument) for argument in VERBS[trial.command]]
        return [*_added(trial, folder), *before]
    data = trials.write_data(folder, trial.command)
    call = trials.arguments(trial.command, data, folder / "out", epochs=1)
    return [*call, "--max-minutes", "0.05", *_added(trial, folder)]


def _added(trial: Trial, folder: Path) -> list[str]:
    """Return the arguments of the odd option, with the files that its value may name."""
    paths = {name: folder / name.lower() for name in ("FOLDER", "PIPE", "EMPTY", "BYTES")}
    if trial.value not in paths:
        return trial.added
    path = paths[trial.value]
    if trial.value == "FOLDER":
        path.mkdir()
    elif trial.value == "PIPE":
        os.mkfifo(path)
    else:
        path.write_bytes(b"" if trial.value == "EMPTY" else bytes(range(256)) * 100)
    return [f"{trial.option}={path}"]


def outcome(trial: Trial, declared: click.Command, folder: Path) -> tuple[str, str]:
    """Run a trial; return how it ended, and the last line that it printed."""
    folder.mkdir()
    log = folder / "log"
    call = arguments(trial, folder)

    def run() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.chdir(folder)
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        sys.argv = [trial.command]
        declared.main(args=call, prog_name=trial.command)

    process, began = trials.forked(run, log), time.monotonic()
    while not (ended := os.wait4(process, os.WNOHANG))[0] and time.monotonic() - began < LONGEST_WAIT:
        time.sleep(0.02)
    late = not ended[0]
    if late:
        os.kill(process, signal.SIGKILL)
        ended = os.wait4(process, 0)
    _, status, usage = ended
    late |= os.WIFSIGNALED(status) and usage.ru_utime + usage.ru_stime > SECONDS - 1
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    lines = text.strip().splitlines() or [""]
    trains = any(path.stat().st_size for path in folder.rglob("metrics.jsonl"))
    if "Traceback" in text or (not late and os.WIFSIGNALED(status)):
        kind = "traceback"
    elif usage.ru_maxrss / 1024 > MEGABYTES:
        kind = "memory"
    elif late:
        kind = "still training" if trains else "hang"
    else:
        kind = "works" if status == 0 else "one sentence"
    return kind, lines[-1][:200]


WRONG = ("traceback", "memory", "hang")


@click.command()
@click.option("--number", default=1000, show_default=True, help="Number of trials.")
@click.option("--seed", default=1, show_default=True, help="Random seed of their choice.")
@click.option("--only", multiple=True, help="Recipe or verb; repeatable.")
def main(number: int, seed: int, only: Sequence[str]) -> None:
    """Try odd values of options, and print how many ended in which way."""
    known = {name: command for name, command in commands().items() if not only or name in only}
    every = [trial for name, command in known.items() for trial in options(name, command)]
    chosen = random.Random(seed).sample(every, min(number, len(every)))
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for index, trial in enumerate(chosen):
            folder = Path(scratch) / str(index)
            kind, line = outcome(trial, known[trial.command], folder)
            counts[kind] += 1
            if kind in WRONG:
                click.echo(f"{kind}: {trial.command} {trial.added[0][:80]!r}: {line}")
            shutil.rmtree(folder, ignore_errors=True)
    click.echo(f"{len(chosen)} of {len(every)} odd values: {', '.join(f'{n} {kind}' for kind, n in counts.items())}")
    sys.exit(any(counts[kind] for kind in WRONG))


if __name__ == "__main__":
    main()
