"""Start-up time of the command: seconds from the start of a process to its first output.

python benchmarks/startup.py

The first process of each is not timed: it writes the compiled files of Python (`.pyc`), as installing a wheel does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

import click

COMMANDS = {
    "nlprnn --help": ["--help"],
    'nlprnn generate --prompt "Once upon a time" (first generated character)': [
        *("generate", "--prompt", "Once upon a time", "--length", "50")
    ],
}


def first_output(arguments: list[str], skip: int) -> float:
    """Return the seconds from the start of the command until it has written more than `skip` bytes."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "nlprnn.cli.main", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        process.stdout.read(skip + 1)
        elapsed = time.perf_counter() - began
        process.stdout.read()
    return elapsed


@click.command(context_settings={"show_default": True})
@click.option("--repeats", default=7, help="Number of timed processes of each command.")
def main(repeats: int) -> None:
    """Print the median and the range of the start-up time of each command."""
    for name, arguments in COMMANDS.items():
        skip = len("Once upon a time") if "generate" in arguments else 0
        times = [first_output(arguments, skip) for _ in range(repeats + 1)][1:]
        click.echo(f"{name}: {median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main()
