"""Tiny runs of every recipe in processes of their own, for the trials of `kills.py`, `damage.py` and `odd_options.py`.

A process is forked after everything is imported, so that a trial takes as long as its training, about a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import runpy
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

RECIPES = Path(__file__).resolve().parent.parent / "recipes"
_SMALLEST = "--threads 1 --hidden-size 8"
_SMALL = f"{_SMALLEST} --embedding-size 8"
OPTIONS = {
    "sentiment": f"{_SMALL} --batch-size 8",
    "news": f"{_SMALL} --batch-size 8",
    "regression": f"{_SMALL} --batch-size 8",
    "tagging": f"{_SMALL} --character-size 4 --batch-size 8",
    "translation": "--threads 1 --embedding-size 8 --encoder-size 8 --decoder-size 8 --vocab-size 400",
    "text_generation": f"{_SMALL} --num-layers 1 --batch-size 4 --bptt 64",
    "pretrain": f"{_SMALL} --bptt 16 --batch-size 8",
    "forecasting": f"{_SMALLEST} --batch-size 8 --history 7 --future-features price",
    "sequences": f"{_SMALLEST} --batch-size 8",
    "speech": f"{_SMALLEST} --num-layers 1 --num-mels 8 --batch-size 8",
}
"""Recipe -> options of a run of about a second."""

_CLOCKS = ("minutes", "tokens_per_second", "peak_memory_mb")
_NOT_COMPARED = ("README.md", "checksums.json", "metrics.jsonl", "run.json")
"""Files of a run that hold clock times, or checksums of files that were replaced."""

_CPU_SECONDS = 60
"""Processor time after which a process is taken for one that hangs, regardless of other programs."""


def arguments(recipe: str, data: Path, out: Path, *, epochs: int = 2) -> list[str]:
    """Return the arguments of a tiny run that writes a checkpoint at each step."""
    written = [*OPTIONS[recipe].split(), "--epochs", str(epochs), "--save-minutes", "1e-9"]
    return ["--dataset", str(data), "--out", str(out), *written]


def forked(function: Callable[[], None], log: Path, environment: Mapping[str, str] | None = None) -> int:
    """Call a function in a forked process, whose output is appended to a file, and return its number.

    It exits with 0, with the code of a SystemExit, or with 99 after another exception, whose traceback is in the file.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process:
        return process
    code = 99
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(descriptor, stream)
        sys.stdout = sys.stderr = open(descriptor, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
        os.environ.update(environment or {})
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        function()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def train(
    recipe: str, call: Sequence[str], log: Path, *, processes: int = 1, before: Callable[[int], object]
) -> list[int]:
    """Start a recipe in one process or several, and return their numbers.

    Args:
        recipe: its name.
        call: its arguments.
        log: gets its output.
        processes: number of processes of the training, which meet over the loopback.
        before: is called in each process first, with its rank.
    """

    from matplotlib.figure import Figure

    def run(rank: int) -> None:
        before(rank)
        Figure.savefig = lambda figure, file, **options: Path(file).touch()  # type: ignore[assignment]
        sys.argv = [f"recipes/{recipe}.py", *call]
        runpy.run_path(str(RECIPES / f"{recipe}.py"))["main"](args=list(call))

    if processes == 1:
        return [forked(lambda: run(0), log)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [
        forked(partial(run, rank), log, {**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(processes)
    ]


def wait(processes: Sequence[int], *, seconds: float = 900.0, grace: float = 15.0) -> list[int]:
    """Wait for processes, and return their exit codes, negative for signals.

    Args:
        processes: their numbers.
        seconds: after which all are killed: many, since other programs may run.
        grace: seconds after the first failure that the others have to end, as `torchrun` gives them.
    """
    codes: dict[int, int] = {}
    deadline = time.monotonic() + seconds
    while len(codes) < len(processes):
        for process in set(processes) - codes.keys():
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                codes[process] = os.waitstatus_to_exitcode(status)
                deadline = min(deadline, time.monotonic() + grace) if codes[process] else deadline
            elif time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)
    return [codes[process] for process in processes]


def results(folder: Path) -> dict[str, Any]:
    """Return what a run has made, without clock times: model, scores and log."""
    paths = [path for path in folder.iterdir() if path.is_file() and path.name not in _NOT_COMPARED]
    made: dict[str, Any] = {path.name: path.read_bytes() for path in paths if path.suffix != ".png"}
    records = map(json.loads, (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    made["metrics.jsonl"] = [{key: value for key, value in record.items() if key not in _CLOCKS} for record in records]
    return made


def import_everything() -> None:
    """Import what recipes need, so that forked processes have it, and keep them off the network."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["HF_HUB_OFFLINE"] = "1"
    import accelerate  # noqa: F401
    import datasets
    import sacrebleu  # noqa: F401
    import torch._dynamo  # which several processes need

    for recipe in OPTIONS:
        runpy.run_path(str(RECIPES / f"{recipe}.py"))
    torch.set_num_threads(1)
    datasets.disable_progress_bars()


def use_cache(folder: Path) -> None:
    """Let this process and those that it forks keep the tables that they read in a folder."""
    import datasets

    datasets.config.HF_DATASETS_CACHE = folder
