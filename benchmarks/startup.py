"""Start-up time of the command: seconds from the start of a process to its first output.

python benchmarks/startup.py

The first process of each is not counted: it writes the compiled files of Python (`.pyc`), as installing a wheel does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from measurement import Row, benchmark

PROMPT = "Once upon a time"
COMMANDS = {
    "nlprnn --help": ["--help"],
    "nlprnn generate": ["generate", "--prompt", PROMPT, "--length", "50"],
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


@benchmark(rounds=7, threads=1)
def main() -> Iterator[Row]:
    """Start commands, each in a process of its own."""
    for name, arguments in COMMANDS.items():
        skip = len(PROMPT) if "generate" in arguments else 0
        yield Row(name=name, unit="s", ways={"first output": partial(first_output, arguments, skip)})


if __name__ == "__main__":
    main()
