"""Recipes as programs of their own: a script that is called, stopped with Ctrl-C, and goes on."""

from __future__ import annotations

import json
import os
import runpy
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nlprnn
from nlprnn.experiment.run_folder import is_saved

ROOT = Path(__file__).parents[2]
SMALL = ["--hidden-size", "8", "--embedding-size", "8", "--batch-size", "8", "--threads", "1"]


@pytest.fixture
def environment():
    """One thread, no network, and nlprnn wherever it is."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": path}


def test_ctrl_c_saves_and_the_printed_command_goes_on(train, film_file, tmp_path, environment):
    out = tmp_path / "my run"
    script = str(ROOT / "recipes" / "sentiment.py")
    # Far more epochs and minutes than there are: whatever the machine, it is stopped in mid-training.
    call = [sys.executable, script, "--dataset", str(film_file), "--out", str(out), "--epochs", "100000", *SMALL]
    with subprocess.Popen(
        [*call, "--max-minutes", "9"], stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as process:
        deadline = time.monotonic() + 60
        while not is_saved(out) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        assert process.wait(30) == 130, told
    assert "Traceback" not in told
    before = json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])
    command = shlex.split(told.strip().splitlines()[-1])
    assert command[0] == "python"
    assert "--resume" in command
    assert Path(command[1]).samefile(script)
    done = train("sentiment", *command[2:], "--max-minutes", before["minutes"] + 0.01)
    assert "accuracy" in done.stdout
    assert json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])["step"] > before["step"]
    assert nlprnn.load(out)(["a good film"])[0].label in ("neg", "pos")
    assert json.loads((out / "run.json").read_text())["command"].startswith("python sentiment.py --dataset")


def test_error_in_a_real_process_exits_with_one(forked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films.csv").write_text("text,label\na,b,c\n")
    script = str(ROOT / "recipes" / "sentiment.py")
    monkeypatch.setattr(sys, "argv", [script, "--dataset", "films.csv", *SMALL])
    process, _, outputs, errors = forked(lambda: runpy.run_path(script, run_name="__main__"))
    assert outputs.read() == b""
    [line] = errors.read().decode().splitlines()
    assert line.startswith("Error: films.csv, line 2: 3 cells")
    process.join(30)
    assert process.exitcode == 1
    assert not (tmp_path / "runs" / "sentiment").exists()
