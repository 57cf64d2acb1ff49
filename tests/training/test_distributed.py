"""One training run in two processes on the CPU, as `torchrun` starts them: on one machine, on two, and once more."""

from __future__ import annotations

import json
import os
import socket
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
import json, multiprocessing, os, shutil, signal, sys
from pathlib import Path
import numpy as np
from safetensors.torch import save_file
import torch._dynamo  # which DistributedDataParallel imports in two seconds: once, for all processes
from torch.distributed.launcher.api import LaunchConfig, elastic_launch
import tiny
import torch
from nlprnn.training import Callback, TrainingInterrupted, shared_gradients
from nlprnn.training.losses import language_model_loss
from nlprnn.training.row_sharing import largest_of_processes, share_mean, share_rows

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
    first_start = os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
    if stop and first_start and os.environ["RANK"] == "1":  # one of the two alone
        signal_number = signal.SIGKILL if folder.name == "restarted" else signal.SIGTERM
        loss = tiny.at_call(stop, lambda: os.kill(os.getpid(), signal_number), loss)
    # Data read in a process of its own leave each of them another part of the time limit.
    options = {"max_minutes": minutes and minutes * (1 + int(os.environ["RANK"])), "accumulate": 2}
    trainer = tiny.language_model_trainer(folder, loss=loss, callbacks=[Calls(folder)], **options)
    (folder / f"minutes-{os.environ['RANK']}").write_text(str(trainer.options.max_minutes))
    try:
        trainer.fit(resume=(folder / "checkpoint").exists())
    except TrainingInterrupted:
        pass
    except Exception as error:
        (folder / f"error-{os.environ['RANK']}").write_text(str(error))
    model = trainer.accelerator.unwrap_model(trainer.model)
    save_file({**model.state_dict()}, folder / f"weights-{os.environ['RANK']}.safetensors")

def share(folder, num_rows):
    computed = []

    def squares(rows):
        computed.extend(rows.tolist())
        return rows[:, None] ** 2

    weights = np.arange(num_rows) % 3
    mean = share_mean(lambda rows: np.average(rows, weights=weights[rows]), weights)
    values = share_rows(squares, num_rows).tolist(), share_rows(lambda rows: [str(row) for row in rows], num_rows)
    largest = largest_of_processes(1.5 + int(os.environ["RANK"]))
    (folder / f"{num_rows} rows-{os.environ['RANK']}").write_text(json.dumps([computed, *values, mean, largest]))

def average(folder, place):  # 15 gradients, in pieces of 4 and at last 3
    shared_gradients._PIECE, shared_gradients._FOLDER = 16, Path(place)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(3, 5, bias=False))
    shared = shared_gradients.share_gradients(model)
    inputs = torch.tensor([[1.0, 2.0, 4.0]]) * (1 + int(os.environ["RANK"]))
    for step in (1, 2):  # in the second the gradients lie in other buckets
        model.zero_grad()
        (model(step * inputs) * torch.arange(5.0)).sum().backward()
    gradients = model.module.weight.grad.tolist()
    (folder / f"{Path(place).name}-{os.environ['RANK']}").write_text(json.dumps([shared, gradients]))

def work(runs):
    for name, stop, minutes in runs:
        train(Path(name), stop, minutes)
    for num_rows in (3, 4, 11):
        share(Path("whole"), num_rows)
    average(Path(runs[-1][0]), "/dev/shm")
    average(Path(runs[-1][0]), "missing")

def launch(runs, **options):  # the engine of `torchrun`, without the seconds in which each process imports torch anew
    launcher = elastic_launch(LaunchConfig(start_method="fork", rdzv_timeout=60, **options), work)
    process = multiprocessing.get_context("fork").Process(target=launcher, args=(runs,))
    process.start()
    return process

on_two_machines, on_one = json.loads(sys.argv[1])
two = {"min_nodes": 2, "max_nodes": 2, "nproc_per_node": 1, "run_id": "two"}
meeting = {"rdzv_backend": "static", "rdzv_endpoint": f"127.0.0.1:{sys.argv[2]}"}
launched = [launch(on_two_machines, rdzv_configs={"rank": rank}, **two, **meeting) for rank in (0, 1)]
for process in launched:
    process.join()
shutil.copytree("stopped", "in one")
one = {"min_nodes": 1, "max_nodes": 1, "nproc_per_node": 2, "run_id": "one", "max_restarts": 1}
launched.append(launch(on_one, rdzv_backend="c10d", rdzv_endpoint="localhost:0", **one))
launched[-1].join()
sys.exit(max(process.exitcode for process in launched))
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
    for name in ("whole", "stopped", "timed", "ended", "failed", "restarted"):
        (folder / name).mkdir()
    here, root = Path(__file__).parent, Path(__file__).parents[2]
    paths = os.pathsep.join([str(here), str(root), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    # Runs one after the other: a folder, a step to stop at (0 = never), a limit in minutes (None = no).
    names = ("whole", "stopped", "timed", "ended", "failed")
    on_two_machines = [(name, 5 if name == "stopped" else 0, 0.02 if name == "timed" else None) for name in names]
    on_one = [("stopped", 0, None), ("restarted", 5, None)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    call = [sys.executable, str(script), json.dumps([on_two_machines, on_one]), port]
    done = subprocess.run(call, env=environment, cwd=folder, capture_output=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def weights(folder):
    """Return the weights of both processes."""
    return [load_file(folder / f"weights-{rank}.safetensors") for rank in (0, 1)]


def same(one, other):
    return all(one[name].equal(other[name]) for name in one)


def test_two_processes(runs, tiny, caplog):
    """One test, as the workers of the suite would each train for their own."""
    # They share their weights, and resume where one of them stopped, or was killed and started again, with
    # half-accumulated gradients of their own.
    for name in ("whole", "stopped", "timed", "ended", "failed", "restarted"):
        assert same(*weights(runs / name)), name
    assert same(weights(runs / "whole")[0], weights(runs / "stopped")[0])
    assert (runs / "whole" / WEIGHTS_FILE).read_bytes() == (runs / "stopped" / WEIGHTS_FILE).read_bytes()
    # Through memory that they share, on one machine, the gradients are the same bytes as over sockets.
    assert same(weights(runs / "whole")[0], weights(runs / "restarted")[0])
    means = [[3.0 * weight * number for number in (1.0, 2.0, 4.0)] for weight in range(5)]
    on_one_machine = sys.platform == "linux"
    for name, place, shared in (("failed", "shm", False), ("restarted", "shm", on_one_machine)):
        for rank in (0, 1):
            assert json.loads((runs / name / f"{place}-{rank}").read_text()) == [shared, means]
            assert json.loads((runs / name / f"missing-{rank}").read_text()) == [False, means]
    # Each computes a part of the rows to score.
    for count in (3, 4, 11):
        told = [json.loads((runs / "whole" / f"{count} rows-{rank}").read_text()) for rank in (0, 1)]
        parts = [list(range(count))] * 2 if count == 3 else [list(range(rank, count, 2)) for rank in (0, 1)]
        mean = sum(row * (row % 3) for row in range(count)) / sum(row % 3 for row in range(count))
        for rank in (0, 1):
            computed, squares, names, shared_mean, largest = told[rank]
            assert computed == parts[rank]
            assert squares == [[row**2] for row in range(count)]
            assert names == [str(row) for row in range(count)]
            assert (shared_mean, largest) == (pytest.approx(mean), 2.5)
    # One process goes on where two were, after the step at which they stopped.
    assert next(iter(checkpoint_files(runs / "in one" / CHECKPOINT_FOLDER))) == 5
    summary = tiny.language_model_trainer(runs / "in one", accumulate=2).fit(resume=True)
    assert "in 2 processes and continues in 1" in caplog.text
    assert summary["steps"] == read_metrics(runs / "whole")[-1]["step"]
    # The clock of the first ends both, and its time limit.
    assert [(runs / "timed" / f"minutes-{rank}").read_text() for rank in (0, 1)] == ["0.02", "0.02"]
    assert read_metrics(runs / "timed")[-1]["step"] > 0
    # Only the first calls callbacks; a stop by one, or its exception, ends both.
    assert (runs / "whole" / "calls-0").read_text() == str(read_metrics(runs / "whole")[-1]["step"])
    assert not (runs / "whole" / "calls-1").exists()
    state = read_newest_checkpoint(runs / "ended" / CHECKPOINT_FOLDER)[1]["state"]
    assert state["epoch"] == 2
    assert (runs / "failed" / "error-0").read_text() == "no room on the server"
    assert "in the first process" in (runs / "failed" / "error-1").read_text()
    assert read_newest_checkpoint(runs / "failed" / CHECKPOINT_FOLDER)[1]["state"]["epoch"] == 2
