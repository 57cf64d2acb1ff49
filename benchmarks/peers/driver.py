"""Loop of a driver, which needs only the standard library: lines of JSON in, a measurement out for each.

The first line has the job, its settings and the number of threads; each line after it requests a measurement.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Work = Callable[[], int]
"""One measurement's work; it returns the number of items that were processed."""

Pair = list[list[int]]
"""Token ids of a source and of its target, without beginning and end."""


def groups(pairs: list[Pair], size: int) -> list[list[Pair]]:
    """Return pairs in groups of `size` whose sources are of similar lengths, the longest of a group first."""
    ordered = sorted(pairs, key=lambda pair: -len(pair[0]))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def mean_length(pairs: list[Pair]) -> int:
    """Return the mean length of targets, with their end."""
    return round(sum(len(target) + 1 for _, target in pairs) / len(pairs))


def serve(jobs: dict[str, Callable[[dict[str, Any]], Work]]) -> None:
    """Build the job that the first line names and measure it once a line, until the end of the input.

    As in nlprnn's measurements, processor time is measured with one thread, otherwise wall-clock time.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the peer prints must not be among the answers
    settings, work = {}, None
    for line in sys.stdin:
        try:
            if work is None:
                settings = json.loads(line)
                os.environ["OMP_NUM_THREADS"] = str(settings["threads"])
                work = jobs[settings["job"]](settings)
                answer: dict[str, Any] = {"ready": True}
            else:
                clock = time.process_time if settings["threads"] == 1 else time.perf_counter
                began = clock()
                items = work()
                answer = {"rate": items / (clock() - began)}
        except Exception as error:  # of any kind: the benchmark prints it and ends
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
