"""One training run in two processes on the CPU, as `accelerate launch` and `torchrun` start them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from nlprnn.training import read_metrics
from nlprnn.training.checkpoint import load_checkpoint
from nlprnn.training.files import CHECKPOINT_FILE, WEIGHTS_FILE

SCRIPT = """
import os, signal, sys
from pathlib import Path
from safetensors.torch import save_file
import tiny
from nlprnn.training import TrainingInterrupted
from nlprnn.training.losses import language_model_loss

folder, stop, minutes = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) or None
loss = language_model_loss()
if stop and os.environ["RANK"] == "1":  # one of the two alone
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
    """Train in a folder; stop at a step (0 = never) and after some minutes (0 = no limit)."""
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


def test_processes_share_weights_and_resume_where_one_stopped(tmp_path, train_in_two):
    whole = train_in_two(tmp_path / "whole")
    assert same(*whole)
    train_in_two(tmp_path / "stopped", stop=5)
    assert load_checkpoint(tmp_path / "stopped" / CHECKPOINT_FILE)["state"]["step"] == 5
    resumed = train_in_two(tmp_path / "stopped")
    assert same(*resumed)
    assert same(whole[0], resumed[0])
    assert (tmp_path / "whole" / WEIGHTS_FILE).read_bytes() == (tmp_path / "stopped" / WEIGHTS_FILE).read_bytes()


def test_clock_of_rank_0_ends_both(tmp_path, train_in_two):
    assert same(*train_in_two(tmp_path / "timed", minutes=0.02))
    assert read_metrics(tmp_path / "timed")[-1]["step"] > 0


PRECISION = """
import sys
from nlprnn.training import TrainingOptions
from nlprnn.training.distributed import DistributedContext

options = TrainingOptions(device="cpu", precision=sys.argv[1] if sys.argv[1:] else None)
print(DistributedContext(options).accelerator.mixed_precision)
"""


@pytest.mark.parametrize(("precision", "expected"), [([], "bf16"), (["no"], "no")])
def test_accelerate_launch_sets_the_precision_unless_given(precision, expected):
    environment = {**os.environ, "ACCELERATE_MIXED_PRECISION": "bf16"}  # as `accelerate launch --mixed_precision` does
    call = [sys.executable, "-c", PRECISION, *precision]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected
