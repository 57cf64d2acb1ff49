"""One training in two processes on the CPU, as `accelerate launch` and `torchrun` start them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from nlprnn.training.checkpoint import load_checkpoint
from nlprnn.training.metrics_log import read_metrics
from nlprnn.training.trainer import CHECKPOINT_FILE, WEIGHTS_FILE

SCRIPT = """
import os, signal, sys
from pathlib import Path
from safetensors.torch import save_file
import tiny
from nlprnn.training.signals import TrainingInterrupted
from nlprnn.training.losses.language_model import language_model_loss

folder, stop, minutes = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) or None
loss = language_model_loss()
if stop and os.environ["RANK"] == "1":  # one alone is told
    loss = tiny.at_call(stop, lambda: os.kill(os.getpid(), signal.SIGTERM), loss)
trainer = tiny.language_model_trainer(folder, loss=loss, max_minutes=minutes)
try:
    trainer.fit(resume=(folder / "checkpoint").exists())
except TrainingInterrupted:
    pass
model = trainer.accelerator.unwrap_model(trainer.model)
save_file({**model.state_dict()}, folder / f"weights-{os.environ['RANK']}.safetensors")
"""


@pytest.fixture
def train_in_two(tmp_path):
    """Train in a folder; to be stopped at a step (0 = never), for so many minutes (0 = any)."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    def train(folder, *, stop=0, minutes=0.0):
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        here, root = Path(__file__).parent, Path(__file__).parents[2]
        paths = os.pathsep.join([str(here), str(root), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
        folder.mkdir(exist_ok=True)
        call = [sys.executable, *launch, str(script), str(folder), str(stop), str(minutes)]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return [load_file(folder / f"weights-{index}.safetensors") for index in (0, 1)]

    return train


def same(one, other):
    return all(one[name].equal(other[name]) for name in one)


def test_both_have_the_same_weights_and_go_on_where_one_was_stopped(tmp_path, train_in_two):
    whole = train_in_two(tmp_path / "whole")
    assert same(*whole)
    train_in_two(tmp_path / "stopped", stop=5)
    assert load_checkpoint(tmp_path / "stopped" / CHECKPOINT_FILE)["standing"]["step"] == 5
    resumed = train_in_two(tmp_path / "stopped")
    assert same(*resumed)
    assert same(whole[0], resumed[0])
    assert (tmp_path / "whole" / WEIGHTS_FILE).read_bytes() == (tmp_path / "stopped" / WEIGHTS_FILE).read_bytes()


def test_the_clock_of_one_ends_both(tmp_path, train_in_two):
    assert same(*train_in_two(tmp_path / "timed", minutes=0.02))
    assert read_metrics(tmp_path / "timed")[-1]["step"] > 0
