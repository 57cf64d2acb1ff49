"""Odd values for every option of every recipe and verb: each ends soon, in little memory, and without a traceback.

python benchmarks/odd_options.py [--number 1000] [--seed 1] [--only translation]

The options and their types are those that the commands declare. A trial is a tiny run, or a verb with a tiny model, and
one option, or another argument, with one odd value. It is wrong if it prints a traceback, takes more than 10 seconds
of a CPU beside the imports, or two minutes, in the second half of which it has neither written a file nor printed, or
more than 2 GB. Of `nlprnn tune` the options are tried that are of its search: those that it passes on are those of the
recipes. `nlprnn serve` ends as soon as it is ready.
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
import odd_verbs
import trial_data
import trials
from odd_verbs import NOT_WORKING, VERBS

SECONDS, LONGEST_WAIT, MEGABYTES = 10, 120, 2000
"""Seconds of a CPU, seconds in all (other programs may run), and peak memory."""

RUNS = "runs"
"""Folder of two tiny runs beside the folders of the trials."""

_ADDRESS_SPACE = 16 << 30
"""Bytes: a machine that is to go on working is not filled."""

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
        option: spelling of the option; "" for another argument.
        value: its value; None for a flag, or for the call as it is.
        call: the arguments of a verb, of `VERBS`, to which it is added.
    """

    command: str
    option: str
    value: str | None
    call: str = ""

    def arguments(self, value: str | None) -> list[str]:
        """Return the arguments that are added, with a value."""
        if value is None:
            return [self.option] if self.option else []
        return [f"{self.option}={value}"] if self.option else ["--", value]


def odd_trials(command: str, declared: click.Command) -> Iterator[Trial]:
    """Yield a trial for each odd value of each option and argument of a command."""
    recipes = {parameter.name for parameter in _recipe("news").params} if command.startswith("tune") else set()
    for parameter in declared.params:
        if "--help" in parameter.opts or parameter.name in recipes:
            continue
        kind = next((kind for kind in ODD if parameter.type.name.startswith(kind)), "text")
        names, values = [parameter.opts[-1]], list(ODD[kind])
        if isinstance(parameter, click.Argument):
            names = [""]
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            names, values = [*parameter.opts, *parameter.secondary_opts], [None]
        for call in VERBS.get(command, [""]):
            yield from (Trial(command, name, value, call) for name in names for value in values)


def commands() -> dict[str, click.Command]:
    """Return the recipes and verbs by their names."""
    group = runpy.run_module("nlprnn.cli.main")["main"]
    return {name: _recipe(name) for name in trials.OPTIONS} | {name: _verb(group, name.split()) for name in VERBS}


def _recipe(name: str) -> click.Command:
    command: click.Command = runpy.run_path(str(trials.RECIPES / f"{name}.py"))["main"]
    return command


def _verb(group: click.Group, names: Sequence[str]) -> click.Command:
    command = group.get_command(click.Context(group), names[0])
    assert command is not None, names
    return _verb(command, names[1:]) if names[1:] and isinstance(command, click.Group) else command


def arguments(trial: Trial, folder: Path) -> list[str]:
    """Return the arguments of a trial whose files are in a folder."""
    added = trial.arguments(_value(trial, folder))
    if trial.command not in VERBS:
        call = trials.arguments(trial.command, trial_data.write_data(folder, trial.command), folder / "out", epochs=1)
        return [*call, "--max-minutes", "0.05", *added]
    call = odd_verbs.written(trial.call, folder, folder.parent / RUNS)
    if added and not trial.option:  # in the place of the last argument that is no option
        return [*call[:-1], *added]
    return [*call, *added]


def _value(trial: Trial, folder: Path) -> str | None:
    """Return the odd value, where it names a file with its path, and write this file."""
    if trial.value not in ("FOLDER", "PIPE", "EMPTY", "BYTES"):
        return trial.value
    path = folder / f"odd-{trial.value.lower()}"
    if trial.value == "FOLDER":
        path.mkdir()
    elif trial.value == "PIPE":
        os.mkfifo(path)
    else:
        path.write_bytes(b"" if trial.value == "EMPTY" else bytes(range(256)) * 100)
    return str(path)


def train_runs(folder: Path) -> None:
    """Train two tiny runs into a folder."""
    data = trial_data.write_data(folder, "news")
    for name in ("a", "b"):
        trials.wait(
            trials.train(
                "news", trials.arguments("news", data, folder / name), folder / "log", before=lambda rank: None
            )
        )


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
        if trial.command == "serve":
            odd_verbs.end_server()
        sys.argv = [trial.command]
        declared.main(args=call, prog_name=trial.command)

    process, began = trials.forked(run, log), time.time()  # of the clock by which files have their times
    while not (ended := os.wait4(process, os.WNOHANG))[0] and time.time() - began < LONGEST_WAIT:
        time.sleep(0.02)
    late = not ended[0]
    if late:
        os.kill(process, signal.SIGKILL)
        ended = os.wait4(process, 0)
    _, status, usage = ended
    late |= os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGXCPU)  # by the limit
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    lines = text.strip().splitlines() or [""]
    if "Traceback" in text or (not late and os.WIFSIGNALED(status)):
        kind = "traceback"
    elif usage.ru_maxrss / 1024 > MEGABYTES:
        kind = "memory"
    elif late:
        kind = "still working" if _last_written(folder) > (began + time.time()) / 2 else "hang"
    else:
        kind = "works" if status == 0 else "one sentence"
    return kind, lines[-1][:200]


def _last_written(folder: Path) -> float:
    """Return the newest time of a file, the log among them: of a command that works, be it between two trainings."""
    return max((path.stat().st_mtime for path in folder.rglob("*") if path.is_file()), default=0.0)


WRONG = ("traceback", "memory", "hang")


@click.command()
@click.option("--number", default=1000, show_default=True, help="Number of trials.")
@click.option("--seed", default=1, show_default=True, help="Random seed of their choice.")
@click.option("--only", multiple=True, help="Recipe or verb; repeatable.")
def main(number: int, seed: int, only: Sequence[str]) -> None:
    """Try odd values of options, and print how many ended in which way."""
    known = {name: command for name, command in commands().items() if not only or name in only}
    every = [trial for name, command in known.items() for trial in odd_trials(name, command)]
    chosen = random.Random(seed).sample(every, min(number, len(every)))
    counts: Counter[str] = Counter()
    trials.import_everything()
    with tempfile.TemporaryDirectory() as scratch:
        train_runs(Path(scratch, RUNS))
        for name in known.keys() - set(NOT_WORKING):
            for number, call in enumerate(VERBS.get(name, [""])):  # else odd values would prove nothing
                trial, folder = Trial(name, "", None, call), Path(scratch, f"{name}-{number}")
                kind, line = outcome(trial, known[name], folder)
                assert kind == "works", f"{kind}: {name} {call}: {line}"
        for index, trial in enumerate(chosen):
            folder = Path(scratch) / str(index)
            kind, line = outcome(trial, known[trial.command], folder)
            counts[kind] += 1
            if kind in WRONG:
                click.echo(f"{kind}: {trial.command} {trial.option} {str(trial.value)[:80]!r} ({trial.call}): {line}")
            shutil.rmtree(folder, ignore_errors=True)
    click.echo(f"{len(chosen)} of {len(every)} odd values: {', '.join(f'{n} {kind}' for kind, n in counts.items())}")
    sys.exit(any(counts[kind] for kind in WRONG))


if __name__ == "__main__":
    main()
