"""Process of a peer: its driver runs in its own environment and answers one line of JSON for each measurement.

A driver is `benchmarks/peers/NAME_driver.py`. The process is started once, builds its model, and waits between
measurements, so that nlprnn and the peer alternate in the same run.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import torch
from measurement import Way
from peers.environments import ENVIRONMENTS, FOLDER, interpreter

DRIVERS = Path(__file__).resolve().parent


class Peer:
    """A peer's process with a job.

    Args:
        command: that starts the driver.
        job: name of the job, one that the driver knows.
        settings: sizes and data of the job, as the driver expects them.
    """

    def __init__(self, command: Sequence[str], job: str, **settings: Any) -> None:
        self.command, self.settings = list(command), {"job": job, "threads": torch.get_num_threads(), **settings}
        self.process: subprocess.Popen[str] | None = None

    def measure(self) -> float:
        """Return one measurement of the job in items per second; the first call starts the process."""
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
            self._send(self.settings)
        answer = self._send({})
        return float(answer["rate"])

    def _send(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a line and return the answer; raise `click.ClickException` with the driver's error."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
            answer: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        except BrokenPipeError:
            answer = {}
        if "error" in answer or not answer:
            reason = answer.get("error") or f"ended with exit code {self.process.wait()}"
            raise click.ClickException(f"{' '.join(self.command)}: {reason}")
        return answer

    def close(self) -> None:
        """End the process: at the end of its input the driver returns."""
        if self.process is not None:
            self.process.communicate()
            self.process = None

    def __del__(self) -> None:
        self.close()


def peer_ways(names: Sequence[str], job: str, *, folder: Path = FOLDER, **settings: Any) -> dict[str, Way]:
    """Return a way for each peer, which is the reason why there is none where it is not installed."""
    ways: dict[str, Way] = {}
    for name in names:
        python = interpreter(name, folder)
        if isinstance(python, str):
            ways[name] = python
        else:
            driver = DRIVERS / f"{name}_driver.py"
            ways[name] = partial(Peer.measure, Peer([str(python), str(driver)], job, **settings))
    return ways


peers_option = click.option(
    "--peers", type=click.Choice(list(ENVIRONMENTS)), multiple=True, help="Peer to measure as well; may be repeated."
)
peers_folder_option = click.option(
    "--peers-folder", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the peers' environments."
)
