"""One training run in two processes on the CPU, as `accelerate launch` and `torchrun` start them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nlprnn.training import TrainingOptions, read_metrics
from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.files import CHECKPOINT_FOLDER, WEIGHTS_FILE

SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from safetensors.torch import save_file
import tiny
from nlprnn.training import Callback, TrainingInterrupted
from nlprnn.training.losses import language_model_loss

class Calls(Callback):  # stops, or fails, at the second validation, and notes where it is called
    def __init__(self, folder):
        self.name, self.calls = folder.name, folder / f"calls-{os.environ['RANK']}"

    def on_validation(self, trainer, scores, *, best):
        self.calls.write_text(str(trainer.state.step))
        if self.name == "ended" and trainer.state.epoch == 2:
            trainer.stop("enough")
        if self.name == "failed" and trainer.state.epoch == 2:
            raise ValueError("no room on the server")

def train(folder, stop, minutes):
    loss = language_model_loss()
    if stop and os.environ["RANK"] == "1":  # one of the two alone
        loss = tiny.at_call(stop, lambda: os.kill(os.getpid(), signal.SIGTERM), loss)
    options = {"max_minutes": minutes, "accumulate": 2}
    trainer = tiny.language_model_trainer(folder, loss=loss, callbacks=[Calls(folder)], **options)
    try:
        trainer.fit(resume=(folder / "checkpoint").exists())
    except TrainingInterrupted:
        pass
    except Exception as error:
        (folder / f"error-{os.environ['RANK']}").write_text(str(error))
    model = trainer.accelerator.unwrap_model(trainer.model)
    save_file({**model.state_dict()}, folder / f"weights-{os.environ['RANK']}.safetensors")

for name, stop, minutes in json.loads(sys.argv[1]):
    train(Path(name), stop, minutes)
"""


def test_all_ranks_take_the_values_of_rank_0(monkeypatch):
    context = DistributedContext(TrainingOptions())
    assert context.broadcast_from_rank0({"seconds": 1.5}) == {"seconds": 1.5}
    assert [context.any_rank(condition) for condition in (False, True)] == [False, True]
    context.world_size = 2
    monkeypatch.setattr(torch.distributed, "broadcast", lambda tensor, src, group: tensor.add_(1.0))
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda tensor, group: tensor.add_(1.0))  # of another that does
    assert context.broadcast_from_rank0({"seconds": 1.5, "loss": 2.0}) == {"seconds": 2.5, "loss": 3.0}
    assert context.any_rank(False)


@pytest.fixture
def runs(tmp_path):
    """Folder of runs in two processes: whole, stopped by rank 1 and resumed, timed, ended and failed by callbacks."""
    folder = tmp_path
    script = folder / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    for name in ("whole", "stopped", "timed", "ended", "failed"):
        (folder / name).mkdir()
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    here, root = Path(__file__).parent, Path(__file__).parents[2]
    paths = os.pathsep.join([str(here), str(root), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}

    def train(*names_stops_minutes):
        """Train one run after the other: its folder, a step to stop at (0 = never), a limit in minutes (None = no)."""
        call = [*launch, json.dumps(names_stops_minutes)]
        done = subprocess.run(
            call, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr

    train(("whole", 0, None), ("stopped", 5, None), ("timed", 0, 0.02), ("ended", 0, None), ("failed", 0, None))
    assert next(iter(checkpoint_files(folder / "stopped" / CHECKPOINT_FOLDER))) == 5
    shutil.copytree(folder / "stopped", folder / "in one")
    train(("stopped", 0, None))
    return folder


def weights(folder):
    """Return the weights of both processes."""
    return [load_file(folder / f"weights-{rank}.safetensors") for rank in (0, 1)]


def same(one, other):
    return all(one[name].equal(other[name]) for name in one)


def test_two_processes(runs, tiny, caplog):
    """One test, as the workers of the suite would each train for their own."""
    # They share their weights, and resume where one of them stopped, with half-accumulated gradients of their own.
    for name in ("whole", "stopped", "timed", "ended", "failed"):
        assert same(*weights(runs / name)), name
    assert same(weights(runs / "whole")[0], weights(runs / "stopped")[0])
    assert (runs / "whole" / WEIGHTS_FILE).read_bytes() == (runs / "stopped" / WEIGHTS_FILE).read_bytes()
    # One process goes on where two were.
    summary = tiny.language_model_trainer(runs / "in one", accumulate=2).fit(resume=True)
    assert "in 2 processes and continues in 1" in caplog.text
    assert summary["steps"] == read_metrics(runs / "whole")[-1]["step"]
    # The clock of the first ends both.
    assert read_metrics(runs / "timed")[-1]["step"] > 0
    # Only the first calls callbacks; a stop by one, or its exception, ends both.
    assert (runs / "whole" / "calls-0").read_text() == str(read_metrics(runs / "whole")[-1]["step"])
    assert not (runs / "whole" / "calls-1").exists()
    state = read_newest_checkpoint(runs / "ended" / CHECKPOINT_FOLDER)[1]["state"]
    assert state["epoch"] == 2
    assert (runs / "failed" / "error-0").read_text() == "no room on the server"
    assert "in the first process" in (runs / "failed" / "error-1").read_text()
    assert read_newest_checkpoint(runs / "failed" / CHECKPOINT_FOLDER)[1]["state"]["epoch"] == 2
