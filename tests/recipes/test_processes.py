"""Recipes as programs of their own: a script that is called, stopped with Ctrl-C, and goes on."""

from __future__ import annotations

import json
import os
import runpy
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

import nlprnn
from nlprnn.experiment.run_folder import is_saved

SCRIPT = str(Path(__file__).parents[2] / "recipes" / "sentiment.py")
SMALL = ["--hidden-size", "8", "--embedding-size", "8", "--batch-size", "8", "--threads", "1"]


@pytest.fixture
def start(forked, tmp_path, monkeypatch):
    """Start the recipe with arguments in a process of its own; return the process, its output and its messages."""
    monkeypatch.chdir(tmp_path)

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", [SCRIPT, *map(str, arguments), *SMALL])
        process, _, outputs, errors = forked(lambda: runpy.run_path(SCRIPT, run_name="__main__"))
        return process, outputs, errors

    return start


def test_ctrl_c_saves_and_the_printed_command_goes_on(start, train, film_file, tmp_path):
    out = tmp_path / "my run"
    # Far more epochs and minutes than there are: whatever the machine, it is stopped in mid-training.
    process, _, errors = start("--dataset", film_file, "--out", out, "--epochs", 100_000, "--max-minutes", 9)
    deadline = time.monotonic() + 60
    while not is_saved(out) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    told = errors.read().decode()
    process.join(30)
    assert process.exitcode == 130, told
    assert "Traceback" not in told
    before = json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])
    command = shlex.split(told.strip().splitlines()[-1])
    assert command[0] == "python"
    assert "--resume" in command
    assert Path(command[1]).samefile(SCRIPT)
    done = train("sentiment", *command[2:], "--max-minutes", before["minutes"] + 0.01)
    assert "accuracy" in done.stdout
    assert json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])["step"] > before["step"]
    assert nlprnn.load(out)(["a good film"])[0].label in ("neg", "pos")
    assert json.loads((out / "run.json").read_text())["command"].startswith("python sentiment.py --dataset")


def test_error_in_a_real_process_exits_with_one(start, tmp_path):
    (tmp_path / "films.csv").write_text("text,label\na,b,c\n")
    process, outputs, errors = start("--dataset", "films.csv")
    assert outputs.read() == b""
    [line] = errors.read().decode().splitlines()
    assert line.startswith("Error: films.csv, line 2: 3 cells")
    process.join(30)
    assert process.exitcode == 1
    assert not (tmp_path / "runs" / "sentiment").exists()
